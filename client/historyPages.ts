/** Reads the history of a workflow, and follows it through continue-as-new. */
import { WorkflowNotFoundError, isGrpcCancelledError, isGrpcServiceError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { explain } from './errors.ts';
import type { CallContext } from './errors.ts';

/** One event as Temporal tells it. */
export type HistoryEvent = NonNullable<History['events']>[number];

/** Events that came together. */
export interface HistoryPage {
  runId: string;
  events: HistoryEvent[];
}

export interface HistoryReading {
  workflowId: string;
  /** Where to begin. @default the newest execution */
  runId?: string;
  /** Whether to wait for events that are still to come, until the workflow has ended. */
  follow: boolean;
  /** Ends the reading without an error. */
  signal?: AbortSignal;
  context: CallContext;
}

/** A long poll is answered by the server after some 20 s, with or without news. */
const longPollMs = 70_000;
const retryMs = 500;

/**
 * Yields the events of an execution and of those that carry it on. With `follow` it yields whenever there are new ones,
 * ends when the workflow has ended, and makes a connection that is lost meanwhile again.
 */
export async function* historyPages(temporal: Client, reading: HistoryReading): AsyncGenerator<HistoryPage, void> {
  const { signal = new AbortController().signal } = reading;
  let runId: string | undefined = reading.runId ?? '';
  while (runId !== undefined && !signal.aborted) {
    let nextPageToken: Uint8Array | undefined;
    let following: string | undefined;
    do {
      const page = await nextPage(temporal, { ...reading, runId, signal }, nextPageToken);
      if (page === undefined) return;
      nextPageToken = page.nextPageToken;
      const last = page.events.at(-1);
      following = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
      yield { runId, events: page.events };
    } while (nextPageToken.length > 0);
    runId = following;
  }
}

/** @returns `undefined` when the signal ended the wait */
async function nextPage(
  temporal: Client,
  { workflowId, runId, follow, signal, context }: HistoryReading & { runId: string; signal: AbortSignal },
  nextPageToken: Uint8Array | undefined,
): Promise<{ nextPageToken: Uint8Array; events: HistoryEvent[] } | undefined> {
  const { connection, options } = temporal;
  const waitMs = follow ? longPollMs : context.timeoutMs;
  for (;;) {
    try {
      const page = await connection.withAbortSignal(signal, () =>
        connection.withDeadline(Date.now() + waitMs, () =>
          connection.workflowService.getWorkflowExecutionHistory({
            namespace: options.namespace,
            execution: { workflowId, runId },
            waitNewEvent: follow,
            nextPageToken,
          }),
        ),
      );
      return { nextPageToken: page.nextPageToken, events: page.history?.events ?? [] };
    } catch (error) {
      if (signal.aborted || isGrpcCancelledError(error)) return undefined;
      if (isNotFound(error)) throw explain(new WorkflowNotFoundError(error.message, '', ''), context);
      if (nextPageToken === undefined || !follow) throw explain(error, context);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

function isNotFound(error: unknown): error is Error {
  return isGrpcServiceError(error) && (error.code as number) === 5;
}
