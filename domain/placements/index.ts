export { cleanupEvent, eventRank, placementEvents, placementEventSource } from './events.ts';
export type { PlacementEvent } from './events.ts';
export { heldUpEvents, snapshotsHeldUp, withFailingSnapshots, withHeldUpSnapshots } from './heldUpSnapshots.ts';
export { removalStatus, removalTrouble } from './removal.ts';
export { invalidSelectorsStatus, placementStatus } from './status.ts';
export type { PlacementStatusInput } from './status.ts';
