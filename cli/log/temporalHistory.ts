/** Reading what Temporal keeps of a run or a rolling update: all its executions, and what is still to come. */
import { isGrpcServiceError, type Client } from '@temporalio/client';
import { connectTemporal } from '../../client/connect.ts';
import { FlotillaError } from '../../client/errors.ts';
import { historyPages } from '../../client/historyPages.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { recordedEvent, type RecordedEvent } from './recordedEvents.ts';

/** How long one answer may take. */
const answerMs = 5_000;

/** What Temporal keeps under one workflow id. */
export interface KeptExecutions {
  workflowId: string;
  /** Run ids, the oldest execution first; none where Temporal keeps nothing. */
  runIds: string[];
}

export interface EventReading {
  /** Whether to wait for what is still to come, until the last execution has ended. */
  follow: boolean;
  /** Ends the reading without an error. */
  until?: AbortSignal;
}

/** Names Temporal's own status codes. */
const codes = { notFound: 5, permissionDenied: 7, unauthenticated: 16 } as const;

export class TemporalHistory {
  /** Host and port, for sentences. */
  readonly address: string;
  readonly #temporal: Client;
  readonly #close: () => Promise<void>;

  /** Nothing is sent yet. @throws Error with one sentence when TEMPORAL_* or temporal.toml cannot be used */
  constructor() {
    const { temporal, address, close } = connectTemporal({ awaitStart: false });
    this.#temporal = temporal;
    this.address = address;
    this.#close = close;
  }

  close(): Promise<void> {
    return this.#close();
  }

  /** @throws CommandError when Temporal does not answer, or does not let itself be asked */
  async executions(workflowId: string): Promise<KeptExecutions> {
    const [described, list] = await Promise.allSettled([this.#newest(workflowId), this.#list(workflowId)]);
    // Both have ended: a call that is still repeated would outlive the connection.
    const fault = [described, list].find(({ status }) => status === 'rejected');
    if (fault?.status === 'rejected') throw fault.reason;
    const newest = described.status === 'fulfilled' ? described.value : undefined;
    const listed = list.status === 'fulfilled' ? list.value : [];
    if (newest === undefined) return { workflowId, runIds: [] };
    // The list lags behind by a moment; what is missing in it is found by following the chain of executions.
    return { workflowId, runIds: [...listed.filter((runId) => runId !== newest), newest] };
  }

  /** All events, execution after execution. @throws CommandError */
  async *events({ workflowId, runIds }: KeptExecutions, reading: EventReading): AsyncGenerator<RecordedEvent, void> {
    const seen = new Set<string>();
    for (const [index, runId] of runIds.entries()) {
      if (seen.has(runId) || reading.until?.aborted === true) continue;
      const follow = reading.follow && index === runIds.length - 1;
      for await (const page of this.#pages(workflowId, runId, { ...reading, follow })) {
        if (page.runId !== runId && seen.has(page.runId)) break;
        seen.add(page.runId);
        for (const event of page.events) {
          const recorded = recordedEvent(event);
          if (recorded !== undefined) yield recorded;
        }
      }
    }
  }

  async *#pages(workflowId: string, runId: string, { follow, until }: EventReading) {
    const context = { run: workflowId, address: this.address, timeoutMs: answerMs };
    try {
      yield* historyPages(this.#temporal, { workflowId, runId, follow, signal: until, context });
    } catch (error) {
      // It was there a moment ago: its time was up in between.
      if (error instanceof FlotillaError && error.kind === 'unknownRun') return;
      throw this.#fault(error);
    }
  }

  async #newest(workflowId: string): Promise<string | undefined> {
    const { namespace } = this.#temporal.options;
    try {
      const { workflowExecutionInfo } = await this.#ask(() =>
        this.#temporal.connection.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } }),
      );
      return workflowExecutionInfo?.execution?.runId ?? undefined;
    } catch (error) {
      // Nothing has this id, or the namespace is not there, and then the list says so.
      if (codeOf(error) === codes.notFound) return undefined;
      throw this.#fault(error);
    }
  }

  /** Run ids of all executions that Temporal lists, the oldest first. */
  async #list(workflowId: string): Promise<string[]> {
    const { namespace } = this.#temporal.options;
    const query = `WorkflowId = "${workflowId}"`;
    const found: { runId: string; startedAt: number }[] = [];
    let nextPageToken: Uint8Array | undefined;
    try {
      do {
        const page = await this.#ask(() =>
          this.#temporal.connection.workflowService.listWorkflowExecutions({ namespace, query, nextPageToken }),
        );
        for (const { execution, startTime } of page.executions) {
          const startedAt = Number(startTime?.seconds ?? 0) * 1000 + (startTime?.nanos ?? 0) / 1e6;
          found.push({ runId: execution?.runId ?? '', startedAt });
        }
        nextPageToken = page.nextPageToken;
      } while (nextPageToken.length > 0);
    } catch (error) {
      throw this.#fault(error);
    }
    return found.sort((one, other) => one.startedAt - other.startedAt).map(({ runId }) => runId);
  }

  #ask<T>(call: () => Promise<T>): Promise<T> {
    return this.#temporal.connection.withDeadline(Date.now() + answerMs, call);
  }

  #fault(error: unknown): unknown {
    if (error instanceof CommandError) return error;
    const code = codeOf(error);
    if (code === codes.permissionDenied || code === codes.unauthenticated) {
      const message = `Temporal at ${this.address} does not let itself be asked: ${(error as Error).message.replace(/\.$/, '')}.`;
      return new CommandError(exitCodes.notPermitted, message, error);
    }
    if (code === codes.notFound) {
      const { namespace } = this.#temporal.options;
      const message = `Temporal at ${this.address} has no namespace ${namespace}; correct TEMPORAL_NAMESPACE.`;
      return new CommandError(exitCodes.historyMissing, message, error);
    }
    if (!(error instanceof FlotillaError) && code === undefined) return error;
    const message = `Temporal does not answer at ${this.address}; start it or correct TEMPORAL_ADDRESS.`;
    return new CommandError(exitCodes.historyMissing, message, error);
  }
}

function codeOf(error: unknown): number | undefined {
  return isGrpcServiceError(error) ? error.code : undefined;
}
