/** Takes note of what has happened to a rolling update. */
import { targetKey, type ClusterFacts, type RolloutFacts, type RolloutTarget } from './facts.ts';
import type { AvailabilityReport } from './reports.ts';
import { workKey, type RolloutState, type Work, type WorkDone, type WorkInHand } from './state.ts';

/** What happened, as the workflow saw it. `at` is epoch milliseconds of the workflow's clock. */
export type RolloutEvent = { at: number } & (
  | { type: 'hubChanged' }
  | { type: 'looked'; facts: RolloutFacts }
  /** `available` as the activity has reported it; absent when it has not. */
  | { type: 'clusterUpdated'; cluster: string; available?: AvailabilityReport }
  | { type: 'clusterRemoved'; cluster: string }
  /** The work has stopped because it was interrupted. */
  | { type: 'clusterInterrupted'; cluster: string }
  /** The work has ended badly for good: another holder took the cluster, the binding is gone. One sentence. */
  | { type: 'clusterFailed'; cluster: string; message: string }
  /** Why a cluster in work waits; an empty reason when it does not any more. `since` is RFC 3339. */
  | { type: 'clusterTrouble'; cluster: string; reason: string; since: string }
  | { type: 'woken' }
);

/** Pauses after work that ended badly; each is twice as long as the one before. */
const firstPauseMs = 1_000;
const longestPauseMs = 300_000;

/** Changes the state in place. */
export function note(state: RolloutState, event: RolloutEvent): void {
  switch (event.type) {
    case 'hubChanged':
      state.isLookDue = true;
      return;
    case 'looked':
      return noteFacts(state, event.facts, event.at);
    case 'clusterUpdated':
      return noteEnd(state, event.cluster, 'updated', event.available);
    case 'clusterRemoved':
      noteEnd(state, event.cluster, 'removed');
      // How many clusters are to have the copies by now is the scheduler's to say.
      if (wasWanted(state, event.cluster)) state.isLookDue = true;
      return;
    case 'clusterInterrupted':
      return noteEnd(state, event.cluster, 'unclear');
    case 'clusterFailed': {
      const work = state.inHand.get(event.cluster)?.work;
      noteEnd(state, event.cluster, 'unclear');
      if (work !== undefined) noteFailure(state, work, event.message, event.at);
      return;
    }
    case 'clusterTrouble':
      return noteTrouble(state.inHand.get(event.cluster), event.reason, event.since);
    case 'woken':
      state.wakesAt = undefined;
  }
}

/** What ended before the look began is told by the facts; what ended meanwhile may not be. */
function noteFacts(state: RolloutState, facts: RolloutFacts, now: number): void {
  const listed = new Map(facts.clusters.map((cluster) => [cluster.cluster, cluster]));
  for (const [cluster, end] of state.done) {
    if (end.duringLook) {
      end.duringLook = false;
      continue;
    }
    state.done.delete(cluster);
    const contradiction = contradictionTo(end, listed.get(cluster), facts.target);
    if (contradiction !== undefined) noteFailure(state, end.work, contradiction, now);
  }
  for (const cluster of state.retries.keys()) {
    const seen = listed.get(cluster);
    if (seen === undefined || (isWanted(seen) && seen.reached === true)) state.retries.delete(cluster);
  }
  state.facts = facts;
  state.looking = false;
}

/** Work that ends well again and again without any effect on the hub must not turn into a loop. */
function contradictionTo(
  { result, work }: WorkDone,
  seen: ClusterFacts | undefined,
  target: RolloutTarget | undefined,
): string | undefined {
  if (seen === undefined) return undefined;
  if (result === 'removed' && !isWanted(seen)) return 'The copies are removed, but the binding is still there.';
  const isForTarget = work.kind === 'update' && target !== undefined && targetKey(work.target) === targetKey(target);
  if (result === 'updated' && isForTarget && isWanted(seen) && seen.reached !== true) {
    return 'The cluster has been updated, but its binding does not say so.';
  }
  return undefined;
}

/** One that was selected and had to go all the same: somebody deleted its binding. */
function wasWanted({ facts }: RolloutState, cluster: string): boolean {
  if (facts?.mode !== 'rollingUpdate') return false;
  return facts.clusters.some((one) => one.cluster === cluster && one.selected === true);
}

function isWanted({ selected, deleting }: ClusterFacts): boolean {
  return selected === true && deleting !== true;
}

function noteEnd(
  state: RolloutState,
  cluster: string,
  result: WorkDone['result'],
  available?: AvailabilityReport,
): void {
  const inHand = state.inHand.get(cluster);
  if (inHand === undefined) return;
  state.inHand.delete(cluster);
  if (result === 'unclear') state.isLookDue = true;
  state.done.set(cluster, { result, work: inHand.work, available, duringLook: state.looking });
}

function noteFailure(state: RolloutState, work: Work, reason: string, now: number): void {
  const before = state.retries.get(work.cluster);
  const key = workKey(work);
  const failures = before?.work === key ? before.failures + 1 : 1;
  const pause = Math.min(firstPauseMs * 2 ** (failures - 1), longestPauseMs);
  state.retries.set(work.cluster, { work: key, failures, reason, at: now + pause });
}

/** A report about a cluster that is no longer in work comes too late and is dropped. */
function noteTrouble(work: WorkInHand | undefined, reason: string, since: string): void {
  if (work === undefined) return;
  if (reason === '') delete work.trouble;
  else work.trouble = { reason, since };
}
