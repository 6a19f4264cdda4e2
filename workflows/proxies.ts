/**
 * How workflows call activities, by the kind of effect. The timeouts are chosen for quick recovery:
 * a killed worker costs one heartbeat timeout, not a minute.
 */
import {
  ActivityCancellationType,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  proxyActivities,
  proxyLocalActivities,
} from '@temporalio/workflow';
import type { ActivityInterfaceFor } from '@temporalio/workflow';
import type { createMemberActivities } from '../activities/members/index.ts';
import type { createRunActivities } from '../activities/runs/index.ts';
import type { createPlacementActivities } from '../activities/placements/index.ts';
import { taskQueues } from '../api/temporal.ts';

type HubActivities = ReturnType<typeof createRunActivities> & ReturnType<typeof createPlacementActivities>;
export type MemberActivities = ReturnType<typeof createMemberActivities>;

/**
 * What is interrupted is over only when it has stopped: otherwise its last writes could come after those of what takes
 * its place. Said here because the SDK's own default does not wait, whatever its documentation has.
 */
const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;

const hubRetry = { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '5s' } as const;

/** Activities on the hub: short, repeated until the hub answers. The worker says every second that they live. */
export const hub = proxyActivities<HubActivities>({
  taskQueue: taskQueues.hub,
  startToCloseTimeout: '30s',
  heartbeatTimeout: '5s',
  cancellationType,
  retry: hubRetry,
});

/** The same without a round trip through Temporal, for moments in which the run has nothing else to do. */
const hubAtOnce = proxyLocalActivities<HubActivities>({
  startToCloseTimeout: '2s',
  retry: { ...hubRetry, maximumAttempts: 2 },
});

/**
 * Activities on a member: they wait as long as the member needs, and say all the time that they live.
 * The time limit only bounds what Temporal has to remember.
 */
export function member(summary: string): ActivityInterfaceFor<MemberActivities> {
  return proxyActivities<MemberActivities>({
    taskQueue: taskQueues.members,
    startToCloseTimeout: '365 days',
    heartbeatTimeout: '5s',
    cancellationType,
    retry: hubRetry,
    summary,
  });
}

/**
 * Calls a hub activity in the worker's own process while the workflow task is open, and through Temporal when that
 * does not succeed at once: while a local activity runs, nothing else of the run can move.
 *
 * A cancellation waits for the local activity, which is short: Temporal fails the workflow task in which a local
 * activity is both called and cancelled.
 */
export async function promptly<Name extends keyof HubActivities>(
  name: Name,
  input: Parameters<HubActivities[Name]>[0],
): Promise<Awaited<ReturnType<HubActivities[Name]>>> {
  type Call = (argument: typeof input) => Promise<Awaited<ReturnType<HubActivities[Name]>>>;
  const scope = CancellationScope.current();
  try {
    const answer = await CancellationScope.nonCancellable(() => (hubAtOnce[name] as Call)(input));
    if (scope.consideredCancelled) throw new CancelledFailure(`${name} is no longer of interest.`);
    return answer;
  } catch (error) {
    if (isCancellation(error) || isFinal(error)) throw error;
    return (hub[name] as Call)(input);
  }
}

function isFinal(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.nonRetryable === true;
}
