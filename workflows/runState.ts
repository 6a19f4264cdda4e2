/** The state of a run inside its workflow: what its handlers change and its steps read. */
import { ApplicationFailure, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { BeginResult } from '../activities/runs/types.ts';
import { searchAttributeNames, type RunPhase } from '../api/temporal.ts';
import * as approvals from '../domain/runs/approvals.ts';
import { describeRun } from '../domain/runs/describe.ts';
import { beginningOf } from '../domain/runs/beginning.ts';
import type { RunProgress } from '../domain/runs/progress.ts';
import { noteProgressing } from '../domain/runs/progressing.ts';
import type { RunPlan } from '../domain/runs/plan.ts';
import { phaseOf, stageNameOf, viewRun, viewWaiting, type RunStatusView } from '../domain/runs/view.ts';
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
  readonly name: string;
  /** Uid of the run's object, once it is known. */
  uid: string | undefined;
  /** One sentence: what the run waits for while it has no plan, or how it ended. */
  message = 'The run is being initialized.';
  /** Counts the hints that something on the hub has changed. */
  hubChanges = 0;
  /** Set when the run is about to continue as new: nothing more will happen in this execution. */
  handingOver = false;
  onChange: () => void = () => undefined;

  #plan: RunPlan | undefined;
  #progress: RunProgress | undefined;
  #approvals: approvals.ApprovalBook = { given: {}, ignored: [] };
  #reports: ClusterReportMessage[] = [];
  #searchAttributes = false;
  #shown = '';

  constructor(name: string, continued?: ContinuedRun) {
    this.name = name;
    if (continued === undefined) return;
    this.uid = continued.plan.run.uid;
    this.#plan = continued.plan;
    this.#progress = continued.progress;
    this.#approvals = continued.approvals;
    this.#searchAttributes = continued.searchAttributes;
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
    const beginning = beginningOf(result.plan, now);
    this.#progress = result.progress ?? beginning.progress;
    this.#searchAttributes = result.searchAttributes;
    for (const stage of Object.keys(this.#approvals.given)) this.#checkEarlyApproval(stage);
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

  /** @param uid of the object that changed; when it is the run's own object and another one, this run has lost it */
  noteHubChange(kind: string, uid: string): void {
    this.hubChanges += 1;
    // The next write of the status finds out.
    if (kind === 'ClusterStagedUpdateRun' && uid !== this.uid) this.onChange();
  }

  noteReport(report: ClusterReportMessage): void {
    if (this.#plan === undefined) {
      this.#reports.push(report);
      return;
    }
    this.handle({ type: 'clusterTrouble', name: report.cluster, reason: report.reason, since: report.since });
  }

  /** Keeps an approval that came as a message. @returns why it fits nothing, if so. */
  approve(message: unknown): string | undefined {
    const read = approvals.readApproval(message);
    const problem = typeof read === 'string' ? read : approvals.approvalProblem(this.#plan, read.stage, read.task);
    if (problem !== undefined || typeof read === 'string') {
      approvals.noteIgnored(this.#approvals, problem ?? '');
      this.#show();
      return problem;
    }
    approvals.keepApproval(this.#approvals, read.stage, { by: read.by, comment: read.comment, at: Date.now() });
    this.#show();
    return undefined;
  }

  approvalProblem(message: unknown): string | undefined {
    const read = approvals.readApproval(message);
    return typeof read === 'string' ? read : approvals.approvalProblem(this.#plan, read.stage, read.task);
  }

  givenApproval(stage: string): approvals.GivenApproval | undefined {
    return Object.hasOwn(this.#approvals.given, stage) ? this.#approvals.given[stage] : undefined;
  }

  /** Whether the stage's approval has been asked for and not been given. */
  isAwaitingApproval(stageName: string): boolean {
    const task = this.#approvalTask(stageName);
    return task?.requestedAt !== undefined && task.doneAt === undefined && this.#progress?.outcome === undefined;
  }

  /** One sentence on what an approval of the stage has done, or will do. */
  approvalAnswer(stageName: string): string {
    return this.#approvalTask(stageName)?.doneAt === undefined
      ? `The approval is kept until stage ${stageName} asks for it.`
      : `Stage ${stageName} is approved.`;
  }

  /** Shows that the run was cancelled: search would otherwise find it in the phase in which it was. */
  noteCancelled(): void {
    if (this.#plan !== undefined) this.#showInSearch(this.#plan, 'Cancelled', undefined);
  }

  view(): RunStatusView {
    return this.#plan === undefined || this.#progress === undefined
      ? viewWaiting(this.name, this.message)
      : viewRun(this.#plan, this.#progress, this.#approvals);
  }

  /** Everything that the run takes along when it continues as new. */
  handOver(): ContinuedRun {
    return {
      plan: this.plan,
      progress: this.progress,
      approvals: this.#approvals,
      searchAttributes: this.#searchAttributes,
    };
  }

  #approvalTask(stageName: string): RunProgress['stages'][number]['tasks'][number] | undefined {
    const index = this.#plan?.stages.findIndex((stage) => stage.name === stageName) ?? -1;
    const task = this.#plan?.stages[index]?.afterTasks.findIndex((planned) => planned.type === 'Approval') ?? -1;
    return this.#progress?.stages[index]?.tasks[task];
  }

  /** An approval that came before there was a plan can only now be held against it. */
  #checkEarlyApproval(stage: string): void {
    const problem = approvals.approvalProblem(this.plan, stage, 'after');
    if (problem === undefined) return;
    approvals.noteIgnored(this.#approvals, problem);
    this.#approvals.given = Object.fromEntries(
      Object.entries(this.#approvals.given).filter(([given]) => given !== stage),
    );
  }

  /** Shows the present state wherever people look: the Temporal UI, search, and (through the listener) the hub. */
  #show(): void {
    const view = this.view();
    this.message = view.message;
    setCurrentDetails(describeRun(view, this.#approvals.ignored));
    this.onChange();
    if (this.#plan === undefined || this.#progress === undefined) return;
    this.#showInSearch(this.#plan, phaseOf(this.#plan, this.#progress), stageNameOf(this.#plan, this.#progress));
  }

  /** Search finds a run by these; each change is an event in its history, so only changes are shown. */
  #showInSearch(plan: RunPlan, phase: RunPhase, stage: string | undefined): void {
    if (!this.#searchAttributes) return;
    const shown = `${phase}/${stage ?? ''}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    upsertSearchAttributes([
      { key: attribute.placement, value: plan.placement.name },
      { key: attribute.run, value: this.name },
      { key: attribute.phase, value: phase },
      { key: attribute.stage, value: stage ?? null },
    ]);
  }
}
