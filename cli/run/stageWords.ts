/** What stands beside the name of a stage. */
import type { ApprovalGate, Gate, WaitGate } from './gates.ts';
import type { StagePicture } from './picture.ts';
import { span, timeOfDay, type Clock } from './times.ts';

/** How long the stage has taken so far; '' before it began. */
export function stageTime({ startedAt, endedAt }: StagePicture, now: number): string {
  return startedAt === undefined ? '' : span((endedAt ?? now) - startedAt);
}

/**
 * What the gates of a stage say, in their order.
 * @param countdown whether to say how much of a wait is left, which changes with every second
 */
export function gateWords({ before, after }: StagePicture, clock: Clock, countdown: boolean): string[] {
  return [...before, ...after].map((gate) => wordsOf(gate, clock, countdown));
}

function wordsOf(gate: Gate, clock: Clock, countdown: boolean): string {
  return gate.type === 'wait' ? waitWords(gate, clock, countdown) : approvalWords(gate, clock);
}

function waitWords({ state, length, endsAt }: WaitGate, clock: Clock, countdown: boolean): string {
  if (state === 'done') return `soaked ${length}`;
  if (endsAt === undefined) return `soak ${length}`;
  return countdown ? `soak ${length}, ${span(endsAt - clock.now)} left` : `soaks until ${timeOfDay(endsAt, clock)}`;
}

function approvalWords({ moment, state, since, approvedAt, words = '', fault }: ApprovalGate, clock: Clock): string {
  const what = moment === 'before' ? 'approval to begin' : 'approval';
  const at = (time: number | undefined): string => (time === undefined ? '' : ` ${timeOfDay(time, clock)}`);
  if (state === 'done') return `${moment === 'before' ? 'begin approved' : 'approved'}${at(approvedAt)}${words}`;
  if (fault !== undefined) return `${what}: ${fault}`;
  return state === 'open' ? `${what} asked for${at(since)}` : what;
}
