/** Around every activity: its log lines say what they concern, its duration is measured. */
import type { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { subjectOfWorkflow, withLogSubject } from './logger.ts';
import type { LogSubject } from './logger.ts';
import type { ActivityOutcome, Metrics } from './metrics.ts';

/** @param metrics where durations go */
export function activityInterceptor(metrics: Metrics): ActivityInterceptorsFactory {
  return (context: Context) => ({
    inbound: {
      execute: (input, next) =>
        withLogSubject(subjectOf(context, input.args[0]), () =>
          timed(
            () => next(input),
            (outcome, seconds) => {
              metrics.activityEnded(context.info.activityType, outcome, seconds);
            },
          ),
        ),
    },
  });
}

/** Run or placement of the workflow; stage and cluster as far as the input names them. */
export function subjectOf(context: Pick<Context, 'info'>, input: unknown): LogSubject {
  const subject = subjectOfWorkflow(context.info.workflowExecution?.workflowId);
  if (typeof input !== 'object' || input === null) return subject;
  const { stage, cluster } = input as Record<string, unknown>;
  if (typeof stage === 'string') subject.stage = stage;
  if (typeof cluster === 'string') subject.cluster = cluster;
  return subject;
}

async function timed(
  work: () => Promise<unknown>,
  record: (outcome: ActivityOutcome, seconds: number) => void,
): Promise<unknown> {
  const began = performance.now();
  let outcome: ActivityOutcome = 'completed';
  try {
    return await work();
  } catch (error) {
    outcome = error instanceof CancelledFailure ? 'cancelled' : 'failed';
    throw error;
  } finally {
    record(outcome, (performance.now() - began) / 1_000);
  }
}
