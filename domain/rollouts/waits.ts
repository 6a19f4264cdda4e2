/** Why clusters wait that are not at their target, and what will end it. For people. */
import { rfc3339 } from '../time.ts';
import type { RolloutFacts } from './facts.ts';

/**
 * `budget`: too few clusters are available. `surge`: too many have copies. `limit`: as many as can be are in work.
 * `settling`: just updated, and the pause after that is not over. `retry`: work on it ended badly.
 * `snapshot`: there is nothing to roll out yet. `external`: runs roll this placement out.
 */
export type WaitReason = 'budget' | 'surge' | 'limit' | 'settling' | 'retry' | 'snapshot' | 'external';

export interface Wait {
  reason: WaitReason;
  /** One sentence. */
  message: string;
  /**
   * What ends the wait: a cluster in work that gets done, a moment, or a change on the hub. Never without something of
   * the kind being on its way, except for the hub: there, the message says what has to change.
   */
  ends: 'cluster' | 'time' | 'hub';
}

export interface ClusterWait extends Wait {
  cluster: string;
}

/** What the sentences are about. */
export interface WaitContext {
  facts: RolloutFacts;
  /** Number of clusters that are available. */
  available: number;
  /** Number of clusters that have copies, or get them, and have not failed. */
  placed: number;
  inHand: number;
  limit: number;
  /** Epoch milliseconds at which the next cluster settles or is tried again, if any does. */
  wakeAt?: number;
}

export function waitForBudget(context: WaitContext): Wait {
  const { available, facts } = context;
  const { desired, limits } = facts;
  const state = `${count(available, 'cluster is', 'clusters are')} available, of ${String(desired)} wanted`;
  const rule = `maxUnavailable asks for more than ${String(Math.max(desired - limits.maxUnavailable, 0))}`;
  const advice = 'bring clusters to health or raise maxUnavailable';
  return { reason: 'budget', ...endOf(context, `${state}, and ${rule} before one more is taken`, advice) };
}

export function waitForSurge(context: WaitContext): Wait {
  const { placed, facts } = context;
  const most = facts.desired + facts.limits.maxSurge;
  const state = `${count(placed, 'cluster has', 'clusters have')} copies, and maxSurge allows ${String(most)} at a time`;
  return { reason: 'surge', ...endOf(context, state, 'raise maxSurge or maxUnavailable') };
}

export function waitForLimit({ inHand }: WaitContext): Wait {
  const message = `${count(inHand, 'cluster is', 'clusters are')} in work, which is as many as there can be at once.`;
  return { reason: 'limit', message, ends: 'cluster' };
}

/** @param until epoch milliseconds */
export function waitToSettle(until: number): Wait {
  const message = `The cluster was just updated; after unavailablePeriodSeconds it counts as available, at ${rfc3339(until)}.`;
  return { reason: 'settling', message, ends: 'time' };
}

/** @param until epoch milliseconds */
export function waitToRetry(reason: string, until: number): Wait {
  return { reason: 'retry', message: `${reason} It is tried again at ${rfc3339(until)}.`, ends: 'time' };
}

export function waitForSnapshot(): Wait {
  return { reason: 'snapshot', message: 'There is no complete resource snapshot of the placement yet.', ends: 'hub' };
}

export function waitForRun(): Wait {
  const message = 'The strategy of the placement is External: a ClusterStagedUpdateRun rolls it out.';
  return { reason: 'external', message, ends: 'hub' };
}

/** What the first of these is that will end a wait: work that ends, time that passes, somebody who changes something. */
function endOf(context: WaitContext, state: string, advice: string): Pick<ClusterWait, 'message' | 'ends'> {
  if (context.inHand > 0) {
    return { message: `${state}; it goes on when one in work is done.`, ends: 'cluster' };
  }
  if (context.wakeAt !== undefined) {
    return { message: `${state}; it is looked at again at ${rfc3339(context.wakeAt)}.`, ends: 'time' };
  }
  return { message: `${state}: ${advice}.`, ends: 'hub' };
}

function count(number: number, one: string, many: string): string {
  return `${String(number)} ${number === 1 ? one : many}`;
}
