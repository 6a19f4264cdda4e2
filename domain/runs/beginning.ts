/**
 * A run at the moment of its initialization. The activity that writes the status and the workflow that carries the run
 * out both start from here, so that the first clusters stand in the status without a write of their own.
 */
import type { RunPlan } from './plan.ts';
import { initialProgress, type RequestedState, type RunProgress } from './progress.ts';
import { noteProgressing } from './progressing.ts';
import { advance, type Step } from './walk.ts';

/** @param now epoch milliseconds of the workflow's clock */
export function beginningOf(
  plan: RunPlan,
  now: number,
  requested: RequestedState,
): { progress: RunProgress; steps: Step[] } {
  const progress = initialProgress(plan, now, requested);
  const steps = advance(plan, progress, { type: 'begun', at: now });
  noteProgressing(plan, progress, now);
  return { progress, steps };
}
