/** The moments of a run at which its worker is killed: both sides of every workflow task. */
import type { HistoryEvent } from './history.ts';

/** A worker has just been given a workflow task (`Started`), or has just answered it (`Completed`). */
export interface Boundary {
  side: 'Started' | 'Completed';
  /** Which workflow task of the run, from 1. */
  task: number;
}

export const sides = ['Started', 'Completed'] as const;

/** As the history names the event. */
export function describeBoundary({ side, task }: Boundary): string {
  return `WorkflowTask${side} ${String(task)}`;
}

/** Finds a boundary in a history that is told event by event. */
export class BoundaryWatch {
  readonly #boundary: Boundary | undefined;
  #seen = 0;

  constructor(boundary: Boundary | undefined) {
    this.#boundary = boundary;
  }

  /** Whether this event is the boundary. */
  isReachedWith(event: HistoryEvent): boolean {
    if (this.#boundary === undefined || !isOn(this.#boundary.side, event)) return false;
    this.#seen += 1;
    return this.#seen === this.#boundary.task;
  }
}

/** How many workflow tasks a history has. */
export function tasksIn(events: readonly HistoryEvent[]): number {
  return events.filter((event) => isOn('Completed', event)).length;
}

/** A sample of the boundaries of a run: one from each of `count` parts of equal length. */
export function sampleBoundaries(tasks: number, count: number, seed: number): Boundary[] {
  const all = Array.from({ length: tasks }, (_, index) => sides.map((side) => ({ side, task: index + 1 }))).flat();
  const random = randomNumbers(seed);
  return Array.from({ length: Math.min(count, all.length) }, (_, part) => {
    const first = Math.floor((part * all.length) / count);
    const end = Math.floor(((part + 1) * all.length) / count);
    return all[first + Math.floor(random() * (end - first))];
  }).filter((boundary) => boundary !== undefined);
}

function isOn(side: Boundary['side'], event: HistoryEvent): boolean {
  const attributes =
    side === 'Started' ? event.workflowTaskStartedEventAttributes : event.workflowTaskCompletedEventAttributes;
  return attributes !== null && attributes !== undefined;
}

/** Mulberry32: numbers from 0 up to 1, the same for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
