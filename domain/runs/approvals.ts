/**
 * Approvals that came as messages. They may come before the stage asks for them, more than once, or for nothing at
 * all: the first one for a task counts, and what fits nothing is noted and ignored.
 */
import type { StageTaskMoment } from '../../api/runConditions.ts';
import type { PlannedStage, RunPlan } from './plan.ts';
import { tasksOf, type RunProgress, type StageProgress } from './progress.ts';

/** One approval as it was given. */
export interface GivenApproval {
  by?: string;
  comment?: string;
  /** Epoch milliseconds of the workflow's clock. */
  at: number;
}

/** Approvals by moment and stage, and notes on those that fitted nothing (the last few). */
export interface ApprovalBook {
  given: Record<string, GivenApproval>;
  ignored: string[];
}

/** An approval as it was sent: what it is for, and by whom. */
export interface SentApproval {
  stage: string;
  /** Absent: the stage's only approval, or the one that is waited for. */
  task?: StageTaskMoment;
  by?: string;
  comment?: string;
}

/** How many notes on ignored approvals are kept; more would only make a long history longer. */
const keptNotes = 10;

/** Reads a message that may be anything. @returns the approval it means, or one sentence on what is wrong with it. */
export function readApproval(message: unknown): SentApproval | string {
  const example = 'send for example {"stage":"canary","by":"ana","comment":"looks good"}.';
  if (typeof message !== 'object' || message === null) return `An approval must be an object: ${example}`;
  const { stage, task, by, comment } = message as Record<string, unknown>;
  if (typeof stage !== 'string' || stage === '') return `An approval must name its stage: ${example}`;
  if (task !== undefined && task !== 'before' && task !== 'after') {
    return `The task of an approval is "before" or "after" its stage, not ${JSON.stringify(task)}.`;
  }
  for (const text of [by, comment]) {
    if (text !== undefined && typeof text !== 'string')
      return `"by" and "comment" of an approval must be texts: ${example}`;
  }
  return { stage, task, by: by as string | undefined, comment: comment as string | undefined };
}

/** @returns which task of its stage the approval is for, or one sentence on why it can be for none. */
export function approvedTask(
  plan: RunPlan,
  progress: RunProgress,
  sent: SentApproval,
): { when: StageTaskMoment } | string {
  const index = plan.stages.findIndex((candidate) => candidate.name === sent.stage);
  const stage = plan.stages[index];
  const choice = approvalChoice(plan.stages.map(({ name, ...tasks }) => ({ name, moments: momentsOf(tasks) })));
  if (stage === undefined) return `Run ${plan.run.name} has no stage "${sent.stage}". ${choice}`;
  const moments = momentsOf(stage);
  const [only] = moments;
  if (only === undefined) return `Stage "${stage.name}" of run ${plan.run.name} needs no approval. ${choice}`;
  if (sent.task !== undefined) {
    return moments.includes(sent.task)
      ? { when: sent.task }
      : `Stage "${stage.name}" of run ${plan.run.name} needs no approval ${sent.task} it, only ${only} it.`;
  }
  if (moments.length === 1) return { when: only };
  const pending = moments.find((when) => isPending(progress.stages[index], stage, when));
  if (pending !== undefined) return { when: pending };
  return `Stage "${stage.name}" of run ${plan.run.name} takes two approvals; say "task":"before" or "task":"after".`;
}

/** Index of a stage's approval among its tasks of that moment; -1 when there is none. */
export function approvalIndex(stage: PlannedStage | undefined, when: StageTaskMoment): number {
  return (
    (when === 'before' ? stage?.beforeTasks : stage?.afterTasks)?.findIndex(({ type }) => type === 'Approval') ?? -1
  );
}

/** Keeps an approval. @returns false when the task already had one: the first counts. */
export function keepApproval(
  book: ApprovalBook,
  stage: string,
  when: StageTaskMoment,
  approval: GivenApproval,
): boolean {
  const key = keyOf(stage, when);
  if (Object.hasOwn(book.given, key)) return false;
  book.given[key] = approval;
  return true;
}

/** The approval that was given for a task, if any. */
export function givenApproval(book: ApprovalBook, stage: string, when: StageTaskMoment): GivenApproval | undefined {
  const key = keyOf(stage, when);
  return Object.hasOwn(book.given, key) ? book.given[key] : undefined;
}

/** Notes an approval that fitted nothing. */
export function noteIgnored(book: ApprovalBook, note: string): void {
  book.ignored = [...book.ignored, note].slice(-keptNotes);
}

function keyOf(stage: string, when: StageTaskMoment): string {
  return `${when}/${stage}`;
}

/** When a stage asks for an approval, by the tasks that it has. */
export function approvalMoments(
  tasks: Partial<Record<StageTaskMoment, readonly { type: string }[]>>,
): StageTaskMoment[] {
  return (['before', 'after'] as const).filter((when) => tasks[when]?.some(({ type }) => type === 'Approval') === true);
}

/** A sentence on which stages of a run take an approval. */
export function approvalChoice(stages: readonly { name: string; moments: readonly StageTaskMoment[] }[]): string {
  const names = stages.filter(({ moments }) => moments.length > 0).map(({ name }) => name);
  return names.length === 0 ? 'This run needs no approval.' : `Stages that take an approval: ${names.join(', ')}.`;
}

function momentsOf({ beforeTasks, afterTasks }: Pick<PlannedStage, 'beforeTasks' | 'afterTasks'>): StageTaskMoment[] {
  return approvalMoments({ before: beforeTasks, after: afterTasks });
}

function isPending(progress: StageProgress | undefined, stage: PlannedStage, when: StageTaskMoment): boolean {
  const task = progress && tasksOf(progress, when)[approvalIndex(stage, when)];
  return task?.requestedAt !== undefined && task.doneAt === undefined;
}
