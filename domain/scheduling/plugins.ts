/** What the scheduler asks its plugins. Each rule of a policy is one plugin; algorithms only combine their answers. */
import type { PlacementPolicy } from '../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { ClusterScores } from './scores.ts';

/** What a scheduling cycle knows besides the cluster in question. */
export interface SchedulingContext {
  policy: PlacementPolicy;
  /** Every member of the fleet, eligible or not. */
  clusters: readonly MemberCluster[];
  /** Names of the clusters that the current policy has picked and that stay. */
  placed: ReadonlySet<string>;
  /** Names of the clusters that have the placement under an older policy. */
  obsolete: ReadonlySet<string>;
  /** Epoch milliseconds. */
  now: number;
  /** Epoch milliseconds since which heartbeats are written down without a break; absent: always. */
  observedSince?: number;
}

/** One scheduling rule. */
export interface SchedulerPlugin {
  readonly name: string;
  /** Takes the policy apart, once for all clusters; undefined if it gives this rule nothing to do. */
  prepare(context: SchedulingContext): PreparedRule | undefined;
}

/** A rule that is ready to be asked about one cluster after another. It implements what it needs. */
export interface PreparedRule {
  /** Why a cluster cannot take the placement; undefined if this rule has nothing against it. */
  filter?(cluster: MemberCluster): string | undefined;
  score?(cluster: MemberCluster): Partial<ClusterScores>;
  /** In plain words what is against a cluster that this rule refuses. */
  explain?(cluster: MemberCluster): Objection;
  /** Present if the answers depend on what has been picked in this cycle. */
  dynamics?: RuleDynamics;
}

export interface Objection {
  /** A clause about the cluster as "it", for people who do not know the names of the rules. */
  because: string;
  /** What would have to be otherwise: clauses that go on from "if". One of them is enough. */
  remedies: string[];
}

export interface RuleDynamics {
  /** Clusters of one group always get the same answers from this rule. */
  groupOf(cluster: MemberCluster): string;
  /** A cluster has been picked; from now on the answers count it. */
  picked(cluster: MemberCluster): void;
}
