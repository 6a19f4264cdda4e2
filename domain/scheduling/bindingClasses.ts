/** Bindings of a placement by what a scheduling cycle may do with them. */
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';

export interface ClassifiedBindings {
  deleting: ClusterResourceBinding[];
  unscheduled: ClusterResourceBinding[];
  /** Their cluster is gone or leaving. */
  dangling: ClusterResourceBinding[];
  /** Made under an older policy. */
  obsolete: ClusterResourceBinding[];
  /** Made under this policy. */
  current: ClusterResourceBinding[];
}

/**
 * The first class that fits wins.
 * @param policySnapshot name of the latest one
 */
export function classifyBindings(
  bindings: readonly ClusterResourceBinding[],
  clusters: readonly MemberCluster[],
  policySnapshot: string,
): ClassifiedBindings {
  const staying = new Set(
    clusters.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name),
  );
  const found: ClassifiedBindings = { deleting: [], unscheduled: [], dangling: [], obsolete: [], current: [] };
  for (const binding of bindings) {
    const { state, targetCluster, schedulingPolicySnapshotName } = binding.spec;
    if (binding.metadata.deletionTimestamp !== undefined) found.deleting.push(binding);
    else if (state === 'Unscheduled') found.unscheduled.push(binding);
    else if (!staying.has(targetCluster)) found.dangling.push(binding);
    else if (schedulingPolicySnapshotName !== policySnapshot) found.obsolete.push(binding);
    else found.current.push(binding);
  }
  return found;
}

/** Names of the clusters that the bindings are for. */
export function clustersOf(bindings: readonly ClusterResourceBinding[]): Set<string> {
  return new Set(bindings.map(({ spec }) => spec.targetCluster));
}
