/** Writes a placement's status when it has changed, and the events that belong to the change. */
import { kindsIn } from '../../api/kinds.ts';
import type { ClusterResourcePlacement, PlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { heldUpEvents, placementEvents } from '../../domain/placements/index.ts';
import { sameJson } from '../sameJson.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { recordPlacementEvent } from './events.ts';
import type { PlacementMemory } from './memory.ts';

/** Least time between two writes of one status. */
const minimumSpacingMs = 100;

/** A large fleet's status is slow to write, and every cluster of a run changes it: writing takes a tenth of the time. */
const spacingByCost = 10;

/**
 * The first change goes out at once; what follows closely goes out together.
 * Throws class `conflict` if the placement has moved on since `placement` was read: then what was computed may be
 * wrong, and so may be the transition that an event would tell of.
 * @returns how long the status has to wait, in milliseconds, if it was not written for that reason
 */
export async function writeStatus(
  dependencies: Pick<PlacementControllerDependencies, 'hub' | 'log'>,
  placement: ClusterResourcePlacement,
  status: PlacementStatus,
  memory: PlacementMemory,
  now: number,
): Promise<{ dueInMs?: number }> {
  if (sameJson(statusOn(placement, memory), status)) return {};
  if (memory.nextStatusAt !== undefined && now < memory.nextStatusAt) return { dueInMs: memory.nextStatusAt - now };
  const began = performance.now();
  const written = await dependencies.hub.replaceStatus(kindsIn(placement.metadata).placement, { ...placement, status });
  memory.writtenStatus = { status, resourceVersion: written.metadata.resourceVersion };
  memory.nextStatusAt = now + Math.max(minimumSpacingMs, (performance.now() - began) * spacingByCost);
  const { metadata, status: previous } = placement;
  for (const event of [placementEvents, heldUpEvents].flatMap((events) => events(metadata, previous, status))) {
    await recordPlacementEvent(dependencies, placement, event, now);
  }
  return {};
}

/** As it was written, where that is what the hub holds: a hub may drop fields that its definition does not know. */
function statusOn(
  { metadata, status }: ClusterResourcePlacement,
  { writtenStatus }: PlacementMemory,
): PlacementStatus | undefined {
  const isLatest = writtenStatus !== undefined && writtenStatus.resourceVersion === metadata.resourceVersion;
  return isLatest ? writtenStatus.status : status;
}
