/** Events about placements. */
import { kindsIn } from '../../api/kinds.ts';
import { nameOf } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { eventRank, placementEventSource, type PlacementEvent } from '../../domain/placements/index.ts';
import { recordEvent } from '../events.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';

/** Never throws: a condition says the same, and an event is not worth doing anything twice. `now` in epoch milliseconds. */
export async function recordPlacementEvent(
  { hub, log }: Pick<PlacementControllerDependencies, 'hub' | 'log'>,
  placement: ClusterResourcePlacement,
  { type = 'Normal', reason, message }: PlacementEvent,
  now: number,
): Promise<void> {
  const source = { definition: kindsIn(placement.metadata).placement, component: placementEventSource };
  try {
    await recordEvent(hub, source, placement, { type, reason, message, rank: eventRank(reason) }, now);
  } catch (error) {
    log.warn({ err: error, placement: nameOf(placement), event: reason }, 'Could not write an event.');
  }
}
