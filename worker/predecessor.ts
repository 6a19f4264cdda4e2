/**
 * What the process that ran under this worker's name before was doing when it was killed: its activities are given back
 * to Temporal at once, which would otherwise miss their heartbeats only after some seconds.
 */
import type { NativeConnection } from '@temporalio/worker';
import { inParallel } from '../activities/members/parallel.ts';
import { workflowTypes } from '../api/temporal.ts';
import type { Logger } from './logger.ts';

const separator = ' since ';
const parallelRequests = 16;
/** `PENDING_ACTIVITY_STATE_STARTED` of the Temporal API. */
const startedState = 2;

/** Name of one process under a worker's name, as Temporal shows it: no two processes have the same. */
export function processIdentity(identity: string, startedAt: Date): string {
  return `${identity}${separator}${startedAt.toISOString()}`;
}

/** Whether `other` is an earlier or later process under the name of `own`. */
export function isSameWorker(own: string, other: string): boolean {
  return other !== own && nameIn(other) !== '' && nameIn(other) === nameIn(own);
}

/**
 * Gives back what earlier processes under this name held. Whatever cannot be given back waits for its heartbeat timeout.
 * @param identity of this process, see {@link processIdentity}
 */
export async function giveBackActivities(
  connection: NativeConnection,
  namespace: string,
  identity: string,
  log: Logger,
): Promise<void> {
  const { workflowService } = connection;
  let givenBack = 0;
  const giveBack = async ({ workflowId, runId }: Execution, activityId: string): Promise<void> => {
    const failure = { message: 'The worker was killed.', applicationFailureInfo: { type: 'WorkerKilled' } };
    try {
      const activity = { namespace, workflowId, runId, activityId };
      await workflowService.respondActivityTaskFailedById({ ...activity, identity, failure });
      givenBack += 1;
    } catch (error) {
      log.debug({ error, activityId }, 'An activity at which this worker was killed could not be given back');
    }
  };
  try {
    await inParallel(await openExecutions(connection, namespace), parallelRequests, async (execution) => {
      const { pendingActivities } = await workflowService.describeWorkflowExecution({ namespace, execution });
      for (const { activityId, state, lastWorkerIdentity } of pendingActivities) {
        const isLeft = Number(state) === startedState && isSameWorker(identity, lastWorkerIdentity ?? '');
        if (isLeft) await giveBack(execution, activityId ?? '');
      }
    });
  } catch (error) {
    log.debug({ error }, 'The activities at which this worker was killed could not be looked up');
  }
  if (givenBack > 0) log.info({ activities: givenBack }, 'Activities at which this worker was killed were given back');
}

type Execution = Awaited<
  ReturnType<NativeConnection['workflowService']['listWorkflowExecutions']>
>['executions'][number]['execution'] &
  object;

/** A run that has begun in the last moments before the kill may be missing: lists are a little late. */
async function openExecutions({ workflowService }: NativeConnection, namespace: string): Promise<Execution[]> {
  const types = Object.values(workflowTypes).map((name) => `"${name}"`);
  const query = `ExecutionStatus = "Running" AND WorkflowType IN (${types.join(', ')})`;
  const found: Execution[] = [];
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await workflowService.listWorkflowExecutions({ namespace, query, nextPageToken });
    for (const { execution } of page.executions) if (execution) found.push(execution);
    ({ nextPageToken } = page);
  } while (nextPageToken.length > 0);
  return found;
}

/** The part of {@link processIdentity} that stays the same from process to process. */
function nameIn(identity: string): string {
  return identity.slice(0, Math.max(0, identity.lastIndexOf(separator)));
}
