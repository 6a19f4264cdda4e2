/**
 * Decides what a rolling update does now: which clusters are updated, which are rid of their copies, which wait and why.
 *
 * The one rule behind all others: what is not available anyway costs nothing, and goes first; what is available is
 * touched only while enough others are; what was just updated and cannot be observed keeps its slot until it counts.
 */
import { targetKey, type RolloutFacts } from './facts.ts';
import { standings, type Standing } from './standing.ts';
import type { RolloutState, Work } from './state.ts';
import { waitForBudget, waitForLimit, waitForSurge } from './waits.ts';
import type { ClusterWait, Wait, WaitContext, WaitReason } from './waits.ts';
import { wantOf, type Want } from './wants.ts';

export interface Decision {
  /** Clusters in hand that something else is wanted of by now. */
  interrupt: string[];
  /** In the order in which it starts. */
  start: Work[];
  /** Clusters on which something remains to be done, and that are not in hand. */
  waiting: ClusterWait[];
  /** When time alone may change the decision, epoch milliseconds; absent when it cannot. */
  wakeAt?: number;
}

/**
 * Pure: the same answer as long as state and time are the same.
 * @param now epoch milliseconds
 */
export function decide(state: RolloutState, now: number): Decision {
  const { facts } = state;
  if (facts === undefined) return { interrupt: [], start: [], waiting: [] };
  const all = standings(state, now);
  const wanted = all
    .filter(({ inHand }) => inHand === undefined)
    .map((cluster) => ({ cluster, want: wantOf(facts, cluster, state.retries.get(cluster.cluster), now) }));
  const { start, available, placed } = choose(state, facts, all, wanted);
  const started = new Set(start.map(({ cluster }) => cluster));
  const left = wanted.filter(({ cluster }) => !started.has(cluster.cluster));
  const inHand = state.inHand.size + start.length;
  const waits = waitsOf(left, state, { facts, available, placed, inHand, limit: state.limit });
  return { interrupt: interruptions(state, facts, all), start, ...waits };
}

interface Wanted {
  cluster: Standing;
  want: Want;
}

/** @returns what starts, and how many clusters are available and have copies once it has */
function choose(
  state: RolloutState,
  facts: RolloutFacts,
  all: readonly Standing[],
  wanted: readonly Wanted[],
): { start: Work[]; available: number; placed: number } {
  const { desired, limits } = facts;
  const start: Work[] = [];
  // Work that had not begun when the hub was read, or that is over by now: the hub may count its cluster as settled.
  const listed = new Set(all.map(({ cluster }) => cluster));
  const hidden = [...state.inHand.keys()].filter((cluster) => !listed.has(cluster)).length;
  let available = facts.settled - hidden + all.filter((cluster) => cluster.state === 'available').length;
  let placed = facts.settled + all.filter((cluster) => cluster.placed === true && cluster.state !== 'failed').length;
  for (const { cluster, want } of inOrder(wanted)) {
    if (state.inHand.size + start.length >= state.limit) break;
    if (want.what === 'budgeted' && available <= desired - limits.maxUnavailable) continue;
    if (want.what === 'added' && placed >= desired + limits.maxSurge) continue;
    start.push(want.work);
    if (cluster.state === 'available') available -= 1;
    if (want.what === 'added') placed += 1;
  }
  return { start, available, placed };
}

/** By rank; within one rank in the order of the facts. */
function inOrder(wanted: readonly Wanted[]): { cluster: Standing; want: Extract<Want, { work: Work }> }[] {
  const withWork = wanted.flatMap(({ cluster, want }) => ('work' in want ? [{ cluster, want }] : []));
  return withWork.sort((left, right) => left.want.rank - right.want.rank);
}

/** In hand, and not what is wanted any more. What already has been told to stop is not told again. */
function interruptions({ inHand }: RolloutState, facts: RolloutFacts, all: readonly Standing[]): string[] {
  const listed = new Map(all.map((cluster) => [cluster.cluster, cluster]));
  return [...inHand].flatMap(([cluster, { work, interrupted }]) =>
    interrupted !== true && isUnwanted(work, facts, listed.get(cluster)) ? [cluster] : [],
  );
}

/** A cluster that is not listed is settled or gone: the work on it is about to end. */
function isUnwanted(work: Work, { mode, target }: RolloutFacts, cluster: Standing | undefined): boolean {
  switch (mode) {
    case 'gone':
      return true;
    case 'remove':
      return work.kind === 'update';
    case 'external':
      // Runs roll out from now on, but what has been begun may come to its end.
      return false;
    case 'rollingUpdate': {
      const isLeaving = cluster !== undefined && (cluster.selected !== true || cluster.deleting === true);
      if (work.kind === 'remove') return cluster !== undefined && !isLeaving;
      return isLeaving || (target !== undefined && targetKey(target) !== targetKey(work.target));
    }
  }
}

const endedByTime: ReadonlySet<WaitReason> = new Set(['budget', 'surge', 'settling', 'retry']);

function waitsOf(
  left: readonly Wanted[],
  { retries }: RolloutState,
  counts: Omit<WaitContext, 'wakeAt'>,
): Pick<Decision, 'waiting' | 'wakeAt'> {
  const settling = left.filter(({ cluster }) => cluster.state === 'settling').map(({ cluster }) => cluster.countsFrom);
  const retried = left
    .filter(({ want }) => want.what === 'wait' && want.wait.reason === 'retry')
    .map(({ cluster }) => retries.get(cluster.cluster)?.at);
  const times = [...settling, ...retried].filter((time) => time !== undefined);
  const wakeAt = times.length === 0 ? undefined : Math.min(...times);
  const context = { ...counts, wakeAt };
  // Their sentences tell of the placement, not of the cluster, so they are made once.
  const blocked = {
    free: waitForLimit(context),
    budgeted: context.inHand >= context.limit ? waitForLimit(context) : waitForBudget(context),
    added: context.inHand >= context.limit ? waitForLimit(context) : waitForSurge(context),
  };
  const waiting = left.flatMap(({ cluster: { cluster }, want }): ClusterWait[] => {
    if (want.what === 'nothing') return [];
    const wait: Wait = want.what === 'wait' ? want.wait : blocked[want.what];
    return [{ cluster, ...wait }];
  });
  const isAwaited = waiting.some(({ reason }) => endedByTime.has(reason));
  return { waiting, ...(isAwaited && wakeAt !== undefined && { wakeAt }) };
}
