/** What a log tells: one thing that happened, when, by whom. */

/**
 * Who did it.
 * - `worker`: Flotilla itself
 * - `hub`: whoever changed an object there; the history does not say who that was
 * - `person`: somebody who sent a message, by the name they gave, else by the identity of their program
 */
export type Actor =
  { role: 'worker'; identity?: string } | { role: 'hub' } | { role: 'person'; name?: string; identity?: string };

/** Listed with their meaning in docs/command.md. */
export type EntryKind =
  | 'created'
  | 'started'
  | 'takenUp'
  | 'workerChanged'
  | 'workerTrouble'
  | 'planned'
  | 'waiting'
  | 'stageBegun'
  | 'stageDone'
  | 'waitBegun'
  | 'waitOver'
  | 'approvalAsked'
  | 'approvalSent'
  | 'approvalIgnored'
  | 'approved'
  | 'requestMissing'
  | 'clusterBegun'
  | 'clusterWaits'
  | 'clusterGoesOn'
  | 'clusterDone'
  | 'clusterFailed'
  | 'clusterDisplaced'
  | 'clusterInterrupted'
  | 'stuck'
  | 'stateAsked'
  | 'stopping'
  | 'stopped'
  | 'resumed'
  | 'removing'
  | 'rollout'
  | 'pause'
  | 'continued'
  | 'endAsked'
  | 'succeeded'
  | 'failed'
  | 'ended';

export interface LogEntry {
  /** Epoch milliseconds. */
  time: number;
  actor: Actor;
  kind: EntryKind;
  /** A sentence without a full stop. */
  message: string;
  stage?: string;
  cluster?: string;
  /** Name of the approval request that it is about. */
  request?: string;
}

/** An entry but for what its event adds; without an actor the worker did it. */
export type EntryDraft = Omit<LogEntry, 'time' | 'actor'> & { actor?: Actor };

/** The name by which people know somebody who acted. */
export function actorName(actor: Actor): string {
  if (actor.role !== 'person') return actor.role;
  return actor.name ?? (actor.identity === undefined || actor.identity === '' ? 'somebody' : actor.identity);
}

/** A span as it is told of a cluster: `52 ms`, `1.2 s`, `2m5s`. */
export function spanWords(milliseconds: number): string {
  const span = Math.max(0, Math.round(milliseconds));
  if (span < 1000) return `${span} ms`;
  if (span < 60_000) return `${(span / 1000).toFixed(1)} s`;
  const seconds = Math.round(span / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds % 60}s`;
}
