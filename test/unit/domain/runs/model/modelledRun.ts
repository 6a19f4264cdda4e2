/** A run that goes through whatever it is told to, and is held against all rules after each step. */
import { isDeepStrictEqual } from 'node:util';
import type { ClusterStagedUpdateRun, UpdateRunStatus } from '../../../../../api/types/clusterstagedupdaterun.ts';
import { adoptPlan, adoptProgress } from '../../../../../domain/runs/adopt.ts';
import { beginningOf } from '../../../../../domain/runs/beginning.ts';
import { packProgress, unpackProgress, type PackedProgress } from '../../../../../domain/runs/packedProgress.ts';
import { sizesOf, type RunPlan } from '../../../../../domain/runs/plan.ts';
import type { RequestedState, RunProgress } from '../../../../../domain/runs/progress.ts';
import { noteProgressing } from '../../../../../domain/runs/progressing.ts';
import { renderStatus } from '../../../../../domain/runs/status.ts';
import { advance, resume, type RunEvent, type Step } from '../../../../../domain/runs/walk.ts';
import { frozenStatusOf } from '../../../../support/runModel/frozenStatus.ts';
import { StatusWatch } from '../../../../support/runModel/statusRules.ts';
import { checkProgressing } from './expectedConditions.ts';
import { Ledger, type ClusterStep, type TaskStep } from './ledger.ts';

/** What may happen to a run. Where it does not fit, nothing happens. */
export const happenings = {
  clusterEnds: 12,
  clusterReportsTrouble: 2,
  clusterIsOutOfTrouble: 1,
  requestAppears: 3,
  taskIsFulfilled: 5,
  stateChanges: 3,
  workerRestarts: 1,
  historyIsLost: 1,
  timePasses: 1,
  /** Only in runs that may fail. */
  clusterFails: 1,
  planIsOutdated: 1,
} as const;

export interface Happening {
  what: keyof typeof happenings;
  /** Chooses among those to which it may happen. */
  choice: number;
  /** Since the last one. */
  milliseconds: number;
}

/** The changes of `spec.state` that the API server lets through. */
const nextState: Record<RequestedState, RequestedState> = { Initialize: 'Run', Run: 'Stop', Stop: 'Run' };

export class ModelledRun {
  readonly #plan: RunPlan;
  readonly #frozen: UpdateRunStatus;
  readonly #ledger: Ledger;
  readonly #watch = new StatusWatch({ seesAll: true });
  #progress: RunProgress;
  #requested: RequestedState;
  #status: UpdateRunStatus;
  #hasFailed = false;
  /** A moment with a fraction of a second, as moments have. */
  #now = Date.parse('2026-01-01T00:00:00Z') + 123;

  constructor(plan: RunPlan, requested: RequestedState) {
    this.#plan = plan;
    this.#requested = requested;
    this.#frozen = frozenStatusOf(plan);
    this.#ledger = new Ledger(plan, requested);
    const { progress, steps } = beginningOf(plan, this.#now, requested);
    this.#progress = progress;
    this.#status = renderStatus(this.#frozen, {}, progress);
    this.#take(steps);
  }

  get succeeded(): boolean {
    return this.#progress.outcome?.result === 'succeeded';
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  happen({ what, choice, milliseconds }: Happening): void {
    this.#now += milliseconds;
    const { clustersInWork, openTasks } = this.#ledger;
    const cluster = clustersInWork[choice % clustersInWork.length];
    const task = openTasks[choice % openTasks.length];
    switch (what) {
      case 'clusterEnds':
        return this.#endCluster(cluster);
      case 'clusterFails':
        return this.#failCluster(cluster);
      case 'clusterReportsTrouble':
        return this.#report(choice, 'the cluster is not reachable');
      case 'clusterIsOutOfTrouble':
        return this.#report(choice, '');
      case 'requestAppears':
        return this.#request(task);
      case 'taskIsFulfilled':
        return this.#fulfil(task);
      case 'stateChanges':
        return this.#requestState(nextState[this.#requested]);
      case 'workerRestarts':
        return this.#restart(this.#travelled());
      case 'historyIsLost':
        return this.#adopt(choice % 2 === 0 ? this.#requested : nextState[this.#requested]);
      case 'timePasses':
        this.#now += (choice % 3) * this.#plan.stuckAfterMs;
        return this.#handle({ type: 'looked' });
      case 'planIsOutdated':
        return this.#fail({ type: 'failed', message: 'The plan does not fit any more.', at: this.#now });
    }
  }

  /** Lets everything go well until the run is over. */
  letRun(): void {
    while (!this.#ledger.isOver) {
      this.#now += 700;
      if (this.#requested !== 'Run') this.#requestState('Run');
      const [cluster] = this.#ledger.clustersInWork;
      const [task] = this.#ledger.openTasks;
      if (cluster !== undefined) this.#endCluster(cluster);
      else if (task !== undefined) this.#fulfil(task);
    }
    if (!this.#hasFailed) this.#ledger.checkComplete();
  }

  #endCluster(step: ClusterStep | undefined): void {
    if (step === undefined) return;
    this.#ledger.close(step, this.#now);
    const at = this.#now;
    if (step.do === 'removeCluster') this.#handle({ type: 'clusterRemoved', cluster: step.cluster, at });
    else this.#handle({ type: 'clusterUpdated', stage: step.stage, cluster: step.cluster, at });
  }

  #failCluster(step: ClusterStep | undefined): void {
    if (step?.do !== 'updateCluster') return;
    const { stage, cluster } = step;
    this.#fail({ type: 'clusterFailed', stage, cluster, message: 'Another run took it over.', at: this.#now });
  }

  #fail(event: RunEvent): void {
    this.#hasFailed ||= !this.#ledger.isOver;
    this.#handle(event);
  }

  #report(choice: number, reason: string): void {
    const clusters = [...this.#plan.stages.flatMap((stage) => stage.clusters), ...this.#plan.removals];
    const name = clusters[choice % clusters.length]?.name;
    if (name === undefined) return;
    this.#handle({ type: 'clusterTrouble', name, reason, since: new Date(this.#now).toISOString() });
  }

  #request(step: TaskStep | undefined): void {
    if (step?.do !== 'requestApproval') return;
    const { stage, when, task } = step;
    this.#handle({ type: 'approvalRequested', stage, when, task, at: this.#now });
  }

  /** A wait is over when its time has come; an approval is given once there is a request. */
  #fulfil(step: TaskStep | undefined): void {
    if (step === undefined) return;
    const { stage, task } = step;
    if (step.do === 'requestApproval') this.#request(step);
    else this.#now = Math.max(this.#now, step.until);
    const at = this.#now;
    const doneAt = step.do === 'wait' ? step.until : at;
    this.#ledger.close(step, at);
    const when = step.do === 'wait' ? 'after' : step.when;
    this.#handle({ type: 'taskDone', stage, when, task, doneAt, at });
  }

  #requestState(state: RequestedState): void {
    if (!this.#ledger.isOver) this.#requested = state;
    this.#handle({ type: 'stateRequested', state, at: this.#now });
  }

  #handle(event: RunEvent): void {
    const wasOver = this.#ledger.isOver;
    const before = this.#status;
    const steps = advance(this.#plan, this.#progress, event);
    noteProgressing(this.#plan, this.#progress, this.#now);
    this.#take(steps);
    if (wasOver && !isDeepStrictEqual(this.#status, before)) throw new Error(`${event.type} changes an ended run.`);
  }

  /** The progress as an execution hands it to the next. */
  #travelled(): RunProgress {
    const payload = JSON.stringify(packProgress(this.#progress));
    const progress = unpackProgress(JSON.parse(payload) as PackedProgress, sizesOf(this.#plan));
    const plain = JSON.parse(JSON.stringify(this.#progress)) as RunProgress;
    if (!isDeepStrictEqual(progress, plain)) throw new Error('Progress has lost something on its way.');
    return progress;
  }

  /** A new execution that knows all that was written down, and nothing of the steps in work. */
  #restart(progress: RunProgress): void {
    this.#progress = progress;
    if (!this.#ledger.isOver) this.#ledger.interrupt();
    const steps = resume(this.#plan, progress, this.#now);
    noteProgressing(this.#plan, progress, this.#now);
    this.#take(steps);
  }

  /** @param state what the object asks for by now */
  #adopt(state: RequestedState): void {
    if (this.#ledger.isOver) return;
    const run = this.#object(state);
    const plan = adoptPlan(run, this.#plan.placement, [], this.#plan.stuckAfterMs);
    if (!isDeepStrictEqual(plan, this.#plan)) throw new Error('The status has lost something of the plan.');
    const progress = adoptProgress(run);
    if (!isDeepStrictEqual(renderStatus(this.#frozen, {}, progress), this.#status)) {
      throw new Error('The status has lost something of the progress that it shows.');
    }
    this.#requested = state;
    this.#ledger.loseFractions();
    this.#restart(progress);
  }

  #object(state: RequestedState): ClusterStagedUpdateRun {
    const { run, placement, resourceSnapshot } = this.#plan;
    return {
      apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
      kind: 'ClusterStagedUpdateRun',
      metadata: { name: run.name, uid: run.uid, generation: run.generation, creationTimestamp: run.createdAt },
      spec: {
        placementName: placement.name,
        resourceSnapshotIndex: resourceSnapshot.requestedIndex,
        stagedRolloutStrategyName: 'strategy',
        // A run whose object does not say is to be carried out.
        ...(state !== 'Run' && { state }),
      },
      status: JSON.parse(JSON.stringify(this.#status)) as UpdateRunStatus,
    };
  }

  #take(steps: readonly Step[]): void {
    const ends = steps.some((step) => step.do === 'finish');
    if (ends && this.#requested !== 'Run' && !this.#hasFailed) throw new Error('The run succeeds while it is stopped.');
    this.#ledger.take(steps, this.#requested, this.#now);
    this.#ledger.checkWork(this.#requested);
    this.#checkTrouble();
    const status = renderStatus(this.#frozen, {}, this.#progress);
    this.#watch.see(status);
    const { stuckAfterMs } = this.#plan;
    const moment = { ledger: this.#ledger, requested: this.#requested, hasFailed: this.#hasFailed, now: this.#now };
    checkProgressing(status, { ...moment, stuckAfterMs });
    this.#status = status;
  }

  /** Only clusters in work have trouble that anybody has to know of. */
  #checkTrouble(): void {
    const { stages, removal } = this.#progress;
    for (const { clusters } of [...stages, removal]) {
      const idle = clusters.find(({ trouble, endedAt }) => trouble !== undefined && endedAt !== undefined);
      if (idle !== undefined) throw new Error('A cluster has ended and is still in trouble.');
    }
  }
}
