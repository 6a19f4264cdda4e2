/** The snapshot of what a placement selects at this moment, for a run that names none. */
import { resourceSnapshotName } from '../../api/names.ts';
import { formatReference } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { propagationRules, type PropagationSettings } from '../../domain/selection/index.ts';
import type { CurrentSnapshot, CurrentSnapshotResult } from '../../domain/snapshots/index.ts';
import { backoffDelay, delay } from '../../kube/backoff.ts';
import { isAlreadyExists, isConflict, isKindNotServed, isNotFound } from '../../kube/errors.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { selectLive } from './liveSelection.ts';
import { carryOut, contentOf, planFor, readSnapshots } from './snapshotWrites.ts';

export type { CurrentSnapshot, CurrentSnapshotResult };

export interface CurrentSnapshotDependencies extends Pick<PlacementControllerDependencies, 'hub' | 'caches' | 'log'> {
  /** As the placement loop has them; else the two would take different snapshots. The caches tell what is in use. */
  settings?: PropagationSettings;
}

/** Looks at a placement that somebody else keeps changing the snapshots of, before giving up. */
const looks = 10;
const backoff = { firstMs: 25, maxMs: 1_000 };

/** So many kinds are named in a message. */
const kindsNamed = 10;

/**
 * See {@link CurrentSnapshot}. Works in any worker, beside the placement loop or without it, and may be called again
 * after a stop between any two writes.
 */
export function createCurrentSnapshot(dependencies: CurrentSnapshotDependencies): CurrentSnapshot {
  return async (placement) => {
    for (let attempt = 1; ; attempt++) {
      try {
        return await look(dependencies, placement);
      } catch (error) {
        if (!wasOvertaken(error)) throw error;
        if (attempt === looks) throw tooBusy(placement, error);
      }
      await delay(backoffDelay(backoff, attempt));
    }
  };
}

async function look(
  dependencies: CurrentSnapshotDependencies,
  placement: ClusterResourcePlacement,
): Promise<CurrentSnapshotResult> {
  // Before the objects: a snapshot that somebody takes while they are read then makes the writes fail, so that an older
  // state never comes after a newer one.
  const existing = await readSnapshots(dependencies.hub, placement);
  const attempt = await selectLive(dependencies, placement, propagationRules(dependencies.settings));
  if (!attempt.ready) return { outcome: 'notReady', message: unreadable(placement, attempt.missing) };
  if (!attempt.selection.valid) return { outcome: 'invalid', message: attempt.selection.error };

  const plan = planFor(dependencies, placement, existing, contentOf(attempt.selection.objects));
  await carryOut(dependencies, placement, plan);
  const { name } = placement.metadata;
  return { outcome: 'taken', index: String(plan.index), name: resourceSnapshotName(name, plan.index) };
}

/** Another writer of the same snapshots was faster; what it wrote may be just what is needed. */
function wasOvertaken(error: unknown): boolean {
  return isConflict(error) || isAlreadyExists(error) || (isNotFound(error) && !isKindNotServed(error));
}

function unreadable({ metadata }: ClusterResourcePlacement, missing: readonly string[]): string {
  const list = missing.slice(0, kindsNamed).join(', ') + (missing.length > kindsNamed ? ', …' : '');
  return `Placement ${formatReference(metadata)} may select objects of kinds that cannot be read from the hub at the moment: ${list}.`;
}

function tooBusy({ metadata }: ClusterResourcePlacement, cause: unknown): Error {
  const text = `Somebody else kept changing the resource snapshots of placement ${formatReference(metadata)} while one was to be taken.`;
  return new Error(text, { cause });
}
