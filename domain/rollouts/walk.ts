/**
 * A rolling update, step by step: state + event → steps. No I/O and no clock; the workflow performs the steps and comes
 * back with events. The state is changed in place.
 *
 * It looks at the hub when it begins, when something has changed there, when work came to no end,
 * and before it ends. In between it goes by what its own work has done, so that a cluster costs one activity and no
 * look. Nothing starts while a look is on its way, since what is known may be wrong by then.
 */
import { decide } from './decide.ts';
import type { RolloutTarget } from './facts.ts';
import { note, type RolloutEvent } from './record.ts';
import type { RolloutState, Work } from './state.ts';
import type { WaitReason } from './waits.ts';

/** What the workflow is asked to do. */
export type RolloutStep =
  /** Read the facts. */
  | { do: 'look' }
  | { do: 'updateCluster'; cluster: string; binding: string; target: RolloutTarget }
  | { do: 'removeCluster'; cluster: string; binding: string }
  /** Stop what is done on the cluster, and say when it has stopped, or how it ended before that. */
  | { do: 'interrupt'; cluster: string }
  /** Wake the walker at `until`, epoch milliseconds. There is one such timer: this one replaces the one before. */
  | { do: 'wait'; until: number }
  | { do: 'end' };

/**
 * The first steps of an execution: what the one before had in hand, again, and a look. Repeating work is harmless: what
 * it had finished, it does not do again.
 */
export function begin(state: RolloutState): RolloutStep[] {
  return [...[...state.inHand.values()].map(({ work }) => stepOf(work)), look(state)];
}

/** Takes note of an event and returns what starts because of it. After `end` there is nothing any more. */
export function advance(state: RolloutState, event: RolloutEvent): RolloutStep[] {
  if (state.isOver) return [];
  note(state, event);
  if (state.looking) return [];
  // The facts that were just read are worth something even if they have changed again since.
  return state.isLookDue && event.type !== 'looked' ? [look(state)] : goOn(state, event.at);
}

function goOn(state: RolloutState, now: number): RolloutStep[] {
  const { interrupt, start, waiting, wakeAt } = decide(state, now);
  const steps: RolloutStep[] = interrupt.map((cluster) => stop(state, cluster));
  for (const work of start) steps.push(take(state, work));
  if (wakeAt !== undefined && (state.wakesAt === undefined || wakeAt < state.wakesAt)) {
    state.wakesAt = wakeAt;
    steps.push({ do: 'wait', until: wakeAt });
  }
  const isIdle = state.inHand.size === 0 && wakeAt === undefined;
  // That there is nothing to do, or nothing that could be done, is said only of what the hub itself has shown.
  if (state.isLookDue || (isIdle && state.done.size > 0)) steps.push(look(state));
  else if (isIdle && !waiting.some(({ reason }) => keepsAlive(reason))) steps.push(end(state));
  return steps;
}

/** A snapshot or another strategy starts a new rolling update when it comes. */
function keepsAlive(reason: WaitReason): boolean {
  return reason !== 'snapshot' && reason !== 'external';
}

function stop(state: RolloutState, cluster: string): RolloutStep {
  const work = state.inHand.get(cluster);
  if (work !== undefined) work.interrupted = true;
  return { do: 'interrupt', cluster };
}

function take(state: RolloutState, work: Work): RolloutStep {
  state.inHand.set(work.cluster, { work });
  state.done.delete(work.cluster);
  return stepOf(work);
}

function stepOf(work: Work): RolloutStep {
  const { cluster, binding } = work;
  return work.kind === 'update'
    ? { do: 'updateCluster', cluster, binding, target: work.target }
    : { do: 'removeCluster', cluster, binding };
}

function look(state: RolloutState): RolloutStep {
  state.looking = true;
  state.isLookDue = false;
  return { do: 'look' };
}

function end(state: RolloutState): RolloutStep {
  state.isOver = true;
  return { do: 'end' };
}
