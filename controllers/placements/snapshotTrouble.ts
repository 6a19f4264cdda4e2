/** Snapshots that cannot be taken: from when on that is told, and when the next attempt is made. */
import { nameOf } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { backoffDelay } from '../../kube/backoff.ts';
import { isAlreadyExists, isConflict } from '../../kube/errors.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import type { PlacementMemory } from './memory.ts';

/** Failures in a row from which on one counts as trouble that stays: nothing else waits for its end. */
const lastingFailures = 3;
/** To be overtaken by somebody else is common, and passes. */
const lastingConflicts = 8;
const backoff = { firstMs: 200, maxMs: 10_000 };

/** Notes a failed attempt, and says once in the log what lasts. Returns whether the failure is one of those that last. */
export function noteTrouble(
  { log }: Pick<PlacementControllerDependencies, 'log'>,
  placement: ClusterResourcePlacement,
  memory: PlacementMemory,
  error: unknown,
  now: number,
): boolean {
  const before = memory.snapshotTrouble;
  const failures = (before?.failures ?? 0) + 1;
  const patience = isConflict(error) || isAlreadyExists(error) ? lastingConflicts : lastingFailures;
  const isLasting = before?.isLasting === true || failures >= patience;
  const message = error instanceof Error ? error.message : String(error);
  const retryAt = isLasting ? now + backoffDelay(backoff, failures) : now;
  memory.snapshotTrouble = { failures, isLasting, message, retryAt, generation: placement.metadata.generation };
  if (isLasting && !(before?.isLasting === true && before.message === message)) {
    const text = 'Could not take a resource snapshot of a placement; everything else goes on, and this is tried again.';
    log.warn({ err: error, placement: nameOf(placement) }, text);
  }
  return isLasting;
}

/** Milliseconds until the next attempt; 0 when it may be made, as for selectors that have been edited since. */
export function pauseAfterTrouble(
  { snapshotTrouble }: PlacementMemory,
  { metadata }: ClusterResourcePlacement,
  now: number,
): number {
  if (snapshotTrouble === undefined || snapshotTrouble.generation !== metadata.generation) return 0;
  return Math.max(snapshotTrouble.retryAt - now, 0);
}

/** The outcome of a look together with the trouble that has lasted until now, as one sentence. */
export function withTrouble<T extends object>(
  { snapshotTrouble }: PlacementMemory,
  outcome: T,
): T & { trouble?: string } {
  return snapshotTrouble?.isLasting === true ? { ...outcome, trouble: snapshotTrouble.message } : outcome;
}
