/** One run as the hub and the clusters see it. Whatever breaks a rule is kept for the test to find. */
import type {
  AcceptApprovalInput,
  AcceptApprovalResult,
  BeginInput,
  BeginResult,
  RequestApprovalInput,
  RequestApprovalResult,
  ReviewResult,
  WriteStatusInput,
  WriteStatusResult,
} from '../../../activities/runs/types.ts';
import type { StageTaskMoment } from '../../../api/runConditions.ts';
import type { ClusterStagedUpdateRun, UpdateRunStatus } from '../../../api/types/clusterstagedupdaterun.ts';
import { adoptProgress } from '../../../domain/runs/adopt.ts';
import { beginningOf } from '../../../domain/runs/beginning.ts';
import { unpackProgress } from '../../../domain/runs/packedProgress.ts';
import { sizesOf, type RunPlan } from '../../../domain/runs/plan.ts';
import type { RequestedState, RunProgress } from '../../../domain/runs/progress.ts';
import { renderStatus } from '../../../domain/runs/status.ts';
import { inFlight } from '../../../domain/runs/walk.ts';
import { frozenStatusOf } from '../../support/runModel/frozenStatus.ts';
import { StatusWatch } from '../../support/runModel/statusRules.ts';
import type { HeldActivity } from './heldActivity.ts';

/** An approval of the plan. */
export interface PlannedApproval {
  stage: string;
  when: StageTaskMoment;
  request: string;
}

export class RunOnHub {
  readonly plan: RunPlan;
  /** What the object asks for. */
  state: RequestedState;
  /** What the test has asked for, wherever it did. */
  wanted: RequestedState;
  /** The first rule that was broken. */
  broken: Error | undefined;
  /** The last progress that was written. */
  progress: RunProgress | undefined;
  /** Clusters on which an activity works, by name. */
  readonly working = new Map<string, HeldActivity>();

  /** When the workflow asked for the write that first told of the present state, epoch milliseconds of its clock. */
  #knewAt = -Infinity;
  readonly #watch = new StatusWatch({ seesAll: false });
  #status: UpdateRunStatus | undefined;
  readonly #started = new Set<string>();
  /** By which execution a cluster was brought to its end. */
  readonly #ended = new Map<string, string>();
  readonly #requested = new Set<string>();
  readonly #approved = new Set<string>();
  readonly #accepted = new Set<string>();

  constructor(plan: RunPlan, begins: RequestedState) {
    this.plan = plan;
    this.state = begins;
    this.wanted = begins;
  }

  get approvals(): PlannedApproval[] {
    return this.plan.stages.flatMap((_, index) => [
      ...this.#approvalsOf(index, 'before'),
      ...this.#approvalsOf(index, 'after'),
    ]);
  }

  /** Approvals that are asked for and not given. */
  get openApprovals(): PlannedApproval[] {
    return this.approvals.filter(({ request }) => this.#requested.has(request) && !this.#approved.has(request));
  }

  /** Whether the last change of state has come through: only then another may follow. */
  get isSettled(): boolean {
    return this.state === this.wanted && this.progress?.requested === this.wanted;
  }

  /** Whether the status names those clusters as in work on which an activity works. */
  get isTold(): boolean {
    const stages = [...(this.progress?.stages ?? []), ...(this.progress ? [this.progress.removal] : [])];
    return stages.flatMap(inFlight).length === this.working.size;
  }

  /** Plans the run; once that is done, whoever asks again finds it in the object. */
  begin({ now }: BeginInput): BeginResult {
    const { uid } = this.plan.run;
    const ready = { outcome: 'ready', uid, plan: this.plan, requested: this.state, searchAttributes: true } as const;
    if (this.#status !== undefined) return { ...ready, progress: adoptProgress(this.#object(this.#status)) };
    this.#see(beginningOf(this.plan, now, this.state).progress);
    return ready;
  }

  /** @param scheduledAt when the workflow asked for it, epoch milliseconds of its clock */
  write({ progress: packed }: WriteStatusInput, scheduledAt: number): WriteStatusResult {
    const progress = unpackProgress(packed, sizesOf(this.plan));
    if (progress.requested !== this.progress?.requested) this.#knewAt = scheduledAt;
    this.#see(progress);
    return { gone: false };
  }

  review(): ReviewResult {
    return { outcome: 'fits', requested: this.state };
  }

  requestState(state: RequestedState): void {
    if (this.state === 'Initialize' && state === 'Stop') this.#break('a run that has not begun is stopped');
    this.state = state;
  }

  requestApproval({ stage, when, request }: RequestApprovalInput): RequestApprovalResult {
    const index = this.plan.stages.findIndex(({ name }) => name === stage);
    this.#checkBefore(index, `request ${request}`);
    if (when === 'after' && !this.#clustersEnded(index))
      this.#break(`${request} is made before stage ${stage} is updated`);
    if (this.#isHeldStill && !this.#requested.has(request)) this.#break(`${request} is made while the run is stopped`);
    this.#requested.add(request);
    return { outcome: this.#approved.has(request) ? 'approved' : 'pending' };
  }

  acceptApproval({ request, approval }: AcceptApprovalInput): AcceptApprovalResult {
    if (!this.#requested.has(request)) this.#break(`${request} is accepted before it is made`);
    if (approval !== undefined) this.#approved.add(request);
    if (!this.#approved.has(request)) return { outcome: 'pending' };
    this.#accepted.add(request);
    return { outcome: 'accepted' };
  }

  /** Somebody approves on the hub. */
  approve(request: string): void {
    this.#approved.add(request);
  }

  startUpdate(cluster: string, held: HeldActivity): void {
    const index = this.plan.stages.findIndex(({ clusters }) => clusters.some(({ name }) => name === cluster));
    const stage = this.plan.stages[index];
    this.#checkBefore(index, cluster);
    const missing = this.#approvalsOf(index, 'before').find(({ request }) => !this.#accepted.has(request));
    if (missing !== undefined) this.#break(`${cluster} starts before ${missing.request} is accepted`);
    this.#start(cluster, held);
    const working = stage?.clusters.filter(({ name }) => this.working.has(name)).length ?? 0;
    if (working > (stage?.maxConcurrency ?? 0)) this.#break(`${working} clusters of ${stage?.name ?? ''} are in work`);
  }

  startRemoval(cluster: string, held: HeldActivity): void {
    this.#checkBefore(this.plan.stages.length, `removal from ${cluster}`);
    this.#start(cluster, held);
  }

  /** The activity is over, by whatever end. */
  release(cluster: string, held: HeldActivity): void {
    if (this.working.get(cluster) === held) this.working.delete(cluster);
  }

  /** Lets the work on a cluster succeed. */
  end(cluster: string): void {
    const held = this.working.get(cluster);
    if (held === undefined) return;
    this.working.delete(cluster);
    this.#ended.set(cluster, held.execution);
    held.end({ result: 'updated', changed: true });
  }

  /** Lets another run take a cluster over. */
  displace(cluster: string): void {
    this.working.get(cluster)?.end({ result: 'displaced', by: 'ClusterStagedUpdateRun/other' });
    this.working.delete(cluster);
  }

  /** What must be true of a run that has succeeded. */
  checkComplete(): void {
    const { stages, removals } = this.plan;
    const all = [...stages.flatMap(({ clusters }) => clusters), ...removals].map(({ name }) => name);
    const missing = all.find((name) => !this.#ended.has(name));
    if (missing !== undefined) this.#break(`the run has succeeded without ${missing}`);
    if (this.progress?.outcome?.result !== 'succeeded') this.#break('the last status does not tell of the success');
    stages.forEach((stage, index) => {
      stage.afterTasks.forEach((task, number) => {
        const { updatedAt = 0, endedAt = 0 } = this.progress?.stages[index] ?? {};
        const waited = task.type === 'TimedWait' ? task.waitMs : 0;
        if (this.progress?.stages[index]?.tasks[number]?.doneAt === undefined)
          this.#break(`a task of ${stage.name} is open`);
        if (endedAt - updatedAt < waited) this.#break(`${stage.name} has ended before its wait was over`);
      });
    });
  }

  /**
   * A repetition belongs to an interruption: another attempt, or another execution of the workflow. What was asked for
   * before the workflow knew that it is stopped may begin later than it says so: the worker had no room yet.
   */
  #start(cluster: string, held: HeldActivity): void {
    const isRepeated = this.#started.has(cluster);
    const isAskedForSince = held.scheduledAt > this.#knewAt;
    if (this.#isHeldStill && !isRepeated && isAskedForSince) {
      this.#break(`${cluster} starts while the run is stopped, ${String(held.scheduledAt - this.#knewAt)} ms after`);
    }
    if (this.#ended.get(cluster) === held.execution && held.attempt === 1)
      this.#break(`${cluster} starts a second time`);
    this.#started.add(cluster);
    this.working.set(cluster, held);
  }

  /** Whether the run has been told to start nothing, and has said that it knows. */
  get #isHeldStill(): boolean {
    return this.isSettled && this.wanted !== 'Run';
  }

  #see(progress: RunProgress): void {
    this.progress = progress;
    this.#status = renderStatus(frozenStatusOf(this.plan), {}, progress);
    try {
      this.#watch.see(this.#status);
    } catch (error) {
      this.broken ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  #object(status: UpdateRunStatus): ClusterStagedUpdateRun {
    const { run, placement } = this.plan;
    return {
      apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
      kind: 'ClusterStagedUpdateRun',
      metadata: { name: run.name, uid: run.uid },
      spec: { placementName: placement.name, stagedRolloutStrategyName: 'strategy', state: this.state },
      status,
    };
  }

  /** Refuses what happens before all stages up to `index` are done. */
  #checkBefore(index: number, what: string): void {
    for (let earlier = 0; earlier < index; earlier += 1) {
      const open = (['before', 'after'] as const)
        .flatMap((when) => this.#approvalsOf(earlier, when))
        .find(({ request }) => !this.#accepted.has(request));
      if (open !== undefined) this.#break(`${what} comes before ${open.request} is accepted`);
      if (!this.#clustersEnded(earlier)) this.#break(`${what} comes before stage ${earlier} is updated`);
    }
  }

  #clustersEnded(index: number): boolean {
    return this.plan.stages[index]?.clusters.every(({ name }) => this.#ended.has(name)) ?? true;
  }

  #approvalsOf(index: number, when: StageTaskMoment): PlannedApproval[] {
    const stage = this.plan.stages[index];
    const tasks = (when === 'before' ? stage?.beforeTasks : stage?.afterTasks) ?? [];
    return tasks.flatMap((task) =>
      task.type === 'Approval' ? [{ stage: stage?.name ?? '', when, request: task.request }] : [],
    );
  }

  #break(rule: string): void {
    this.broken ??= new Error(`Run ${this.plan.run.name} breaks a rule: ${rule}.`);
  }
}
