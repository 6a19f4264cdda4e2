/** Performs the steps of a run and turns what comes of them into events, until the run is over or its history long. */
import { CancellationScope, condition, isCancellation, sleep, workflowInfo } from '@temporalio/workflow';
import type { ClusterOutcome } from '../activities/members/index.ts';
import { rolloutStartedMessage } from '../api/conditions.ts';
import { kindsIn } from '../api/kinds.ts';
import { formatReference } from '../api/references.ts';
import { abortedRun, runFailures } from '../api/runFailures.ts';
import type { StageTaskMoment } from '../api/runConditions.ts';
import type { ClaimHolder } from '../domain/claims.ts';
import { isStep, type RequestedState } from '../domain/runs/progress.ts';
import type { PlannedCluster } from '../domain/runs/plan.ts';
import { packProgress } from '../domain/runs/packedProgress.ts';
import type { RunEvent, Step } from '../domain/runs/walk.ts';
import { sentenceOf } from './failures.ts';
import { hub, member, promptly } from './proxies.ts';
import type { RunState } from './runState.ts';
import { StatusWriter } from './statusWriter.ts';

/** Clusters in work get so long to finish before a run continues as new; then they are interrupted and taken up again. */
const handOverGrace = '10s';

export class RunWalk {
  readonly #state: RunState;
  readonly #status: StatusWriter;
  readonly #steps = new CancellationScope();
  /** Waits and approvals; replaced when they are suspended. */
  #tasks = this.#newTasks();
  readonly #running = new Set<Promise<void>>();
  #draining = false;
  #finished = false;

  constructor(state: RunState) {
    this.#state = state;
    this.#status = new StatusWriter(() => this.#writeStatus());
    state.onChange = () => {
      this.#status.changed();
    };
  }

  /**
   * @param first what starts
   * @returns 'over' when the run has ended and its status says so, 'continue' when it is ready to continue as new.
   */
  async walk(first: Step[]): Promise<'over' | 'continue'> {
    const writing = this.#status.run();
    // Awaited below; a failure in between must not count as nobody's.
    writing.catch(() => undefined);
    const watching = new CancellationScope();
    const watch = (loop: () => Promise<void>): Promise<void> => watching.run(loop);
    // They end by being cancelled, and report what goes wrong as events.
    for (const loop of [watch(() => this.#followHub()), watch(() => this.#noticeStuck())]) loop.catch(() => undefined);
    try {
      this.#perform(first);
      await condition(() => this.#finished || workflowInfo().continueAsNewSuggested);
      watching.cancel();
      if (!this.#finished) await this.#drain();
      this.#status.finish();
      await writing;
      return this.#finished ? 'over' : 'continue';
    } finally {
      await this.#stopSteps();
    }
  }

  #perform(steps: Step[]): void {
    for (const step of steps) {
      if (step.do === 'finish') this.#finished = true;
      else if (step.do === 'suspendTasks') this.#suspendTasks();
      else if (!this.#draining) this.#start(step);
    }
  }

  #start(step: Step): void {
    const running = this.#steps
      .run(() => this.#carryOut(step))
      .catch((error: unknown) => {
        if (!this.#isInterruption(error)) this.#report({ type: 'failed', message: sentenceOf(error), at: Date.now() });
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** What was open is asked for again when the run goes on; a timed wait keeps its due time. */
  #suspendTasks(): void {
    this.#tasks.cancel();
    this.#tasks = this.#newTasks();
  }

  #newTasks(): CancellationScope {
    return new CancellationScope({ cancellable: true, parent: this.#steps });
  }

  /**
   * Follows what the hub wants of the run, and whether its plan still fits the hub. Driven by hints, which come again
   * whenever a worker starts.
   */
  async #followHub(): Promise<void> {
    const state = this.#state;
    for (;;) {
      await condition(() => state.due.run || state.asked !== undefined);
      if (state.asked !== undefined) await this.#passOn(state.asked);
      const { fleet } = state.due;
      state.due = { run: false, fleet: false };
      await this.#review(fleet);
    }
  }

  async #review(fleet: boolean): Promise<void> {
    const { name, namespace, uid } = this.#state.plan.run;
    const review = await promptly('reviewRun', { name, namespace, uid, fleet });
    const at = Date.now();
    if (review.outcome === 'fits') this.#report({ type: 'stateRequested', state: review.requested, at });
    else if (review.outcome === 'outdated') this.#report({ type: 'failed', message: review.message, at });
    else this.#report({ type: 'failed', message: this.#gone(), at });
  }

  /** What a message asked for is written to the hub first, so that there is one place which says what is wanted. */
  async #passOn(asked: RequestedState): Promise<void> {
    const state = this.#state;
    const { name, namespace, uid } = state.plan.run;
    const { requested } = state.progress;
    if (isStep(requested, asked)) await hub.requestState({ name, namespace, uid, state: asked });
    if (state.asked === asked) state.asked = undefined;
  }

  /** A cluster that is in work for too long changes what the run says about itself, without any event. */
  async #noticeStuck(): Promise<void> {
    const state = this.#state;
    for (;;) {
      await condition(() => state.nextStuckAt() !== undefined);
      const due = state.nextStuckAt();
      if (due === undefined) continue;
      await sleep(due - Date.now(), { summary: 'the time after which a cluster in work counts as stuck' });
      this.#report({ type: 'looked' });
    }
  }

  /** However a step ends that has been cancelled: the next execution takes it up and finds what is really wrong. */
  #isInterruption(error: unknown): boolean {
    return isCancellation(error) || this.#steps.consideredCancelled;
  }

  #report(event: RunEvent): void {
    this.#perform(this.#state.handle(event));
  }

  async #carryOut(step: Step): Promise<void> {
    switch (step.do) {
      case 'updateCluster':
        return this.#updateCluster(step.stage, step.cluster);
      case 'removeCluster':
        return this.#removeCluster(step.cluster);
      case 'wait':
        return this.#tasks.run(() => this.#wait(step.stage, step.task, step.until));
      case 'requestApproval':
        return this.#tasks.run(() => this.#approval(step.stage, step.when, step.task));
      case 'suspendTasks':
      case 'finish':
        return;
    }
  }

  async #updateCluster(stage: number, cluster: number): Promise<void> {
    const { plan } = this.#state;
    const planned = this.#clusterAt(plan.stages[stage]?.clusters, cluster);
    try {
      const outcome = await member(`${planned.name}: update (stage ${plan.stages[stage]?.name ?? ''})`).updateCluster({
        placement: plan.placement,
        cluster: planned.name,
        stage: plan.stages[stage]?.name,
        binding: planned.binding,
        resourceSnapshotIndex: plan.resourceSnapshot.index,
        resourceSnapshotName: plan.resourceSnapshot.name,
        applyStrategy: plan.applyStrategy,
        claim: this.#claim(),
        rolloutStartedMessage: rolloutStartedMessage(plan.resourceSnapshot.requestedIndex, plan.run),
      });
      this.#report(this.#clusterEvent(outcome, stage, cluster, planned));
    } catch (error) {
      if (this.#isInterruption(error)) throw error;
      this.#report({ type: 'clusterFailed', stage, cluster, message: sentenceOf(error), at: Date.now() });
    }
  }

  async #removeCluster(cluster: number): Promise<void> {
    const { plan } = this.#state;
    const planned = this.#clusterAt(plan.removals, cluster);
    const outcome = await member(`${planned.name}: remove`).removeCluster({
      placement: plan.placement,
      cluster: planned.name,
      binding: planned.binding,
      claim: this.#claim(),
    });
    if (outcome.result === 'displaced') {
      const message = abortedRun(plan.run, runFailures(plan.run).displacedRemoval(planned.name, outcome.by));
      this.#report({ type: 'failed', message, at: Date.now() });
      return;
    }
    this.#report({ type: 'clusterRemoved', cluster, at: Date.now() });
  }

  async #wait(stage: number, task: number, until: number): Promise<void> {
    const name = this.#state.plan.stages[stage]?.name ?? '';
    const left = until - Date.now();
    if (left > 0) await sleep(left, { summary: `timed wait after stage ${name}` });
    // The wait was over at its due time, also when nobody was there to see it.
    this.#report({ type: 'taskDone', stage, when: 'after', task, doneAt: until, at: Date.now() });
  }

  /** Asks for an approval and waits for it, wherever it is given: on the hub or as a message. */
  async #approval(stage: number, when: StageTaskMoment, task: number): Promise<void> {
    const state = this.#state;
    const planned = state.plan.stages[stage];
    const approval = (when === 'before' ? planned?.beforeTasks : planned?.afterTasks)?.[task];
    if (planned === undefined || approval?.type !== 'Approval') return;
    const { request } = approval;
    const { name, namespace, uid } = state.plan.run;
    const run = { name, namespace, uid };
    for (;;) {
      const seen = state.hubChanges;
      const requested = await promptly('requestApproval', { run, stage: planned.name, when, request });
      if (requested.outcome === 'conflict') {
        this.#report({ type: 'failed', message: requested.message, at: Date.now() });
        return;
      }
      this.#report({ type: 'approvalRequested', stage, when, task, at: Date.now() });
      if (requested.outcome === 'pending') await this.#approvalHint(planned.name, when, seen);
      if (await this.#acceptance(planned.name, when, request)) {
        const now = Date.now();
        this.#report({ type: 'taskDone', stage, when, task, doneAt: now, at: now });
        return;
      }
    }
  }

  /** @returns true once the approval is accepted, false when the request is gone and has to be made again. */
  async #acceptance(stage: string, when: StageTaskMoment, request: string): Promise<boolean> {
    const state = this.#state;
    for (;;) {
      const seen = state.hubChanges;
      const approval = state.givenApproval(stage, when);
      const { name, namespace } = state.plan.run;
      const run = { name, namespace };
      const answer = await promptly('acceptApproval', { request, run, approval, now: Date.now() });
      if (answer.outcome !== 'pending') return answer.outcome === 'accepted';
      await this.#approvalHint(stage, when, seen);
    }
  }

  /** Any change on the hub is reason enough to look: the hint that named the request may have been lost. */
  async #approvalHint(stage: string, when: StageTaskMoment, seen: number): Promise<void> {
    const state = this.#state;
    await condition(() => state.hubChanges !== seen || state.givenApproval(stage, when) !== undefined);
  }

  /** Starts nothing new, lets clusters in work finish for a while, and interrupts what then still runs. */
  async #drain(): Promise<void> {
    this.#draining = true;
    await condition(() => this.#running.size === 0, handOverGrace);
    await this.#stopSteps();
  }

  async #stopSteps(): Promise<void> {
    this.#steps.cancel();
    await CancellationScope.nonCancellable(() => Promise.allSettled([...this.#running]));
  }

  async #writeStatus(): Promise<boolean> {
    const { plan, progress } = this.#state;
    const { name, namespace, uid } = plan.run;
    const written = await hub.writeStatus({ name, namespace, uid, progress: packProgress(progress) });
    if (!written.gone) return true;
    this.#report({ type: 'failed', message: this.#gone(), at: Date.now() });
    return false;
  }

  #gone(): string {
    const { run } = this.#state.plan;
    return `${kindsIn(run).run.kind} ${formatReference(run)} was deleted.`;
  }

  #claim(): ClaimHolder {
    const { run, placement } = this.#state.plan;
    const { name, namespace, uid, createdAt } = run;
    return {
      kind: namespace === undefined ? 'ClusterStagedUpdateRun' : 'StagedUpdateRun',
      name,
      namespace,
      uid,
      createdAt,
      strategyGeneration: placement.generation,
    };
  }

  #clusterEvent(outcome: ClusterOutcome, stage: number, cluster: number, planned: PlannedCluster): RunEvent {
    if (outcome.result === 'updated') return { type: 'clusterUpdated', stage, cluster, at: Date.now() };
    const { run, stages } = this.#state.plan;
    const { displaced } = runFailures(run);
    const cause = displaced(planned.name, stages[stage]?.name ?? '', planned.binding, outcome.by);
    return { type: 'clusterFailed', stage, cluster, message: abortedRun(run, cause), at: Date.now() };
  }

  #clusterAt(clusters: PlannedCluster[] | undefined, index: number): PlannedCluster {
    const cluster = clusters?.[index];
    if (cluster === undefined) throw new RangeError(`The plan has no cluster with index ${String(index)}.`);
    return cluster;
  }
}
