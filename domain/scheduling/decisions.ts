/** How scheduling decisions read in the status of a policy snapshot. */
import { fixedPickMessage, outscoredMessage, pickedMessage } from '../../api/conditions.ts';
import type { ClusterDecision } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import { compareBytes } from '../ordering.ts';
import type { Cycle } from './cycle.ts';
import type { ScoredCluster } from './scores.ts';

/** Decisions for the clusters that a cycle has picked, by name. */
export function pickedDecisions({ policy, picks }: Pick<Cycle, 'policy' | 'picks'>): ClusterDecision[] {
  const decide = policy.placementType === 'PickFixed' ? fixedDecision : selectedDecision;
  return picks.picked.map(decide).sort(byName);
}

/** Decisions for all other clusters: those that are not good enough, the best first; then those refused, by name. */
export function unselectedDecisions({ policy, picks }: Pick<Cycle, 'policy' | 'picks'>): ClusterDecision[] {
  const isFixed = policy.placementType === 'PickFixed';
  const refused = picks.refused.map(({ name, refusal: { reason } }) =>
    unselected(
      name,
      isFixed
        ? `Cluster "${name}" is not eligible for resource placement yet: ${reason}`
        : `ClusterUnschedulable, ${reason}`,
    ),
  );
  const missing = picks.missing.map((name) => unselected(name, `Specified cluster "${name}" is not found`));
  return [...picks.outscored.map(outscoredDecision), ...refused.sort(byName), ...missing.sort(byName)];
}

/**
 * What the status lists: selected clusters by name, then the others, cut so that the status of a large fleet stays
 * writable.
 * @param before what it lists so far
 * @param isUnmoved the cycle neither picks nor drops a cluster: then old reasons stay if only their numbers would change
 */
export function listDecisions(
  selected: readonly ClusterDecision[],
  others: readonly ClusterDecision[],
  before: readonly ClusterDecision[],
  isUnmoved: boolean,
): ClusterDecision[] {
  const listed = selected.toSorted(byName).slice(0, maximumDecisions);
  const room = Math.min(maximumUnselectedDecisions, maximumDecisions - listed.length);
  const former = before.filter((decision) => !decision.selected);
  if (isUnmoved && former.length === Math.min(room, others.length) && stillHold(former, others)) {
    return [...listed, ...former];
  }
  return [...listed, ...others.slice(0, room)];
}

const maximumDecisions = 1000;
const maximumUnselectedDecisions = 20;

/** Decision for a cluster that was picked. The name stands without quotes, as the documents print it. */
function selectedDecision({ cluster, scores }: ScoredCluster): ClusterDecision {
  const clusterName = cluster.metadata.name;
  const { affinityScore, topologySpreadScore } = scores;
  return {
    clusterName,
    selected: true,
    clusterScore: { affinityScore, priorityScore: topologySpreadScore },
    reason: pickedMessage(clusterName, affinityScore, topologySpreadScore),
  };
}

function fixedDecision({ cluster }: ScoredCluster): ClusterDecision {
  const clusterName = cluster.metadata.name;
  return { clusterName, selected: true, reason: fixedPickMessage(clusterName) };
}

function outscoredDecision({ cluster, scores }: ScoredCluster): ClusterDecision {
  const clusterName = cluster.metadata.name;
  const { affinityScore, topologySpreadScore } = scores;
  return {
    clusterName,
    selected: false,
    clusterScore: { affinityScore, priorityScore: topologySpreadScore },
    reason: outscoredMessage(clusterName, affinityScore, topologySpreadScore),
  };
}

function unselected(clusterName: string, reason: string): ClusterDecision {
  return { clusterName, selected: false, reason };
}

function byName(left: ClusterDecision, right: ClusterDecision): number {
  return compareBytes(left.clusterName, right.clusterName);
}

/**
 * Reasons that only count more minutes or other points are no news: writing them would wake everybody who watches,
 * for ever.
 */
function stillHold(former: readonly ClusterDecision[], others: readonly ClusterDecision[]): boolean {
  const reasons = new Map(others.map(({ clusterName, reason }) => [clusterName, reason]));
  return former.every(({ clusterName, reason }) => {
    const now = reasons.get(clusterName);
    return now !== undefined && withoutNumbers(now) === withoutNumbers(reason);
  });
}

function withoutNumbers(reason: string): string {
  return reason.replace(/[\d.]+ minutes ago/, 'minutes ago').replace(/score: -?\d+/g, 'score');
}
