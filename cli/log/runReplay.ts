/**
 * The state of a run, rebuilt from its history: the recorded results and messages go through the same decisions as in
 * its workflow (`domain/runs`), by the workflow's own clock. So the run can be seen as it was after any event.
 *
 * Nothing is decided anew: a history holds what activities found and people said. The counterpart in the workflow are
 * `RunState` and `RunWalk`.
 */
import { kindsIn } from '../../api/kinds.ts';
import { formatReference, scopeOf, type ObjectReference } from '../../api/references.ts';
import { abortedRun, runFailures } from '../../api/runFailures.ts';
import { messageNames, stagedUpdateRunWorkflowId } from '../../api/temporal.ts';
import type { UpdateRunSpec } from '../../api/types/clusterstagedupdaterun.ts';
import { beginningOf } from '../../domain/runs/beginning.ts';
import { unpackProgress, type PackedProgress } from '../../domain/runs/packedProgress.ts';
import { sizesOf, type RunPlan } from '../../domain/runs/plan.ts';
import type { RequestedState, RunProgress } from '../../domain/runs/progress.ts';
import { noteProgressing } from '../../domain/runs/progressing.ts';
import { advance, resume, type RunEvent, type Step } from '../../domain/runs/walk.ts';
import { fieldsOf, textOf, type Recorded, type RecordedEvent } from './recordedEvents.ts';

/** Where a run stands that has no plan. */
export type Unplanned =
  /** No worker has looked at it yet. */
  | { state: 'untouched' }
  | { state: 'waiting'; message: string; since: number }
  | { state: 'refused'; message: string; since: number }
  /** Its object had ended before: nothing was done. */
  | { state: 'over'; message: string };

interface Activity {
  name: string;
  input: Record<string, unknown>;
}

export class RunReplay {
  readonly reference: ObjectReference;
  /** When the execution began, epoch milliseconds. */
  readonly startedAt: number;
  /** Given through the temporal door. */
  readonly spec?: UpdateRunSpec;
  /** Whether it carries on what an earlier execution has handed over. */
  readonly isContinued: boolean;
  /** Of the run's object; absent until it is known. */
  uid?: string;
  plan?: RunPlan;
  /** Changes in place; present as soon as there is a plan. */
  progress?: RunProgress;
  /** Whether the plan was read back from the run's status, because an earlier history was lost. */
  isAdopted = false;
  unplanned: Unplanned = { state: 'untouched' };
  /** Set when the end of the run was asked for from outside. */
  isCancelRequested = false;
  /** When the workflow ended because of that, epoch milliseconds: the object of a run that is deleted goes then. */
  cancelledAt?: number;

  /** The workflow's clock. */
  #clock: number;
  readonly #taskStarts = new Map<number, number>();
  /** What the next workflow task brings to the workflow. */
  #deliveries: (() => void)[] = [];
  readonly #activities = new Map<number, Activity>();
  readonly #timers = new Map<number, string>();
  #approval: Extract<Step, { do: 'requestApproval' }> | undefined;
  #waits: Extract<Step, { do: 'wait' }>[] = [];
  #earlyReports: Recorded<'message'>[] = [];

  constructor(started: Recorded<'started'>) {
    const input = fieldsOf(started.input);
    this.reference = { ...scopeOf({ namespace: textOf(input.namespace) || undefined }), name: textOf(input.name) };
    this.startedAt = started.time;
    this.#clock = started.time;
    if (input.uid !== undefined) this.uid = textOf(input.uid);
    if (input.spec !== undefined) this.spec = input.spec as UpdateRunSpec;
    this.isContinued = input.continued !== undefined;
    if (input.continued === undefined) return;
    const { plan, progress } = input.continued as { plan: RunPlan; progress: PackedProgress };
    this.uid = plan.run.uid;
    this.plan = plan;
    this.progress = unpackProgress(progress, sizesOf(plan));
    this.#deliveries.push(() => this.#resume());
  }

  /** Takes note of the next event of the execution. */
  take(event: RecordedEvent): void {
    switch (event.type) {
      case 'taskStarted':
        this.#taskStarts.set(event.id, event.time);
        return;
      case 'taskCompleted':
        this.#clock = this.#taskStarts.get(event.startedId) ?? event.time;
        this.#taskStarts.clear();
        this.#deliver();
        return;
      case 'scheduled':
        this.#activities.set(event.id, { name: event.activity, input: fieldsOf(event.input) });
        return;
      case 'local': {
        const calledAt = this.#clock;
        this.#clock = event.endedAt;
        if (!event.isFailed) this.#noteAnswer(event.activity, fieldsOf(event.result), calledAt);
        return;
      }
      case 'timerStarted':
        this.#timers.set(event.id, event.summary);
        return;
      case 'activityCompleted':
      case 'activityFailed':
      case 'activityCancelled':
      case 'timerFired':
      case 'message':
        this.#deliveries.push(() => this.#note(event));
        return;
      case 'cancelRequested':
        this.isCancelRequested = true;
        return;
      case 'ended':
        this.#noteEnd(event);
    }
  }

  /** The stage and the cluster that an activity for a member works on, by their place in the plan. */
  clusterOf(input: Record<string, unknown>): { stage: number; cluster: number } {
    const stage = this.plan?.stages.findIndex(({ name }) => name === input.stage) ?? -1;
    const cluster = this.plan?.stages[stage]?.clusters.findIndex(({ name }) => name === input.cluster) ?? -1;
    return { stage, cluster };
  }

  #deliver(): void {
    const deliveries = this.#deliveries;
    this.#deliveries = [];
    for (const deliver of deliveries) deliver();
  }

  #note(event: RecordedEvent): void {
    switch (event.type) {
      case 'message':
        if (event.name === messageNames.clusterReport) this.#noteReport(event);
        return;
      case 'timerFired':
        this.#noteTimer(this.#timers.get(event.startedId) ?? '');
        return;
      case 'activityCompleted': {
        const activity = this.#end(event.scheduledId);
        if (activity !== undefined) this.#noteResult(activity, fieldsOf(event.result));
        return;
      }
      case 'activityFailed': {
        const activity = this.#end(event.scheduledId);
        if (activity !== undefined) this.#noteFailure(activity, event.message);
        return;
      }
      case 'activityCancelled':
        this.#end(event.scheduledId);
    }
  }

  #end(scheduledId: number): Activity | undefined {
    const activity = this.#activities.get(scheduledId);
    this.#activities.delete(scheduledId);
    return activity;
  }

  #noteReport(event: Recorded<'message'>): void {
    if (this.plan === undefined) {
      this.#earlyReports.push(event);
      return;
    }
    const { cluster, reason, since } = fieldsOf(event.input);
    if (typeof cluster !== 'string') return;
    this.#handle({ type: 'clusterTrouble', name: cluster, reason: textOf(reason), since: textOf(since) });
  }

  #noteTimer(summary: string): void {
    const over = this.#waits.find(({ stage }) => summary === `timed wait after stage ${this.#stageName(stage)}`);
    if (over === undefined) this.#handle({ type: 'looked' });
    else this.#endWait(over);
  }

  #noteResult({ name, input }: Activity, result: Record<string, unknown>): void {
    const at = this.#clock;
    if (name === 'updateCluster') {
      const place = this.clusterOf(input);
      if (place.cluster === -1) return;
      if (result.result !== 'displaced') this.#handle({ type: 'clusterUpdated', ...place, at });
      else this.#handle({ type: 'clusterFailed', ...place, message: this.#displaced(input, textOf(result.by)), at });
    } else if (name === 'removeCluster') {
      const cluster = this.plan?.removals.findIndex((planned) => planned.name === input.cluster) ?? -1;
      if (result.result !== 'displaced') this.#handle({ type: 'clusterRemoved', cluster, at });
      else this.#fail(this.#abort((failures) => failures.displacedRemoval(textOf(input.cluster), textOf(result.by))));
    } else {
      this.#noteAnswer(name, result, typeof input.now === 'number' ? input.now : at);
    }
  }

  #noteFailure({ name, input }: Activity, message: string): void {
    if (name === 'updateCluster') {
      const place = this.clusterOf(input);
      if (place.cluster !== -1) this.#handle({ type: 'clusterFailed', ...place, message, at: this.#clock });
    } else if (name === 'removeCluster' || name === 'requestApproval' || name === 'acceptApproval') {
      this.#fail(message);
    }
  }

  /** @param calledAt the workflow's clock when it asked */
  #noteAnswer(activity: string, answer: Record<string, unknown>, calledAt: number): void {
    const at = this.#clock;
    const message = textOf(answer.message);
    switch (activity) {
      case 'beginRun':
        this.#begin(answer, calledAt);
        return;
      case 'reviewRun':
        if (answer.outcome === 'fits') {
          this.#handle({ type: 'stateRequested', state: answer.requested as RequestedState, at });
        } else this.#fail(answer.outcome === 'gone' ? this.#goneSentence() : message);
        return;
      case 'requestApproval':
        if (answer.outcome === 'conflict') this.#fail(message);
        else if (this.#approval !== undefined) this.#handle({ ...this.#approval, type: 'approvalRequested', at });
        return;
      case 'acceptApproval':
        if (answer.outcome === 'accepted') this.#endApproval();
        return;
      case 'writeStatus':
        if (answer.gone === true) this.#fail(this.#goneSentence());
    }
  }

  #begin(answer: Record<string, unknown>, calledAt: number): void {
    if (answer.uid !== undefined) this.uid = textOf(answer.uid);
    const message = textOf(answer.message);
    if (answer.outcome === 'waiting') {
      const since = this.unplanned.state === 'waiting' ? this.unplanned.since : calledAt;
      this.unplanned = { state: 'waiting', message, since };
    } else if (answer.outcome === 'over') {
      this.unplanned = { state: 'over', message };
    } else if (answer.outcome === 'refused' || answer.outcome === 'gone') {
      this.unplanned = { state: 'refused', message, since: calledAt };
    } else if (answer.plan !== undefined) {
      const plan = answer.plan as RunPlan;
      const beginning = beginningOf(plan, calledAt, answer.requested as RequestedState);
      this.plan = plan;
      this.isAdopted = answer.progress !== undefined;
      this.progress = this.isAdopted ? (answer.progress as RunProgress) : beginning.progress;
      for (const report of this.#earlyReports) this.#noteReport(report);
      if (this.isAdopted) this.#resume();
      else this.#perform(beginning.steps);
    }
  }

  #resume(): void {
    if (this.plan === undefined || this.progress === undefined) return;
    const steps = resume(this.plan, this.progress, this.#clock);
    noteProgressing(this.plan, this.progress, this.#clock);
    this.#perform(steps);
  }

  #handle(event: RunEvent): void {
    if (this.plan === undefined || this.progress === undefined) return;
    const steps = advance(this.plan, this.progress, event);
    noteProgressing(this.plan, this.progress, this.#clock);
    this.#perform(steps);
  }

  /** What activities and timers do with the steps stands in the history; only what they are about is kept. */
  #perform(steps: readonly Step[]): void {
    for (const step of steps) {
      if (step.do === 'requestApproval') this.#approval = step;
      else if (step.do === 'suspendTasks') {
        this.#approval = undefined;
        this.#waits = [];
      } else if (step.do === 'wait') {
        this.#waits.push(step);
        // Nothing is recorded of a wait that was over before it could begin.
        if (step.until <= this.#clock) this.#endWait(step);
      }
    }
  }

  #endWait(wait: Extract<Step, { do: 'wait' }>): void {
    const { stage, task, until: doneAt } = wait;
    this.#waits = this.#waits.filter((other) => other !== wait);
    this.#handle({ type: 'taskDone', stage, when: 'after', task, doneAt, at: this.#clock });
  }

  #endApproval(): void {
    const approval = this.#approval;
    if (approval === undefined) return;
    this.#approval = undefined;
    this.#handle({ ...approval, type: 'taskDone', doneAt: this.#clock, at: this.#clock });
  }

  #fail(message: string): void {
    this.#handle({ type: 'failed', message, at: this.#clock });
  }

  #displaced(input: Record<string, unknown>, by: string): string {
    const [cluster, stage, binding] = [textOf(input.cluster), textOf(input.stage), textOf(input.binding)];
    return this.#abort((failures) => failures.displaced(cluster, stage, binding, by));
  }

  #abort(cause: (failures: ReturnType<typeof runFailures>) => string): string {
    return abortedRun(this.reference, cause(runFailures(this.reference)));
  }

  #goneSentence(): string {
    return `${kindsIn(this.reference).run.kind} ${formatReference(this.reference)} was deleted.`;
  }

  /** What a workflow did not come to say itself. */
  #noteEnd({ how, message, time }: Recorded<'ended'>): void {
    if (how === 'cancelled') this.cancelledAt = time;
    if (how !== 'failed' && how !== 'terminated' && how !== 'timedOut') return;
    const words =
      how === 'failed'
        ? message
        : `its workflow ${stagedUpdateRunWorkflowId(this.reference)} ${how === 'timedOut' ? 'timed out' : 'was terminated'}`;
    const sentence = how === 'failed' ? words : abortedRun(this.reference, words);
    this.#clock = time;
    if (this.plan !== undefined) this.#fail(sentence);
    else if (this.unplanned.state !== 'refused') {
      this.unplanned = { state: 'refused', message: sentence, since: time };
    }
  }

  #stageName(stage: number): string {
    return this.plan?.stages[stage]?.name ?? '';
  }
}
