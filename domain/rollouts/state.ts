/**
 * Where a rolling update stands. When the workflow continues as new, it hands over what it
 * has in hand and the pauses after failures; the rest is found again on the hub.
 */
import { targetKey, type RolloutFacts, type RolloutTarget } from './facts.ts';
import type { AvailabilityReport } from './reports.ts';

/** Something to do on a cluster. */
export type Work =
  | { kind: 'update'; cluster: string; binding: string; target: RolloutTarget }
  | { kind: 'remove'; cluster: string; binding: string };

/** Equal for work that asks for the same of one cluster. */
export function workKey(work: Work): string {
  return work.kind === 'update' ? `update ${targetKey(work.target)}` : 'remove';
}

/** A cluster that an activity works on. */
export interface WorkInHand {
  work: Work;
  /** It has been told to stop, because something else is wanted of the cluster by now. */
  interrupted?: true;
  /** Present while something hinders the cluster. */
  trouble?: { reason: string; /** RFC 3339. */ since: string };
}

/** What a piece of work has left behind, as long as no look at the hub has told so. */
export interface WorkDone {
  /** `unclear`: it came to no end, so nobody can say what is on the cluster. */
  result: 'updated' | 'removed' | 'unclear';
  work: Work;
  /** What an update has reported in the end. */
  available?: AvailabilityReport;
  /** It ended while a look was on its way, which may have seen it or not. */
  duringLook: boolean;
}

/** Work that has ended badly is left alone for a while. */
export interface Retry {
  /** {@link workKey} of the work; anything else may be done on the cluster at once. */
  work: string;
  /** So many times one after the other. */
  failures: number;
  /** Epoch milliseconds. */
  at: number;
  /** One sentence. */
  reason: string;
}

/** By cluster where it is a map. */
export interface RolloutState {
  /** Absent before the first look. */
  facts?: RolloutFacts;
  inHand: Map<string, WorkInHand>;
  done: Map<string, WorkDone>;
  retries: Map<string, Retry>;
  looking: boolean;
  /** Something has changed on the hub since the last look began. */
  isLookDue: boolean;
  /** When the timer that was last asked for goes off, epoch milliseconds. */
  wakesAt?: number;
  isOver: boolean;
  /** So many clusters are worked on at once at most. */
  limit: number;
}

/** What an execution hands over to the next, as JSON. */
export interface HandedOver {
  inHand: Work[];
  retries: [cluster: string, Retry][];
}

/** Temporal advises against many more pending activities of one workflow. */
const defaultLimit = 500;

/** A rolling update that has not looked at the hub yet. */
export function initialState(from?: HandedOver, limit = defaultLimit): RolloutState {
  return {
    inHand: new Map(from?.inHand.map((work) => [work.cluster, { work }])),
    done: new Map(),
    retries: new Map(from?.retries),
    looking: false,
    isLookDue: true,
    isOver: false,
    limit,
  };
}

export function handOver({ inHand, retries }: RolloutState): HandedOver {
  return { inHand: [...inHand.values()].map(({ work }) => work), retries: [...retries] };
}
