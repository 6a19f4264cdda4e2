/** What a placement's status says about clusters that its policy wants and has not found. */
import { conditionAt, placementEntryConditions } from '../../api/conditions.ts';
import type { ClusterResourcePlacement, PerClusterPlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import { wantedClusters } from '../scheduling/policySnapshots.ts';
import { keepingTime } from './clusterEntries.ts';
import { documentedEntry, type StatusProfile } from './profile.ts';

/**
 * An entry without a name for each cluster that is missing, with the reason against one of those that were not picked;
 * none for `PickAll`, which misses nobody.
 * @param now RFC 3339, whole seconds
 */
export function unmetEntries(
  placement: ClusterResourcePlacement,
  policySnapshot: ClusterSchedulingPolicySnapshot,
  now: string,
  profile: StatusProfile,
): PerClusterPlacementStatus[] {
  const decisions = policySnapshot.status?.targetClusters ?? [];
  const others = decisions.filter(({ selected }) => !selected);
  const missing = (wantedClusters(policySnapshot) ?? 0) - (decisions.length - others.length);
  const previous = placement.status?.placementStatuses?.filter(({ clusterName }) => clusterName === undefined);
  return others.slice(0, Math.max(missing, 0)).map(({ reason }, i) => {
    const contents = [placementEntryConditions.notScheduled(reason)];
    const conditions = profile === 'documented' ? documentedEntry(contents) : contents;
    return {
      conditions: conditions.map((content) =>
        keepingTime(previous?.[i]?.conditions, conditionAt(content, placement.metadata.generation ?? 1, now)),
      ),
    };
  });
}
