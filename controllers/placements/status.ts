/** Writes a placement's status when it has changed, and the events that belong to the change. */
import { kinds } from '../../api/kinds.ts';
import type { ClusterResourcePlacement, PlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { placementEvents } from '../../domain/placements/index.ts';
import { sameJson } from '../sameJson.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { recordEvent } from './events.ts';

/**
 * Throws class `conflict` if the placement has moved on since `placement` was read: then what was computed may be
 * wrong, and so may be the transition that an event would tell of.
 */
export async function writeStatus(
  { hub, log }: Pick<PlacementControllerDependencies, 'hub' | 'log'>,
  placement: ClusterResourcePlacement,
  status: PlacementStatus,
  now: number,
): Promise<void> {
  if (sameJson(placement.status, status)) return;
  await hub.replaceStatus(kinds.placement, { ...placement, status });
  for (const event of placementEvents(placement.status, status)) {
    try {
      await recordEvent(hub, placement, event, now);
    } catch (error) {
      // The condition says the same; an event is not worth doing anything twice.
      log.warn({ err: error, placement: placement.metadata.name, event: event.reason }, 'Could not write an event.');
    }
  }
}
