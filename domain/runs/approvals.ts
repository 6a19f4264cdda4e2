/**
 * Approvals that came as messages. They may come before the stage asks for them, more than once, or for nothing at
 * all: the first one for a stage counts, and what fits nothing is noted and ignored.
 */
import type { RunPlan } from './plan.ts';

/** One approval as it was given. */
export interface GivenApproval {
  by?: string;
  comment?: string;
  /** Epoch milliseconds of the workflow's clock. */
  at: number;
}

/** Approvals by stage name, and notes on those that fitted nothing (the last few). */
export interface ApprovalBook {
  given: Record<string, GivenApproval>;
  ignored: string[];
}

/** How many notes on ignored approvals are kept; more would only make a long history longer. */
const keptNotes = 10;

/** Reads a message that may be anything. @returns the approval it means, or one sentence on what is wrong with it. */
export function readApproval(
  message: unknown,
): { stage: string; task: string; by?: string; comment?: string } | string {
  const example = 'send for example {"stage":"canary","by":"ana","comment":"looks good"}.';
  if (typeof message !== 'object' || message === null) return `An approval must be an object: ${example}`;
  const { stage, task = 'after', by, comment } = message as Record<string, unknown>;
  if (typeof stage !== 'string' || stage === '') return `An approval must name its stage: ${example}`;
  if (typeof task !== 'string') return `The task of an approval must be a text: ${example}`;
  for (const text of [by, comment]) {
    if (text !== undefined && typeof text !== 'string')
      return `"by" and "comment" of an approval must be texts: ${example}`;
  }
  return { stage, task, by: by as string | undefined, comment: comment as string | undefined };
}

/** @returns why the approval cannot be for this run, or `undefined` when it can. */
export function approvalProblem(plan: RunPlan | undefined, stageName: string, task: string): string | undefined {
  if (task !== 'after') return `Task "${task}" is not known: the task of a stage that can be approved is "after".`;
  if (plan === undefined) return undefined;
  const stage = plan.stages.find((candidate) => candidate.name === stageName);
  const stages = plan.stages.filter(hasApproval).map((candidate) => candidate.name);
  const choice =
    stages.length === 0 ? 'This run needs no approval.' : `Stages that take an approval: ${stages.join(', ')}.`;
  if (stage === undefined) return `Run ${plan.run.name} has no stage "${stageName}". ${choice}`;
  return hasApproval(stage) ? undefined : `Stage "${stageName}" of run ${plan.run.name} needs no approval. ${choice}`;
}

function hasApproval(stage: RunPlan['stages'][number]): boolean {
  return stage.afterTasks.some((task) => task.type === 'Approval');
}

/** Keeps an approval. @returns false when the stage already had one: the first counts. */
export function keepApproval(book: ApprovalBook, stage: string, approval: GivenApproval): boolean {
  if (Object.hasOwn(book.given, stage)) return false;
  book.given[stage] = approval;
  return true;
}

/** Notes an approval that fitted nothing. */
export function noteIgnored(book: ApprovalBook, note: string): void {
  book.ignored = [...book.ignored, note].slice(-keptNotes);
}
