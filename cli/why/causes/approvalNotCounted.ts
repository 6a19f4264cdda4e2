/** Somebody has answered an approval request in a way that does not count. */
import { findCondition } from '../../../api/conditions.ts';
import { kindsIn } from '../../../api/kinds.ts';
import type { ClusterApprovalRequest } from '../../../api/types/clusterapprovalrequest.ts';
import { approveCommand } from '../../rollout/runLines.ts';
import { openApproval } from '../../rollout/stages.ts';
import { clause, type Finding } from '../finding.ts';
import { stageOf, type RunFacts } from '../facts.ts';

export function approvalNotCounted(facts: RunFacts): Finding | undefined {
  const { subject, run, requests } = facts;
  const stage = stageOf(facts);
  const approval = stage && openApproval(stage);
  const request = requests.find(({ metadata }) => metadata.name === approval?.request);
  if (stage === undefined || approval === undefined || request === undefined) return undefined;
  const fault = faultOf(request, run.metadata.name, stage.stageName);
  if (fault === undefined) return undefined;
  return {
    cause: 'approvalNotCounted',
    what: `${subject} waits for an approval ${approval.when} stage ${stage.stageName}, and the one given does not count`,
    ...(approval.since !== undefined && { since: approval.since }),
    rule: `${kindsIn(run.metadata).approvalRequest.kind} ${request.metadata.name} ${fault}`,
    frees: 'it is given as it should be with',
    command: approveCommand(run.metadata, stage.stageName, approval.when),
  };
}

/** What is wrong, as the end of a sentence about the request. */
function faultOf(request: ClusterApprovalRequest, run: string, stage: string): string | undefined {
  const { metadata, spec, status } = request;
  if (spec.parentStageRollout !== run || spec.targetStage !== stage) {
    return `is for stage ${spec.targetStage} of run ${spec.parentStageRollout}`;
  }
  const approved = findCondition(status?.conditions, 'Approved');
  if (approved === undefined) return wasAppliedWithStatus(request) ? notInStatus : undefined;
  if (approved.status !== 'True') return `says Approved ${approved.status}: ${clause(approved.message)}`;
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
