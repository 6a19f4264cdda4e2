/** A stage asks for an approval, and nobody has given it. */
import { kindsIn } from '../../../api/kinds.ts';
import { approveCommand } from '../../rollout/runLines.ts';
import { openApproval } from '../../rollout/stages.ts';
import type { Finding } from '../finding.ts';
import { stageOf, type RunFacts } from '../facts.ts';

export function approvalPending(facts: RunFacts): Finding | undefined {
  const { subject, run } = facts;
  const stage = stageOf(facts);
  const approval = stage && openApproval(stage);
  if (stage === undefined || approval === undefined) return undefined;
  const { stageName } = stage;
  const { plural } = kindsIn(run.metadata).approvalRequest;
  const effect = approval.when === 'before' ? 'begins' : 'ends';
  return {
    cause: 'approvalPending',
    what: `${subject} waits for an approval ${approval.when} stage ${stageName}`,
    ...(approval.since !== undefined && { since: approval.since }),
    rule:
      `strategy ${run.spec.stagedRolloutStrategyName} has it that the stage ${effect} only with one ` +
      `(request ${approval.request}; a patch needs --subresource=status)`,
    frees: `whoever may patch ${plural}/status on the hub may give it`,
    command: approveCommand(run.metadata, stageName, approval.when),
  };
}
