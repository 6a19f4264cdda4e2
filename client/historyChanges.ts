/** Follows the history of a workflow through continue-as-new. */
import { WorkflowNotFoundError, isGrpcCancelledError, isGrpcServiceError } from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { explain } from './errors.ts';
import type { CallContext } from './errors.ts';

/** A long poll is answered by the server after some 20 s, with or without news. */
const longPollMs = 70_000;
const retryMs = 500;

/**
 * Yields once at first and whenever the workflow has new events; ends when it has ended.
 * A connection that is lost meanwhile is made again.
 */
export async function* historyChanges(
  temporal: Client,
  workflowId: string,
  context: CallContext,
  signal: AbortSignal = new AbortController().signal,
): AsyncGenerator<undefined, void> {
  let runId: string | undefined = '';
  while (runId !== undefined && !signal.aborted) {
    let nextPageToken: Uint8Array | undefined;
    let following: string | undefined;
    do {
      const page = await nextPage(temporal, { workflowId, runId }, nextPageToken, context, signal);
      if (page === undefined) return;
      nextPageToken = page.nextPageToken;
      following = page.continuedAs;
      yield undefined;
    } while (nextPageToken.length > 0);
    runId = following;
  }
}

interface Page {
  nextPageToken: Uint8Array;
  /** Run id of the execution that carries on, when this is the last page of one that continued as new. */
  continuedAs?: string;
}

/** @returns `undefined` when the signal ended the wait */
async function nextPage(
  temporal: Client,
  execution: { workflowId: string; runId: string },
  nextPageToken: Uint8Array | undefined,
  context: CallContext,
  signal: AbortSignal,
): Promise<Page | undefined> {
  const { connection, options } = temporal;
  for (;;) {
    try {
      const page = await connection.withAbortSignal(signal, () =>
        connection.withDeadline(Date.now() + longPollMs, () =>
          connection.workflowService.getWorkflowExecutionHistory({
            namespace: options.namespace,
            execution,
            waitNewEvent: true,
            nextPageToken,
          }),
        ),
      );
      const last = page.history?.events?.at(-1);
      const continuedAs = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
      return { nextPageToken: page.nextPageToken, continuedAs };
    } catch (error) {
      if (signal.aborted || isGrpcCancelledError(error)) return undefined;
      if (isNotFound(error)) throw explain(new WorkflowNotFoundError(error.message, '', ''), context);
      if (nextPageToken === undefined) throw explain(error, context);
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  }
}

function isNotFound(error: unknown): error is Error {
  return isGrpcServiceError(error) && (error.code as number) === 5;
}
