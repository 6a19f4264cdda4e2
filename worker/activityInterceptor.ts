/** Around every activity: its log lines say what they concern, its end is logged, its duration is measured. */
import type { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { subjectOfWorkflow, withLogSubject } from './logger.ts';
import type { LogSubject, Logger } from './logger.ts';
import type { ActivityOutcome, Metrics } from './metrics.ts';

/** @param metrics where durations go */
export function activityInterceptor(metrics: Metrics, log: Logger): ActivityInterceptorsFactory {
  return (context: Context) => ({
    inbound: {
      execute(input, next) {
        const { activityType: activity, attempt } = context.info;
        const subject = subjectOf(context, input.args[0]);
        const ended = (outcome: ActivityOutcome, seconds: number): void => {
          metrics.activityEnded(activity, outcome, seconds);
          // What was done to a cluster is news; the bookkeeping on the hub is not.
          const level = outcome === 'failed' ? 'warn' : subject.cluster === undefined ? 'debug' : 'info';
          log[level]({ activity, attempt, seconds: Number(seconds.toFixed(3)) }, `Activity ${outcome}`);
        };
        return withLogSubject(subject, () => timed(() => next(input), ended));
      },
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
