/** Somebody has answered an approval request in a way that does not count. */
import { kindsIn } from '../../../api/kinds.ts';
import { approveCommand } from '../../rollout/approveCommand.ts';
import { approvalFault } from '../approvalFault.ts';
import type { Finding } from '../finding.ts';
import type { RunFacts } from '../facts.ts';
import { gatesInShort, openGates } from './stageGates.ts';

export function approvalNotCounted(facts: RunFacts): Finding | undefined {
  const { subject, run } = facts;
  const gates = openGates(facts);
  const { approval, request, stage } = gates ?? {};
  if (gates === undefined || stage === undefined || approval === undefined || request === undefined) return undefined;
  const { stageName } = stage;
  const fault = approvalFault(request, { run: run.metadata.name, stage: stageName });
  if (fault === undefined) return undefined;
  return {
    cause: 'approvalNotCounted',
    what: `${subject} waits for an approval ${approval.when} stage ${stageName}, and the one given does not count`,
    ...(approval.since !== undefined && { since: approval.since }),
    rule: `${kindsIn(run.metadata).approvalRequest.kind} ${request.metadata.name} ${fault}`,
    frees: 'it has to be given again as it should be',
    command: approveCommand(run.metadata, stageName, approval.when),
    short: gatesInShort(facts, gates, `the one given does not count: it ${fault}`),
  };
}
