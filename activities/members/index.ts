/** Activities that bring resources to member clusters and take them away. */
import { runForCluster } from './activityRun.ts';
import type { MemberDependencies } from './dependencies.ts';
import { defaultMemberSettings } from './dependencies.ts';
import { Heartbeats } from './heartbeats.ts';
import { ClusterRemoval } from './removeCluster.ts';
import { SnapshotGroups } from './snapshots.ts';
import type { ClusterOutcome, ClusterTarget, RemovalTarget } from './targets.ts';
import { Turns } from './turns.ts';
import { ClusterUpdate } from './updateCluster.ts';

export type { MemberDependencies, MemberSettings } from './dependencies.ts';
export type { ClusterOutcome, ClusterReport, ClusterTarget, RemovalTarget } from './targets.ts';

/** The activities of the task queue for members; each waits as long as its cluster does, and can be cancelled. */
export interface MemberActivities {
  /**
   * Claims the cluster, applies the snapshot, waits until it is available. Repeating it writes nothing twice.
   * A cluster in trouble is reported and tried again until it works.
   * @throws ApplicationFailure: final `BindingGone`, `SnapshotGone`; retryable when the hub is in trouble
   */
  updateCluster(target: ClusterTarget): Promise<ClusterOutcome>;
  /**
   * Claims the cluster, removes everything that was applied for the placement, then deletes the binding.
   * What is already gone is fine.
   * @throws ApplicationFailure: final `BindingSelected`; retryable when the hub is in trouble
   */
  removeCluster(target: RemovalTarget): Promise<ClusterOutcome>;
}

export function createMemberActivities(dependencies: MemberDependencies): MemberActivities {
  const settings = { ...defaultMemberSettings, ...dependencies.settings };
  const shared = { snapshots: new SnapshotGroups(dependencies.hub), turns: new Turns(settings.parallelClaims) };
  const common = { settings, heartbeats: new Heartbeats(settings.heartbeatMs) };
  return {
    updateCluster: (target) =>
      runForCluster(target.cluster, dependencies, common, (run) =>
        new ClusterUpdate(target, dependencies, shared, settings, run).carryOut(),
      ),
    removeCluster: (target) =>
      runForCluster(target.cluster, dependencies, common, (run) =>
        new ClusterRemoval(target, dependencies, settings, run).carryOut(),
      ),
  };
}
