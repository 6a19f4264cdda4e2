/** Why there is no plan: a way out of the depth of planning, caught by `planRun`. */
export class PlanningStop extends Error {
  readonly outcome: 'waiting' | 'refused';
  /** Only with `waiting`: do not wait for ever. */
  readonly mayNeverCome: boolean;

  constructor(outcome: 'waiting' | 'refused', message: string, mayNeverCome = false) {
    super(message);
    this.outcome = outcome;
    this.mayNeverCome = mayNeverCome;
  }
}

/** The run can never be carried out as it is. */
export function refusePlan(message: string): never {
  throw new PlanningStop('refused', message);
}

/** Something is still to come. */
export function awaitPlan(message: string): never {
  throw new PlanningStop('waiting', message);
}
