/**
 * Keeps book over the steps of one run, from the steps alone: what is in work, what has ended, what may be next.
 * It is a second, slower description of the order that `walk.ts` keeps, and refuses every step that does not fit it.
 */
import type { RunPlan } from '../../../../../domain/runs/plan.ts';
import type { RequestedState } from '../../../../../domain/runs/progress.ts';
import type { Step } from '../../../../../domain/runs/walk.ts';

/** Steps that take time. */
export type ClusterStep = Extract<Step, { do: 'updateCluster' | 'removeCluster' }>;
export type TaskStep = Extract<Step, { do: 'wait' | 'requestApproval' }>;
export type WorkStep = ClusterStep | TaskStep;

export class Ledger {
  readonly #plan: RunPlan;
  readonly #begins: RequestedState;
  #open: WorkStep[] = [];
  readonly #startedAt = new Map<string, number>();
  readonly #endedAt = new Map<string, number>();
  readonly #fulfilled = new Set<string>();
  /** When the wait of a stage without clusters was to be over at first. */
  readonly #firstDue = new Map<string, number>();
  /** In work when the run was interrupted: to be given exactly once more. */
  #toRepeat = new Set<string>();
  #isOver = false;

  constructor(plan: RunPlan, begins: RequestedState) {
    this.#plan = plan;
    this.#begins = begins;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get clustersInWork(): ClusterStep[] {
    return this.#open.filter(isClusterStep);
  }

  get openTasks(): TaskStep[] {
    return this.#open.filter((step) => !isClusterStep(step));
  }

  /** When each cluster of a stage that is in work was started. */
  get startTimes(): number[] {
    const updates = this.clustersInWork.filter((step) => step.do === 'updateCluster');
    return updates.map((step) => this.#startedAt.get(keyOf(step)) ?? 0);
  }

  /** Takes steps over that are to start at `now`. */
  take(steps: readonly Step[], requested: RequestedState, now: number): void {
    if (this.#isOver && steps.length > 0) broken(`${String(steps[0]?.do)} comes after the end`);
    for (const step of steps) {
      if (step.do === 'finish') this.#isOver = true;
      else if (step.do === 'suspendTasks') this.#open = this.clustersInWork;
      else this.#start(step, requested, now);
    }
    if (this.#toRepeat.size > 0) broken(`${[...this.#toRepeat].join(', ')} got lost in an interruption`);
  }

  /** Notes that a step came to its good end. */
  close(step: WorkStep, now: number): void {
    this.#open = this.#open.filter((one) => one !== step);
    if (isClusterStep(step)) this.#endedAt.set(keyOf(step), now);
    else this.#fulfilled.add(keyOf(step));
  }

  /** Forgets who works on what, as the end of a worker does. */
  interrupt(): void {
    this.#toRepeat = new Set(this.clustersInWork.map(keyOf));
    this.#open = [];
  }

  /** Times that went through a status are in whole seconds. */
  loseFractions(): void {
    for (const times of [this.#startedAt, this.#endedAt, this.#firstDue]) {
      for (const [key, time] of times) times.set(key, Math.floor(time / 1_000) * 1_000);
    }
  }

  /** Refuses a run that leaves undone what it may do, or does what it may not. */
  checkWork(requested: RequestedState): void {
    if (this.#isOver) return;
    if (requested !== 'Run') {
      if (this.openTasks.length > 0) broken('tasks are open although the run is not to be carried out');
      return;
    }
    const expected = this.#dueWork();
    const inWork = this.#open.map(keyOf);
    const stranger = inWork.find((key) => !expected.keys.has(key));
    if (stranger !== undefined) broken(`${stranger} is in work out of turn`);
    if (inWork.length !== expected.count) broken(`${inWork.length} of ${expected.count} steps are in work`);
  }

  /** Refuses the end of a run that has left something out. */
  checkComplete(): void {
    const missing = [...this.#allClusters(), ...this.#allTasks()].find(
      (key) => !this.#endedAt.has(key) && !this.#fulfilled.has(key),
    );
    if (missing !== undefined) broken(`the run has succeeded without ${missing}`);
  }

  #start(step: WorkStep, requested: RequestedState, now: number): void {
    const key = keyOf(step);
    if (this.#open.some((one) => keyOf(one) === key)) broken(`${key} is given twice`);
    if (this.#endedAt.has(key) || this.#fulfilled.has(key)) broken(`${key} is given after its end`);
    const isRepeated = this.#toRepeat.delete(key);
    if (requested !== 'Run' && !isRepeated) broken(`${key} starts although the run is not to be carried out`);
    if (this.#startedAt.has(key) && !isRepeated) broken(`${key} starts a second time`);
    if (!this.#dueWork().keys.has(key)) broken(`${key} starts out of turn`);
    if (step.do === 'wait') this.#checkDue(step, now);
    if (isClusterStep(step) && !isRepeated) this.#startedAt.set(key, now);
    this.#open.push(step);
    this.#checkWindow(step);
  }

  #checkWindow(step: WorkStep): void {
    if (step.do !== 'updateCluster') return;
    const limit = this.#plan.stages[step.stage]?.maxConcurrency ?? 0;
    if (this.clustersInWork.length > limit) broken(`more than ${limit} clusters of stage ${step.stage} are in work`);
  }

  /** A wait counts from the last cluster. Without clusters, from when it was first given, or later. */
  #checkDue({ stage, task, until }: Extract<WorkStep, { do: 'wait' }>, now: number): void {
    const planned = this.#plan.stages[stage]?.afterTasks[task];
    const duration = planned?.type === 'TimedWait' ? planned.waitMs : Number.NaN;
    const ends = this.#clustersOf(stage).map((key) => this.#endedAt.get(key) ?? Number.NaN);
    if (ends.length > 0) {
      if (until !== Math.max(...ends) + duration) broken(`the wait after stage ${stage} is over at ${until}`);
      return;
    }
    // How long the run was stopped before it ever began is not in its status, and counts when that is all there is.
    if (this.#begins === 'Stop' && stage === 0) return;
    const key = `${stage}`;
    const first = this.#firstDue.get(key) ?? now + duration;
    this.#firstDue.set(key, first);
    if (until < first || until > now + duration) broken(`the wait after the empty stage ${stage} is over at ${until}`);
  }

  /** What a run that is to be carried out may have in work, and how much of it at once. */
  #dueWork(): { keys: Set<string>; count: number } {
    for (const [index, { maxConcurrency }] of this.#plan.stages.entries()) {
      const before = this.#tasksOf(index, 'before').filter((key) => !this.#fulfilled.has(key));
      if (before.length > 0) return { keys: new Set(before), count: before.length };
      const clusters = this.#clustersOf(index).filter((key) => !this.#endedAt.has(key));
      if (clusters.length > 0) return { keys: new Set(clusters), count: Math.min(maxConcurrency, clusters.length) };
      const after = this.#tasksOf(index, 'after').filter((key) => !this.#fulfilled.has(key));
      if (after.length > 0) return { keys: new Set(after), count: after.length };
    }
    const removals = this.#removals().filter((key) => !this.#endedAt.has(key));
    return { keys: new Set(removals), count: removals.length };
  }

  #allClusters(): string[] {
    return [...this.#plan.stages.flatMap((_, index) => this.#clustersOf(index)), ...this.#removals()];
  }

  #allTasks(): string[] {
    return this.#plan.stages.flatMap((_, index) => [
      ...this.#tasksOf(index, 'before'),
      ...this.#tasksOf(index, 'after'),
    ]);
  }

  #clustersOf(stage: number): string[] {
    return (this.#plan.stages[stage]?.clusters ?? []).map((_, cluster) =>
      keyOf({ do: 'updateCluster', stage, cluster }),
    );
  }

  #removals(): string[] {
    return this.#plan.removals.map((_, cluster) => keyOf({ do: 'removeCluster', cluster }));
  }

  #tasksOf(stage: number, when: 'before' | 'after'): string[] {
    const planned = this.#plan.stages[stage];
    const tasks = (when === 'before' ? planned?.beforeTasks : planned?.afterTasks) ?? [];
    return tasks.map(({ type }, task) =>
      keyOf(
        type === 'TimedWait' ? { do: 'wait', stage, task, until: 0 } : { do: 'requestApproval', stage, when, task },
      ),
    );
  }
}

export function isClusterStep(step: WorkStep): step is ClusterStep {
  return step.do === 'updateCluster' || step.do === 'removeCluster';
}

function keyOf(step: WorkStep): string {
  switch (step.do) {
    case 'updateCluster':
      return `cluster ${step.cluster} of stage ${step.stage}`;
    case 'removeCluster':
      return `removal ${step.cluster}`;
    case 'wait':
      return `wait ${step.task} after stage ${step.stage}`;
    case 'requestApproval':
      return `approval ${step.task} ${step.when} stage ${step.stage}`;
  }
}

function broken(rule: string): never {
  throw new Error(`The run breaks its order: ${rule}.`);
}
