/** An approval was given, and the run has not taken it up. */
import { isApproved } from '../../../domain/runs/approved.ts';
import { ownCommand } from '../../calledAs.ts';
import { lastWritten, type RunFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import { gatesInShort, openGates } from './stageGates.ts';
import { notNoticed } from './temporalUnreachable.ts';

export function approvalGiven(facts: RunFacts): Finding | undefined {
  const { subject } = facts;
  const gates = openGates(facts);
  const { approval, request, stage } = gates ?? {};
  if (gates === undefined || stage === undefined || approval === undefined) return undefined;
  if (request === undefined || !isApproved(request)) return undefined;
  // Not the time in the condition: that is what somebody wrote there, and may be any.
  const since = lastWritten(request.metadata, 'status');
  const what = `${subject} has not taken up the approval ${approval.when} stage ${stage.stageName}, which was given`;
  const late = since === undefined ? undefined : notNoticed(facts, since);
  if (late !== undefined) {
    return { ...late, what, short: gatesInShort(facts, gates, 'given, and not taken up yet') };
  }
  return {
    cause: 'progressing',
    what,
    ...(since !== undefined && { since }),
    frees: 'it takes it up by itself',
    command: ownCommand(`rollout status ${subject}`),
    short: gatesInShort(facts, gates, 'given'),
  };
}
