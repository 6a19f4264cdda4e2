/** The history of a run as Temporal writes it, event by event. */
import type { Connection } from '@temporalio/client';
import { stagedUpdateRunWorkflowId } from '../../../api/temporal.ts';
import { deadlineMs } from './world.ts';

type HistoryResponse = Awaited<ReturnType<Connection['workflowService']['getWorkflowExecutionHistory']>>;
/** One event of a history. */
export type HistoryEvent = NonNullable<NonNullable<HistoryResponse['history']>['events']>[number];

/** Status code NOT_FOUND of gRPC. */
const grpcNotFound = 5;

/** Every event of a run's workflow as soon as it is written, until the workflow has ended. */
export async function* followHistory(temporal: Connection, run: string): AsyncGenerator<HistoryEvent> {
  const deadline = Date.now() + deadlineMs;
  let nextPageToken: Uint8Array = new Uint8Array();
  do {
    const page = await nextPage(temporal, run, nextPageToken, deadline);
    if (page === undefined) continue;
    yield* page.history?.events ?? [];
    ({ nextPageToken } = page);
    if (nextPageToken.length === 0) return;
  } while (Date.now() < deadline);
  throw new Error(`The workflow of run ${run} did not end in time.`);
}

/** Waits for the next events. @returns undefined before the run's object has become a workflow */
async function nextPage(
  temporal: Connection,
  run: string,
  nextPageToken: Uint8Array,
  deadline: number,
): Promise<HistoryResponse | undefined> {
  const execution = { workflowId: stagedUpdateRunWorkflowId({ name: run }) };
  const request = { namespace: 'default', execution, waitNewEvent: true, nextPageToken };
  try {
    return await temporal.withDeadline(deadline, () => temporal.workflowService.getWorkflowExecutionHistory(request));
  } catch (error) {
    if ((error as { code?: number }).code === grpcNotFound && nextPageToken.length === 0) return undefined;
    throw error;
  }
}

/** When the event was written, in milliseconds since the epoch. */
export function timeOf({ eventTime }: HistoryEvent): number {
  return Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6;
}

/** One update of one cluster, as far as the history tells of it. */
export interface UpdateInHistory {
  cluster: string;
  /** Absent while the activity has not completed. */
  completedAt?: number;
}

/** All updates of clusters in the order in which they were scheduled. */
export function updatesIn(events: readonly HistoryEvent[]): UpdateInHistory[] {
  const updates = new Map<string, UpdateInHistory>();
  for (const event of events) {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === 'updateCluster') {
      const [payload] = scheduled.input?.payloads ?? [];
      const { cluster } = JSON.parse(Buffer.from(payload?.data ?? []).toString()) as { cluster: string };
      updates.set(String(event.eventId), { cluster });
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const update = updates.get(String(completed?.scheduledEventId));
    if (update !== undefined) update.completedAt = timeOf(event);
  }
  return [...updates.values()];
}
