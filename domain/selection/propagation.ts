/** Which kinds and namespaces a placement may take objects from: what is built in, and what an administrator adds. */
import { clusterGroup, placementGroup } from '../../api/kinds.ts';
import { isEnvelopeKind } from './envelopes.ts';

/** Kinds that an administrator names: a whole group, one version of it, or single kinds in a version. */
export interface ApiPattern {
  /** `''` for the core group. */
  group: string;
  /** Absent for every version. */
  version?: string;
  /** Absent for every kind. */
  kinds?: readonly string[];
}

/** What an administrator adds to the rules that are built in. */
export interface PropagationSettings {
  /** Kinds that are not placed either. */
  skippedPropagatingApis?: readonly ApiPattern[];
  /** The only kinds that are placed, in place of the list of those that are not. Empty means no such limit. */
  allowedPropagatingApis?: readonly ApiPattern[];
  /** Namespaces that are not placed either. */
  skippedPropagatingNamespaces?: readonly string[];
}

interface GroupVersion {
  group: string;
  version: string;
}

type Kind = GroupVersion & { kind: string };

/** See the head of this file. */
export interface PropagationRules {
  /** Whether objects of a kind may be placed. */
  placesKind(kind: Kind): boolean;
  /** Whether a group version may hold kinds whose objects may be placed. */
  placesFrom(groupVersion: GroupVersion): boolean;
  /** True for namespaces that hold a cluster's own machinery, or that the administrator keeps back. */
  isReservedNamespace(name: string): boolean;
}

export function propagationRules(settings: PropagationSettings = {}): PropagationRules {
  const {
    skippedPropagatingApis: skipped = [],
    allowedPropagatingApis: allowed = [],
    skippedPropagatingNamespaces = [],
  } = settings;
  const skippedNamespaces = new Set(skippedPropagatingNamespaces);
  return {
    placesKind: (kind) =>
      !isFleetKind(kind) &&
      (allowed.length > 0
        ? allowed.some((pattern) => matchesKind(pattern, kind))
        : !isBlockedKind(kind) && !skipped.some((pattern) => matchesKind(pattern, kind))),
    placesFrom: (groupVersion) =>
      !isFleetKind({ ...groupVersion, kind: '' }) &&
      (allowed.length > 0
        ? allowed.some((pattern) => matchesGroupVersion(pattern, groupVersion))
        : !blockedGroups.has(groupVersion.group) &&
          !skipped.some((pattern) => pattern.kinds === undefined && matchesGroupVersion(pattern, groupVersion))),
    isReservedNamespace: (name) =>
      name === 'default' || name.startsWith('fleet-') || name.startsWith('kube-') || skippedNamespaces.has(name),
  };
}

/** The rules without any settings. */
export const builtInRules: PropagationRules = propagationRules();

/** The fleet's own objects say what the hub does; what they would do on a member, nobody has asked for. */
function isFleetKind({ group, kind }: { group: string; kind: string }): boolean {
  return group === clusterGroup || (group === placementGroup && !isEnvelopeKind({ group, kind }));
}

function isBlockedKind({ group, kind }: Kind): boolean {
  return blockedGroups.has(group) || (blockedKindsByGroup[group]?.has(kind) ?? false);
}

function matchesGroupVersion({ group, version }: ApiPattern, other: GroupVersion): boolean {
  return group === other.group && (version === undefined || version === other.version);
}

function matchesKind(pattern: ApiPattern, kind: Kind): boolean {
  return matchesGroupVersion(pattern, kind) && (pattern.kinds?.includes(kind.kind) ?? true);
}

const blockedGroups = new Set(['events.k8s.io', 'coordination.k8s.io', 'metrics.k8s.io']);

const blockedKindsByGroup: Record<string, ReadonlySet<string> | undefined> = {
  // Events are the same objects as those of events.k8s.io; copying them would take a snapshot for each.
  '': new Set(['Event', 'Node', 'Pod']),
  'networking.fleet.azure.com': new Set(['ServiceImport', 'TrafficManagerProfile', 'TrafficManagerBackend']),
};
