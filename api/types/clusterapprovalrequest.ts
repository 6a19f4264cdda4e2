// Generated from api/crds/placement.kubernetes-fleet.io_clusterapprovalrequests.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { Condition, ObjectMeta } from '../meta.ts';

/**
 * A run asks for agreement before it goes on. Whoever agrees sets the condition Approved to True, with observedGeneration 1, in the status of this object.
 */
export interface ClusterApprovalRequest {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: ApprovalRequestSpec;
  status?: ApprovalRequestStatus;
}
/**
 * Who asks.
 */
export interface ApprovalRequestSpec {
  /**
   * Name of the run.
   */
  parentStageRollout: string;
  /**
   * Name of the stage.
   */
  targetStage: string;
}
/**
 * What was answered.
 */
export interface ApprovalRequestStatus {
  /**
   * Approved is set by whoever agrees, ApprovalAccepted by the run.
   */
  conditions?: Condition[];
}
