/** The state of a run inside its workflow: what its handlers change and its steps read. */
import { ApplicationFailure, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { BeginResult } from '../activities/runs/types.ts';
import { kindsIn } from '../api/kinds.ts';
import { formatReference, type ObjectReference } from '../api/references.ts';
import { searchAttributeNames, type RunPhase } from '../api/temporal.ts';
import * as approvals from '../domain/runs/approvals.ts';
import type { StageTaskMoment } from '../api/runConditions.ts';
import { packProgress, unpackProgress } from '../domain/runs/packedProgress.ts';
import { describeRun, describeWaiting } from '../domain/runs/describe.ts';
import { beginningOf } from '../domain/runs/beginning.ts';
import { tasksOf, type RequestedState, type RunProgress, type TaskProgress } from '../domain/runs/progress.ts';
import { nextStuckAt, noteProgressing } from '../domain/runs/progressing.ts';
import { sizesOf, type RunPlan } from '../domain/runs/plan.ts';
import { messageOf, phaseOf, stageNameOf, viewRun, viewWaiting, type RunStatusView } from '../domain/runs/view.ts';
import { advance, resume, type RunEvent, type Step } from '../domain/runs/walk.ts';
import type { ClusterReportMessage } from './messages.ts';
import type { ContinuedRun } from './runInput.ts';

const attribute = {
  placement: defineSearchAttributeKey(searchAttributeNames.placement, SearchAttributeType.KEYWORD),
  run: defineSearchAttributeKey(searchAttributeNames.run, SearchAttributeType.KEYWORD),
  stage: defineSearchAttributeKey(searchAttributeNames.stage, SearchAttributeType.KEYWORD),
  phase: defineSearchAttributeKey(searchAttributeNames.phase, SearchAttributeType.KEYWORD),
};

export class RunState {
  readonly run: ObjectReference;
  /** Uid of the run's object, once it is known. */
  uid: string | undefined;
  /** One sentence: what the run waits for while it has no plan, or how it ended. */
  message = 'The run is being initialized.';
  /** Counts the hints that something on the hub has changed. */
  hubChanges = 0;
  /** What a look at the hub is due for: the run's own object, or also everything that its plan was made of. */
  due: { run: boolean; fleet: boolean } = { run: false, fleet: false };
  /** What a message asked for and the hub does not say yet. */
  asked: RequestedState | undefined;
  /** Set when the run is about to continue as new: nothing more will happen in this execution. */
  handingOver = false;
  onChange: () => void = () => undefined;

  #plan: RunPlan | undefined;
  #progress: RunProgress | undefined;
  #approvals: approvals.ApprovalBook = { given: {}, ignored: [] };
  /** Approvals that came before there was a plan against which they could be held. */
  #unplanned: { sent: approvals.SentApproval; at: number }[] = [];
  #reports: ClusterReportMessage[] = [];
  #searchAttributes = false;
  #shown = '';

  constructor(run: ObjectReference, continued?: ContinuedRun) {
    this.run = run;
    if (continued === undefined) return;
    this.uid = continued.plan.run.uid;
    this.#plan = continued.plan;
    this.#progress = unpackProgress(continued.progress, sizesOf(continued.plan));
    this.#approvals = continued.approvals;
    this.#searchAttributes = continued.searchAttributes;
    this.due = continued.due;
    this.asked = continued.asked;
  }

  get plan(): RunPlan {
    if (this.#plan === undefined) throw ApplicationFailure.nonRetryable('The run has no plan yet.');
    return this.#plan;
  }

  get progress(): RunProgress {
    if (this.#progress === undefined) throw ApplicationFailure.nonRetryable('The run has no plan yet.');
    return this.#progress;
  }

  /**
   * Takes the plan over from initialization, whose status shows the beginning already.
   * @param now what initialization was told
   * @returns what starts
   */
  begin(result: Extract<BeginResult, { outcome: 'ready' }>, now: number): Step[] {
    this.uid = result.uid;
    this.#plan = result.plan;
    const beginning = beginningOf(result.plan, now, result.requested);
    this.#progress = result.progress ?? beginning.progress;
    this.#searchAttributes = result.searchAttributes;
    for (const { sent, at } of this.#unplanned) this.#keepApproval(sent, at);
    this.#unplanned = [];
    for (const report of this.#reports) this.noteReport(report);
    if (result.progress !== undefined) return this.resume();
    this.#show();
    return beginning.steps;
  }

  /** Takes note of an event and returns what starts because of it. */
  handle(event: RunEvent): Step[] {
    const steps = advance(this.plan, this.progress, event);
    noteProgressing(this.plan, this.progress, Date.now());
    this.#show();
    return steps;
  }

  /** What an interrupted run does next. */
  resume(): Step[] {
    const steps = resume(this.plan, this.progress, Date.now());
    noteProgressing(this.plan, this.progress, Date.now());
    this.#show();
    return steps;
  }

  /** @param kind of the object that changed; what is not known may be anything */
  noteHubChange(kind: string): void {
    this.hubChanges += 1;
    const { approvalRequest, run } = kindsIn(this.run);
    if (kind === approvalRequest.kind) return;
    this.due.run = true;
    if (kind !== run.kind) this.due.fleet = true;
  }

  noteReport(report: ClusterReportMessage): void {
    if (this.#plan === undefined) {
      this.#reports.push(report);
      return;
    }
    this.handle({ type: 'clusterTrouble', name: report.cluster, reason: report.reason, since: report.since });
  }

  /** When the next cluster in work turns into a stuck one, epoch milliseconds. */
  nextStuckAt(): number | undefined {
    return nextStuckAt(this.plan, this.progress, Date.now());
  }

  /** Keeps an approval that came as a message. @returns why it fits nothing, if so. */
  approve(message: unknown): string | undefined {
    const sent = approvals.readApproval(message);
    const problem = typeof sent === 'string' ? this.#ignore(sent) : this.#keepApproval(sent, Date.now());
    this.#show();
    return problem;
  }

  approvalProblem(message: unknown): string | undefined {
    const sent = approvals.readApproval(message);
    if (typeof sent === 'string') return sent;
    const task = this.#approvedTask(sent);
    return typeof task === 'string' ? task : undefined;
  }

  givenApproval(stage: string, when: StageTaskMoment): approvals.GivenApproval | undefined {
    return approvals.givenApproval(this.#approvals, stage, when);
  }

  /** Which of a stage's approvals a message is for; `undefined` while there is no plan, or when it is for none. */
  approvedTask(message: unknown): StageTaskMoment | undefined {
    const sent = approvals.readApproval(message);
    const task = typeof sent === 'string' ? undefined : this.#approvedTask(sent);
    return typeof task === 'string' ? undefined : task?.when;
  }

  /** Whether an approval has been asked for and not been given. */
  isAwaitingApproval(stageName: string, when: StageTaskMoment): boolean {
    const task = this.#approvalTask(stageName, when);
    if (this.#progress?.outcome !== undefined || this.#progress?.requested !== 'Run') return false;
    return task?.requestedAt !== undefined && task.doneAt === undefined;
  }

  /** One sentence on what an approval has done, or will do. */
  approvalAnswer(stageName: string, when: StageTaskMoment | undefined): string {
    return when === undefined || this.#approvalTask(stageName, when)?.doneAt === undefined
      ? `The approval is kept until stage ${stageName} asks for it.`
      : `Stage ${stageName} is approved.`;
  }

  /** Shows that the run was cancelled: search would otherwise find it in the phase in which it was. */
  noteCancelled(): void {
    if (this.#plan !== undefined) this.#showInSearch(this.#plan, 'Cancelled', undefined);
  }

  view(): RunStatusView {
    return this.#plan === undefined || this.#progress === undefined
      ? viewWaiting(formatReference(this.run), this.message)
      : viewRun(this.#plan, this.#progress, this.#approvals);
  }

  /** Everything that the run takes along when it continues as new. */
  handOver(): ContinuedRun {
    return {
      plan: this.plan,
      progress: packProgress(this.progress),
      approvals: this.#approvals,
      searchAttributes: this.#searchAttributes,
      // What was noticed and not looked at yet must not get lost, and looking again does no harm.
      due: { run: true, fleet: true },
      asked: this.asked,
    };
  }

  #approvalTask(stageName: string, when: StageTaskMoment): TaskProgress | undefined {
    const index = this.#plan?.stages.findIndex((stage) => stage.name === stageName) ?? -1;
    const progress = this.#progress?.stages[index];
    if (progress === undefined) return undefined;
    return tasksOf(progress, when)[approvals.approvalIndex(this.#plan?.stages[index], when)];
  }

  /** `undefined`: nobody can say yet. */
  #approvedTask(sent: approvals.SentApproval): { when: StageTaskMoment } | string | undefined {
    if (this.#plan === undefined || this.#progress === undefined) return undefined;
    return approvals.approvedTask(this.#plan, this.#progress, sent);
  }

  /** @returns why the approval fits nothing, if so */
  #keepApproval(sent: approvals.SentApproval, at: number): string | undefined {
    const task = this.#approvedTask(sent);
    if (task === undefined) this.#unplanned.push({ sent, at });
    else if (typeof task === 'string') return this.#ignore(task);
    else approvals.keepApproval(this.#approvals, sent.stage, task.when, { by: sent.by, comment: sent.comment, at });
    return undefined;
  }

  #ignore(problem: string): string {
    approvals.noteIgnored(this.#approvals, problem);
    return problem;
  }

  /** Shows the present state wherever people look: the Temporal UI, search, and (through the listener) the hub. */
  #show(): void {
    this.onChange();
    if (this.#plan === undefined || this.#progress === undefined) {
      setCurrentDetails(describeWaiting(this.message, this.#approvals));
      return;
    }
    this.message = messageOf(this.#progress);
    setCurrentDetails(describeRun(this.#plan, this.#progress, this.#approvals));
    this.#showInSearch(this.#plan, phaseOf(this.#plan, this.#progress), stageNameOf(this.#plan, this.#progress));
  }

  /** Search finds a run by these; each change is an event in its history, so only changes are shown. */
  #showInSearch(plan: RunPlan, phase: RunPhase, stage: string | undefined): void {
    if (!this.#searchAttributes) return;
    const shown = `${phase}/${stage ?? ''}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    upsertSearchAttributes([
      { key: attribute.placement, value: formatReference(plan.placement) },
      { key: attribute.run, value: formatReference(this.run) },
      { key: attribute.phase, value: phase },
      { key: attribute.stage, value: stage ?? null },
    ]);
  }
}
