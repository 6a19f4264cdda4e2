/** Why each cluster is in a placement or out of it, as data. */
import { formatReference } from '../../api/references.ts';
import type { PlacementPolicy } from '../../api/types/clusterresourceplacement.ts';
import { compareBytes } from '../ordering.ts';
import { clustersOf } from './bindingClasses.ts';
import { runCycle, type Cycle, type ScheduleInput } from './cycle.ts';
import type { Objection, SchedulerPlugin } from './plugins.ts';
import type { Refusal } from './rules.ts';
import { bestFirst, noScores, type ScoredCluster } from './scores.ts';

/**
 * What the policy means for one cluster:
 * - `placed`: it has been picked, and stays;
 * - `chosen`: the next cycle picks it;
 * - `outscored`: nothing is against it, but the policy wants no more clusters;
 * - `refused`: a rule is against it;
 * - `notNamed`: the policy names its clusters, and not this one;
 * - `missing`: the policy names it, but there is no such member;
 * - `undecided`: the policy has a fault, so nothing is decided.
 */
export type ClusterOutcome = 'placed' | 'chosen' | 'outscored' | 'refused' | 'notNamed' | 'missing' | 'undecided';

/** What one rule has against a cluster: in the words of the status, and in plain ones. */
export type ExplainedRefusal = Refusal & Objection;

export interface ClusterExplanation {
  cluster: string;
  outcome: ClusterOutcome;
  /** Every rule that is against the cluster now. For one that is in: why it would not be picked again. */
  refusals: ExplainedRefusal[];
  /** Points that `PickN` compares: now, or for a placed cluster when it was picked. */
  scores?: ComparedScores;
  /** How many of the first `selected` ones rank before this outscored cluster; 0 for all others. */
  beatenBy: number;
  /** It had the placement, and the copies are still to be removed. */
  isLeaving: boolean;
}

export interface ComparedScores {
  affinityScore: number;
  topologySpreadScore: number;
}

export interface PlacementExplanation {
  /** Name, or `namespace/name`. */
  placement: string;
  placementType: NonNullable<PlacementPolicy['placementType']>;
  /** How many clusters the policy wants; undefined if it wants all that fit. */
  wanted?: number;
  /** Clusters that have the placement or are about to: the best first for `PickN`, else by name. */
  selected: string[];
  /** What is wrong with the policy. */
  fault?: string;
  /** By name. */
  clusters: ClusterExplanation[];
}

/**
 * Explains what the next scheduling cycle finds; after a cycle it explains what that one has done.
 * @param plugins @default defaultPlugins
 */
export function explainPlacement(input: ScheduleInput, plugins?: readonly SchedulerPlugin[]): PlacementExplanation {
  const cycle = runCycle(input, plugins);
  const { policy, wanted, fault, picks } = cycle;
  const ranking = rankSelected(cycle, input);
  return {
    placement: formatReference(input.placement.metadata),
    placementType: policy.placementType ?? 'PickAll',
    ...(wanted !== undefined && { wanted }),
    selected: ranking.map(({ cluster }) => cluster.metadata.name),
    ...(fault !== undefined && { fault }),
    clusters: [...input.clusters.map(({ metadata }) => metadata.name), ...picks.missing]
      .sort(compareBytes)
      .map(explainer(cycle, input, ranking)),
  };
}

/** Selected clusters with the points they were picked with. */
function rankSelected({ policy, kept, picks }: Cycle, { clusters }: ScheduleInput): ScoredCluster[] {
  const recorded = new Map(kept.map(({ spec }) => [spec.targetCluster, spec.clusterDecision.clusterScore]));
  const placed = clusters
    .filter(({ metadata }) => recorded.has(metadata.name))
    .map((cluster): ScoredCluster => {
      const { affinityScore = 0, priorityScore = 0 } = recorded.get(cluster.metadata.name) ?? {};
      return { cluster, scores: { ...noScores, affinityScore, topologySpreadScore: priorityScore } };
    });
  const selected = [...placed, ...picks.picked];
  return policy.placementType === 'PickN' ? selected.sort(bestFirst) : selected.sort(byName);
}

function byName(left: ScoredCluster, right: ScoredCluster): number {
  return compareBytes(left.cluster.metadata.name, right.cluster.metadata.name);
}

function explainer(
  cycle: Cycle,
  { clusters }: ScheduleInput,
  ranking: readonly ScoredCluster[],
): (name: string) => ClusterExplanation {
  const members = new Map(clusters.map((cluster) => [cluster.metadata.name, cluster]));
  const outcomes = knownOutcomes(cycle);
  const { placementType } = cycle.policy;
  const otherwise = cycle.fault !== undefined ? 'undecided' : placementType === 'PickFixed' ? 'notNamed' : 'refused';
  const compared = placementType === 'PickN' ? [...ranking, ...cycle.picks.outscored] : [];
  const scored = new Map(compared.map((entry) => [entry.cluster.metadata.name, entry]));
  const leaving = clustersOf([...cycle.leaving, ...cycle.found.unscheduled, ...cycle.found.deleting]);
  return (name) => {
    const member = members.get(name);
    const outcome = outcomes.get(name) ?? otherwise;
    const isIn = outcome === 'placed' || outcome === 'chosen';
    const refusals = member === undefined ? [] : cycle.rules.refusals(member);
    const entry = scored.get(name);
    return {
      cluster: name,
      outcome,
      // That one cluster more in the same place would be too many is no objection to one that is there.
      refusals: isIn
        ? refusals.filter(({ dependsOnPicks }) => !dependsOnPicks).map(explained)
        : refusals.map(explained),
      ...(entry && { scores: comparedScores(entry) }),
      beatenBy: outcome === 'outscored' && entry ? countBefore(ranking, entry) : 0,
      isLeaving: leaving.has(name) && !isIn,
    };
  };
}

function knownOutcomes({ kept, picks }: Cycle): Map<string, ClusterOutcome> {
  return new Map<string, ClusterOutcome>([
    ...picks.refused.map(({ name }) => [name, 'refused'] as const),
    ...picks.missing.map((name) => [name, 'missing'] as const),
    ...picks.outscored.map(({ cluster }) => [cluster.metadata.name, 'outscored'] as const),
    ...picks.picked.map(({ cluster }) => [cluster.metadata.name, 'chosen'] as const),
    ...kept.map(({ spec }) => [spec.targetCluster, 'placed'] as const),
  ]);
}

function explained({ plugin, reason, because, remedies }: ExplainedRefusal): ExplainedRefusal {
  return { plugin, reason, because, remedies };
}

function comparedScores({ scores: { affinityScore, topologySpreadScore } }: ScoredCluster): ComparedScores {
  return { affinityScore, topologySpreadScore };
}

/** @param ranking the best first */
function countBefore(ranking: readonly ScoredCluster[], entry: ScoredCluster): number {
  const comparable = { ...entry, scores: { ...entry.scores, reuseScore: 0 } };
  let low = 0;
  let high = ranking.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const rival = ranking[middle];
    if (rival !== undefined && bestFirst(rival, comparable) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
