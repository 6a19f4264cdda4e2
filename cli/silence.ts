/** What the silence of members means: it is a worker that listens to them, and one may not be there. */
import type { MemberCluster } from '../api/types/membercluster.ts';
import { isSilent } from '../domain/scheduling/index.ts';
import type { WorkerState } from './workerLease.ts';

/**
 * Since when somebody listens to the members, for whoever judges as the worker does. Where nobody does, the next worker
 * begins to listen, so that nothing before now counts.
 * @param now epoch milliseconds
 * @returns epoch milliseconds; undefined where that is not known, so that all silence counts
 */
export function listenedSince(worker: WorkerState, now: number): number | undefined {
  switch (worker.state) {
    case 'running':
      return worker.since === undefined ? undefined : Date.parse(worker.since);
    case 'missing':
      return now;
    case 'unknown':
      return undefined;
  }
}

/**
 * A sentence for where members would seem to be lost, and nobody has looked.
 * @param now epoch milliseconds
 */
export function silenceNote(worker: WorkerState, members: readonly MemberCluster[], now: number): string | undefined {
  if (worker.state !== 'missing' || !members.some((member) => isSilent(member, now))) return undefined;
  const gone = worker.since === undefined ? 'No worker is running' : `No worker has run since ${worker.since}`;
  return `${gone}, so nobody listens to the members; their silence counts against none of them.`;
}
