/** Names that can be typed, from the hub and from KUBECONFIG. */
import { kinds, kindsIn, type PlacementKinds } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import type { ResourceDefinition } from '../../api/meta.ts';
import { inScopeOf, scopeOf, type Scope } from '../../api/references.ts';
import { approvalMoments } from '../../domain/runs/approvals.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { formatTarget, kindCalled, parseTarget, type TargetKind } from '../rollout/target.ts';

/** What names are looked for with. */
export interface Asked {
  /** What was typed of it already. */
  begun: string;
  /** The arguments before. */
  given: readonly string[];
  /** The namespace of the command's option, if it was given. */
  namespace?: string;
  /** Opens the hub; only what asks it waits for it. */
  hub(): Promise<KubernetesClient>;
  /** Names of the contexts of KUBECONFIG. */
  contexts(): Promise<string[]>;
  /** Ends the asking. */
  signal: AbortSignal;
}

/** Finds names; what it throws is nobody's business. */
export type NameSource = (asked: Asked) => Promise<string[]>;

/** Names of the objects of one role, in the scope that was typed. */
export function namesOf(role: keyof PlacementKinds): NameSource {
  return (asked) => listNames(asked, kindsIn(asked)[role], asked);
}

export const members: NameSource = (asked) => listNames(asked, kinds.memberCluster);

export const namespaces: NameSource = (asked) => listNames(asked, kinds.namespace);

export const contexts: NameSource = ({ contexts: read }) => read();

/** Objects as commands name them: `csur/web-run-1`; with the option `-n`, those of that namespace. */
export function targetsOf(wanted: readonly TargetKind[]): NameSource {
  return async (asked) => {
    const lists = wanted.map(async (kind) => {
      if (kind === 'cluster' && asked.namespace !== undefined) return [];
      const names = await (kind === 'cluster' ? members : namesOf(kind))(asked);
      // With the namespace as an option, it is not typed again.
      return names.map((name) => formatTarget({ kind, reference: inScopeOf(asked, name) }).replace(/\/.*\//, '/'));
    });
    return (await Promise.all(lists)).flat();
  };
}

/** The same, and once something was typed also the names alone that only one of them has. */
export function targetsOrNamesOf(wanted: readonly TargetKind[]): NameSource {
  return async (asked) => {
    const targets = await targetsOf(wanted)(asked);
    if (asked.begun === '') return targets;
    const names = targets.map((target) => target.slice(target.indexOf('/') + 1));
    return [...targets, ...names.filter((name) => names.indexOf(name) === names.lastIndexOf(name))];
  };
}

/** Names of the kind that stands alone before them: `crp NAME`. */
export function namesOfKind(wanted: readonly TargetKind[]): NameSource {
  return async (asked) => {
    const { kind, namespaced } = kindCalled(asked.given[0] ?? '') ?? {};
    if (kind === undefined || !wanted.includes(kind) || namespaced !== (asked.namespace !== undefined)) return [];
    return (kind === 'cluster' ? members : namesOf(kind))(asked);
  };
}

/** The stages of the run before them that take an approval. */
export const stages: NameSource = async (asked) => {
  const [typed = ''] = asked.given;
  const { name, namespace } = parseTarget(typed, asked.namespace, ['run'])?.reference ?? inScopeOf(asked, typed);
  const definitions = kindsIn({ namespace });
  const hub = await asked.hub();
  const run = await hub.find(definitions.run, name, namespace, asked.signal);
  if (run === undefined) return [];
  const { stagedRolloutStrategyName: strategy } = run.spec;
  const planned = run.status?.stagedUpdateStrategySnapshot?.stages;
  const all = planned ?? (await hub.find(definitions.strategy, strategy, namespace, asked.signal))?.spec.stages ?? [];
  return all
    .filter((stage) => approvalMoments({ before: stage.beforeStageTasks, after: stage.afterStageTasks }).length > 0)
    .map((stage) => stage.name);
};

/** The revisions of the placement before them, the newest first. */
export const revisions: NameSource = async (asked) => {
  const typed = targetBefore(asked);
  const placement = parseTarget(typed, asked.namespace, ['placement'])?.reference ?? inScopeOf(asked, typed);
  const hub = await asked.hub();
  const snapshots = await hub.listMetadata(kindsIn(placement).resourceSnapshot, {
    ...scopeOf(placement),
    labelSelector: `${labels.parentPlacement}=${placement.name}`,
    signal: asked.signal,
  });
  const indices = snapshots.map(({ metadata }) => Number(metadata.labels?.[labels.resourceIndex]));
  return [...new Set(indices.filter(Number.isInteger))].sort((one, other) => other - one).map(String);
};

/** `crp/NAME`, also where it was typed in two words. */
function targetBefore({ given: [typed = '', name] }: Asked): string {
  return name === undefined || kindCalled(typed) === undefined ? typed : `${typed}/${name}`;
}

async function listNames(asked: Asked, definition: ResourceDefinition, scope: Scope = {}): Promise<string[]> {
  const hub = await asked.hub();
  const found = await hub.listMetadata(definition, { ...scopeOf(scope), signal: asked.signal });
  return found.map(({ metadata }) => metadata.name);
}
