import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import { compareBytes } from '../ordering.ts';

/**
 * Bindings that go when a policy wants fewer clusters: first those that nothing has been rolled out to, then those
 * with the lowest scores, none at all being the lowest; among equals the smallest names.
 * @param surplus how many go; none if it is not above 0
 */
export function chooseSurplus(bindings: readonly ClusterResourceBinding[], surplus: number): ClusterResourceBinding[] {
  return surplus > 0 ? bindings.toSorted(firstToGo).slice(0, surplus) : [];
}

function firstToGo(left: ClusterResourceBinding, right: ClusterResourceBinding): number {
  return (
    Number(left.spec.state === 'Bound') - Number(right.spec.state === 'Bound') ||
    compareScores(left, right) ||
    compareBytes(left.spec.targetCluster, right.spec.targetCluster)
  );
}

/** By the points that the clusters were picked with: topology spread before affinity. */
function compareScores(left: ClusterResourceBinding, right: ClusterResourceBinding): number {
  const one = left.spec.clusterDecision.clusterScore;
  const other = right.spec.clusterDecision.clusterScore;
  if (one === undefined || other === undefined) return Number(one !== undefined) - Number(other !== undefined);
  return (one.priorityScore ?? 0) - (other.priorityScore ?? 0) || (one.affinityScore ?? 0) - (other.affinityScore ?? 0);
}
