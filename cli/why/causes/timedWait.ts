/** A stage lets time pass. */
import { formatDuration } from '../../../domain/durations.ts';
import { rfc3339 } from '../../../domain/time.ts';
import { ownCommand } from '../../calledAs.ts';
import type { Finding } from '../finding.ts';
import type { RunFacts } from '../facts.ts';
import { gatesInShort, openGates } from './stageGates.ts';

export function timedWait(facts: RunFacts): Finding | undefined {
  const { subject, run, now } = facts;
  const gates = openGates(facts);
  if (gates?.wait === undefined) return undefined;
  const { stage, wait } = gates;
  const left = formatDuration(Math.max(0, Math.ceil((wait.endsAt - now) / 1000)) * 1000);
  return {
    cause: 'timedWait',
    what: `${subject} waits after stage ${stage.stageName}`,
    since: wait.since,
    rule: `strategy ${run.spec.stagedRolloutStrategyName} has a TimedWait of ${wait.waitTime} there`,
    frees: `it goes on by itself at ${rfc3339(wait.endsAt)}, in ${left}`,
    command: ownCommand(`rollout status ${subject}`),
    short: gatesInShort(facts, gates),
  };
}
