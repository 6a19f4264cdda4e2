/** What is to happen to runs through the workflow: whom it concerns is chosen when the moment has come. */
import fc from 'fast-check';
import type { RequestedState } from '../../../domain/runs/progress.ts';
import { planShapes, type PlanShape } from '../../support/runModel/plans.ts';

/** Where it does not fit, the run just goes on. */
export const happenings = {
  goesOn: 10,
  approvedEarly: 2,
  stateRequestedByMessage: 2,
  stateRequestedOnHub: 1,
  clusterTakenOver: 1,
} as const;

export interface Happening {
  what: keyof typeof happenings;
  choice: number;
}

export interface Story {
  shape: PlanShape;
  begins: RequestedState;
  /** Whether another run may take clusters over. */
  mayFail: boolean;
  happenings: Happening[];
}

/** Runs side by side on the same workers. */
export interface Group {
  stories: Story[];
  /** After so many rounds the workers end, and others take over. */
  restarts: number[];
}

const weighted = Object.entries(happenings).flatMap(([what, weight]) =>
  Array.from({ length: weight }, () => what as Happening['what']),
);

const story: fc.Arbitrary<Story> = fc.record({
  shape: planShapes(4, 5),
  begins: fc.constantFrom<RequestedState>('Run', 'Run', 'Run', 'Initialize', 'Stop'),
  mayFail: fc.constantFrom(false, false, false, false, true),
  happenings: fc.array(fc.record({ what: fc.constantFrom(...weighted), choice: fc.nat({ max: 1_000 }) }), {
    maxLength: 40,
    size: 'max',
  }),
});

export function groups(size: number): fc.Arbitrary<Group> {
  return fc.record({
    stories: fc.array(story, { minLength: size, maxLength: size }),
    restarts: fc.uniqueArray(fc.integer({ min: 3, max: 120 }), { minLength: 1, maxLength: 2 }),
  });
}
