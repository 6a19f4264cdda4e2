/** The hub and the clusters of many runs, in memory: answers the activities of all of them. */
import { Context } from '@temporalio/activity';
import type { ClusterOutcome, RemovalTarget } from '../../../activities/members/index.ts';
import type { RunPlan } from '../../../domain/runs/plan.ts';
import type { RequestedState } from '../../../domain/runs/progress.ts';
import type { FakeActivities } from '../environment.ts';
import { holdActivity, type HeldActivity } from './heldActivity.ts';
import { RunOnHub } from './runOnHub.ts';

export class ModelHub {
  readonly #runs = new Map<string, RunOnHub>();
  #change = Promise.withResolvers<undefined>();

  readonly fakes: FakeActivities = {
    beginRun: (input) => this.#answer(input.name, (run) => run.begin(input)),
    writeStatus: (input) =>
      this.#answer(input.name, (run) => run.write(input, Context.current().info.scheduledTimestampMs)),
    requestApproval: (input) => this.#answer(input.run.name, (run) => run.requestApproval(input)),
    acceptApproval: (input) => this.#answer(input.run.name, (run) => run.acceptApproval(input)),
    reviewRun: (input) => this.#answer(input.name, (run) => run.review()),
    requestState: (input) => this.#answer(input.name, (run) => run.requestState(input.state)),
    updateCluster: ({ cluster, claim }) =>
      this.#hold(claim.name, cluster, (run, held) => run.startUpdate(cluster, held)),
    removeCluster: (target) => {
      const { cluster, claim } = target as RemovalTarget;
      return this.#hold(claim.name, cluster, (run, held) => run.startRemoval(cluster, held));
    },
  };

  /** The next change of anything, seen from now on. */
  get change(): Promise<unknown> {
    return this.#change.promise;
  }

  add(plan: RunPlan, begins: RequestedState): RunOnHub {
    const run = new RunOnHub(plan, begins);
    this.#runs.set(plan.run.name, run);
    return run;
  }

  noteChange(): void {
    this.#change.resolve(undefined);
    this.#change = Promise.withResolvers();
  }

  #runNamed(name: string): RunOnHub {
    const run = this.#runs.get(name);
    if (run === undefined) throw new Error(`There is no run ${name}.`);
    return run;
  }

  #answer<T>(name: string, answer: (run: RunOnHub) => T): Promise<T> {
    const result = answer(this.#runNamed(name));
    this.noteChange();
    return Promise.resolve(result);
  }

  async #hold(
    name: string,
    cluster: string,
    start: (run: RunOnHub, held: HeldActivity) => void,
  ): Promise<ClusterOutcome> {
    const run = this.#runNamed(name);
    const { held, outcome } = holdActivity();
    start(run, held);
    this.noteChange();
    try {
      return await outcome;
    } finally {
      run.release(cluster, held);
      this.noteChange();
    }
  }
}
