export { PlacementController } from './controller.ts';
export type { PlacementControllerDependencies, PlacementRemovals, PlacementSettings } from './dependencies.ts';
export { neverRolledOut } from './deletion.ts';
