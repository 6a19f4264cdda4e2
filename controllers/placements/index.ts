export { PlacementController } from './controller.ts';
export { createCurrentSnapshot } from './currentSnapshot.ts';
export type { CurrentSnapshot, CurrentSnapshotResult } from './currentSnapshot.ts';
export type {
  PlacementControllerDependencies,
  PlacementRollouts,
  PlacementSettings,
  RolledOutPlacement,
} from './dependencies.ts';
export { neverRolledOut } from './deletion.ts';
