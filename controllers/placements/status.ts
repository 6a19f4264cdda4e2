/** Writes a placement's status when it has changed, and the events that belong to the change. */
import { kindsIn } from '../../api/kinds.ts';
import { nameOf } from '../../api/references.ts';
import type { ClusterResourcePlacement, PlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { placementEvents } from '../../domain/placements/index.ts';
import { sameJson } from '../sameJson.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { recordEvent } from './events.ts';
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
  { hub, log }: Pick<PlacementControllerDependencies, 'hub' | 'log'>,
  placement: ClusterResourcePlacement,
  status: PlacementStatus,
  memory: PlacementMemory,
  now: number,
): Promise<{ dueInMs?: number }> {
  const text = JSON.stringify(status);
  if (isWritten(memory, placement, text)) return {};
  if (sameJson(placement.status, status)) {
    noteWritten(memory, placement, text);
    return {};
  }
  if (memory.nextStatusAt !== undefined && now < memory.nextStatusAt) return { dueInMs: memory.nextStatusAt - now };
  const began = performance.now();
  const written = await hub.replaceStatus(kindsIn(placement.metadata).placement, { ...placement, status });
  noteWritten(memory, written, text);
  memory.nextStatusAt = now + Math.max(minimumSpacingMs, (performance.now() - began) * spacingByCost);
  for (const event of placementEvents(placement.metadata, placement.status, status)) {
    try {
      await recordEvent(hub, placement, event, now);
    } catch (error) {
      // The condition says the same; an event is not worth doing anything twice.
      log.warn({ err: error, placement: nameOf(placement), event: event.reason }, 'Could not write an event.');
    }
  }
  return {};
}

/** Most looks at a placement change nothing; a large status is then not compared field by field. */
function isWritten({ writtenStatus }: PlacementMemory, { metadata }: ClusterResourcePlacement, text: string): boolean {
  return writtenStatus?.text === text && writtenStatus.resourceVersion === metadata.resourceVersion;
}

function noteWritten(memory: PlacementMemory, { metadata }: ClusterResourcePlacement, text: string): void {
  memory.writtenStatus = { text, resourceVersion: metadata.resourceVersion };
}
