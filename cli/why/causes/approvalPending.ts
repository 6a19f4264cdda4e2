/** A stage asks for an approval, and nobody has given it. */
import { kindsIn } from '../../../api/kinds.ts';
import { rfc3339 } from '../../../domain/time.ts';
import { approveCommand } from '../../rollout/approveCommand.ts';
import type { Finding } from '../finding.ts';
import type { RunFacts } from '../facts.ts';
import { gatesInShort, openGates } from './stageGates.ts';

export function approvalPending(facts: RunFacts): Finding | undefined {
  const { subject, run } = facts;
  const gates = openGates(facts);
  const { approval, wait, stage } = gates ?? {};
  if (gates === undefined || stage === undefined || approval === undefined) return undefined;
  const { stageName } = stage;
  const { plural } = kindsIn(run.metadata).approvalRequest;
  const effect = approval.when === 'before' ? 'begins' : 'ends';
  const besides = wait === undefined ? '' : `, and with its TimedWait of ${wait.waitTime} over`;
  return {
    cause: 'approvalPending',
    what: `${subject} waits for an approval ${approval.when} stage ${stageName}`,
    ...(approval.since !== undefined && { since: approval.since }),
    rule:
      `strategy ${run.spec.stagedRolloutStrategyName} has it that the stage ${effect} only with one${besides} ` +
      `(request ${approval.request}; a patch needs --subresource=status)`,
    frees:
      `whoever may patch ${plural}/status on the hub may give it` +
      (wait === undefined ? '' : `, and the wait ends by itself at ${rfc3339(wait.endsAt)}`),
    command: approveCommand(run.metadata, stageName, approval.when),
    short: gatesInShort(facts, gates),
  };
}
