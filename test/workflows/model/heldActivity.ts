/** An activity that takes as long as the test wants, and lets go when it is cancelled. */
import { Context } from '@temporalio/activity';
import type { ClusterOutcome } from '../../../activities/members/index.ts';

/** So often the server hears of it; it is how an activity learns that it was cancelled. */
const heartbeatMs = 100;

/** An activity in progress, in the hands of the test. */
export interface HeldActivity {
  /** Identifies the execution of the workflow for which it works. */
  execution: string;
  attempt: number;
  /** When the workflow asked for it, epoch milliseconds of its clock; it begins when a worker has room. */
  scheduledAt: number;
  end(outcome: ClusterOutcome): void;
}

/** @returns the activity that calls this, and the promise of how it ends: as the test says, or by cancellation */
export function holdActivity(): { held: HeldActivity; outcome: Promise<ClusterOutcome> } {
  const { info, cancelled, heartbeat } = Context.current();
  const { promise, resolve } = Promise.withResolvers<ClusterOutcome>();
  const beating = setInterval(heartbeat, heartbeatMs);
  const outcome = Promise.race([promise, cancelled]).finally(() => clearInterval(beating));
  const execution = info.workflowExecution?.runId ?? '';
  const { attempt, scheduledTimestampMs: scheduledAt } = info;
  return { held: { execution, attempt, scheduledAt, end: resolve }, outcome };
}
