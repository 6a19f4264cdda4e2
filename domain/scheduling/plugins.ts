/** What the scheduler asks its plugins. Each rule of a policy is one plugin; algorithms only combine their answers. */
import type { ClusterResourcePlacement, PlacementPolicy } from '../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';

/** What a scheduling cycle knows besides the cluster in question. */
export interface SchedulingContext {
  placement: ClusterResourcePlacement;
  policy: PlacementPolicy;
  /** Every member of the fleet, eligible or not. */
  clusters: readonly MemberCluster[];
  /** Epoch milliseconds. */
  now: number;
}

/** Points for a cluster; higher is better. */
export interface ClusterScores {
  affinityScore: number;
  topologySpreadScore: number;
}

/** One scheduling rule. A plugin implements what its rule needs. */
export interface SchedulerPlugin {
  readonly name: string;
  /** Why a cluster cannot take the placement; undefined if this rule has nothing against it. */
  filter?(cluster: MemberCluster, context: SchedulingContext): string | undefined;
  score?(cluster: MemberCluster, context: SchedulingContext): Partial<ClusterScores>;
}

/** Reason of the first plugin that has something against a cluster. */
export function reasonAgainst(
  plugins: readonly SchedulerPlugin[],
  cluster: MemberCluster,
  context: SchedulingContext,
): string | undefined {
  for (const plugin of plugins) {
    const reason = plugin.filter?.(cluster, context);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** Sum of the points that all plugins give to a cluster. */
export function totalScores(
  plugins: readonly SchedulerPlugin[],
  cluster: MemberCluster,
  context: SchedulingContext,
): ClusterScores {
  const total = { affinityScore: 0, topologySpreadScore: 0 };
  for (const plugin of plugins) {
    const scores = plugin.score?.(cluster, context);
    total.affinityScore += scores?.affinityScore ?? 0;
    total.topologySpreadScore += scores?.topologySpreadScore ?? 0;
  }
  return total;
}
