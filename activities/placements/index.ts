/** Activities for a placement as a whole. */
import { readRollout, type ReadRolloutDependencies, type ReadRolloutInput, type RolloutLook } from './readRollout.ts';

export type { ReadRolloutInput, RolloutLook } from './readRollout.ts';

/** The activities under the names by which workflows call them. */
export interface PlacementActivities {
  /** What is wanted of the placement, and how its clusters are. */
  readRollout(input: ReadRolloutInput): Promise<RolloutLook>;
}

export function createPlacementActivities(dependencies: ReadRolloutDependencies): PlacementActivities {
  return { readRollout: (input) => readRollout(dependencies, input) };
}
