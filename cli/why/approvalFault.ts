/** Why an answer to an approval request does not count. The reference system says nothing, and people wait in vain. */
import { findCondition } from '../../api/conditions.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';

/** For which stage of which run the request should be. */
export interface ApprovalPurpose {
  run: string;
  stage: string;
}

/** @returns the end of a sentence that begins with the request; undefined where nothing was answered, or it counts */
export function approvalFault(request: ClusterApprovalRequest, { run, stage }: ApprovalPurpose): string | undefined {
  const { metadata, spec, status } = request;
  if (spec.parentStageRollout !== run || spec.targetStage !== stage) {
    return `is for stage ${spec.targetStage} of run ${spec.parentStageRollout}`;
  }
  const approved = findCondition(status?.conditions, 'Approved');
  if (approved === undefined) return wasAppliedWithStatus(request) ? notInStatus : undefined;
  if (approved.status !== 'True') {
    const message = approved.message.trim().replace(/\.$/, '');
    return `says Approved ${approved.status}${message === '' ? '' : `: ${message}`}`;
  }
  if (approved.observedGeneration === metadata.generation) return undefined;
  const observed = approved.observedGeneration === undefined ? 'none' : String(approved.observedGeneration);
  return `has observedGeneration ${observed} in its condition Approved, and must have ${String(metadata.generation)}`;
}

const notInStatus =
  'was applied with a status, which the hub leaves away: a status is written with --subresource=status only';

/** A patch of the status without its subresource leaves no trace; kubectl apply does, in its own annotation. */
function wasAppliedWithStatus({ metadata }: ClusterApprovalRequest): boolean {
  const applied = metadata.annotations?.['kubectl.kubernetes.io/last-applied-configuration'] ?? '';
  return applied.includes('"status"') && applied.includes('"Approved"');
}
