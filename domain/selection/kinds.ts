/** Which kinds and namespaces a placement may take objects from. */
import { clusterGroup, placementGroup } from '../../api/kinds.ts';
import type { ResourceDefinition } from '../../api/meta.ts';

/** A kind as the hub serves it. */
export interface ServedKind extends ResourceDefinition {
  verbs: readonly string[];
  /** True for the version that the server recommends within the kind's group. */
  preferred: boolean;
}

/** True for kinds that are never placed: the fleet's own, and what only describes the running hub. */
export function isDisabledKind({ group, kind }: { group: string; kind: string }): boolean {
  return disabledGroups.has(group) || (disabledKindsByGroup[group]?.has(kind) ?? false);
}

/** True for kinds whose objects come along when their namespace is selected, each kind in one version only. */
export function belongsToNamespaceContents(served: ServedKind): boolean {
  return (
    served.namespaced &&
    served.preferred &&
    served.verbs.includes('list') &&
    served.verbs.includes('watch') &&
    !isDisabledKind(served)
  );
}

/** True for namespaces that hold a cluster's own machinery and are never placed. */
export function isReservedNamespace(name: string): boolean {
  return name === 'default' || name.startsWith('fleet-') || name.startsWith('kube-');
}

const disabledGroups = new Set([
  clusterGroup,
  placementGroup,
  'events.k8s.io',
  'coordination.k8s.io',
  'metrics.k8s.io',
]);

const disabledKindsByGroup: Record<string, ReadonlySet<string> | undefined> = {
  // Events are the same objects as those of events.k8s.io; copying them would take a snapshot for each.
  '': new Set(['Event', 'Node', 'Pod']),
  'networking.fleet.azure.com': new Set(['ServiceImport', 'TrafficManagerProfile', 'TrafficManagerBackend']),
};
