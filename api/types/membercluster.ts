// Generated from api/crds/cluster.kubernetes-fleet.io_memberclusters.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { Condition, ObjectMeta } from '../meta.ts';

/**
 * One cluster of the fleet. Its labels are what placements and stages choose by. How to reach it stands in the Secret kubeconfig of the namespace fleet-member-NAME.
 */
export interface MemberCluster {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: MemberClusterSpec;
  status?: MemberClusterStatus;
}
/**
 * How the cluster is treated.
 */
export interface MemberClusterSpec {
  identity?: MemberIdentity;
  /**
   * How often the hub notes that the cluster has answered, in seconds.
   */
  heartbeatPeriodSeconds?: number;
  /**
   * Keep placements away that do not tolerate them.
   */
  taints?: Taint[];
}
/**
 * Who the cluster is to the hub, as a subject of role bindings. Kept as a record: it is the hub that calls the cluster.
 */
export interface MemberIdentity {
  /**
   * User, Group or ServiceAccount.
   */
  kind: string;
  /**
   * API group of the subject; empty for ServiceAccounts.
   */
  apiGroup?: string;
  /**
   * Name of the subject.
   */
  name: string;
  /**
   * Namespace of a ServiceAccount.
   */
  namespace?: string;
}
/**
 * One reason to stay away.
 */
export interface Taint {
  /**
   * Name of the taint.
   */
  key: string;
  /**
   * Value of the taint.
   */
  value?: string;
  /**
   * NoSchedule keeps new placements away; what is there stays.
   */
  effect: 'NoSchedule';
}
/**
 * What the cluster is like.
 */
export interface MemberClusterStatus {
  /**
   * Current state, one entry for each aspect.
   */
  conditions?: Condition[];
  /**
   * What was measured about the cluster, by name.
   */
  properties?: {
    [k: string]: PropertyValue;
  };
  resourceUsage?: ResourceUsage;
  /**
   * State of what stands between the hub and the cluster.
   */
  agentStatus?: AgentStatus[];
}
/**
 * One measured value.
 */
export interface PropertyValue {
  /**
   * The value.
   */
  value: string;
  /**
   * When it was measured.
   */
  observationTime: string;
}
/**
 * What the cluster's nodes have, all together.
 */
export interface ResourceUsage {
  /**
   * Quantities by resource, for example cpu and memory.
   */
  capacity?: {
    [k: string]: string;
  };
  /**
   * Quantities by resource, for example cpu and memory.
   */
  allocatable?: {
    [k: string]: string;
  };
  /**
   * Quantities by resource, for example cpu and memory.
   */
  available?: {
    [k: string]: string;
  };
  /**
   * When it was measured.
   */
  observationTime?: string;
}
/**
 * State of one agent.
 */
export interface AgentStatus {
  /**
   * Which agent.
   */
  type: 'MemberAgent';
  /**
   * Current state, one entry for each aspect.
   */
  conditions?: Condition[];
  /**
   * When the cluster last answered.
   */
  lastReceivedHeartbeat?: string;
}
