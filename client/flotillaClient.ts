/** What a program can do with a staged update run through Temporal. */
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError } from '@temporalio/client';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { formatReference, parseReference } from '../api/references.ts';
import { runSummary, stagedUpdateRunWorkflowId, taskQueues, workflowTypes } from '../api/temporal.ts';
import type { RunStatusView } from '../domain/runs/view.ts';
import { approveUpdate, pauseSignal, resumeSignal, statusQuery } from '../workflows/messages.ts';
import type { ApproveAnswer } from '../workflows/messages.ts';
import { FlotillaError, explain, unreachable } from './errors.ts';
import { historyPages } from './historyPages.ts';

export interface FlotillaClientOptions {
  /** Client of Temporal, bound to the namespace of the hub. */
  temporal: Client;
  /** For error messages. @default 'the given address' */
  address?: string;
  /** How long a call may take. @default 10000 */
  timeoutMs?: number;
  /** What {@link FlotillaClient.close} closes. @default nothing: the given client stays open */
  onClose?(): Promise<void>;
}

/** A run to start: its name and what a `ClusterStagedUpdateRun` has in its spec. */
export interface NewRun {
  name: string;
  /** For a `StagedUpdateRun`: its namespace. */
  namespace?: string;
  placementName: string;
  /** Index of the resource snapshot to roll out, as text: `"1"`. @default what the placement selects at the start */
  resourceSnapshotIndex?: string;
  stagedRolloutStrategyName: string;
  /** `Initialize` only plans the run. @default 'Run' */
  state?: 'Initialize' | 'Run' | 'Stop';
}

/** Where Temporal keeps a started run. */
export interface StartedRun {
  workflowId: string;
  runId: string;
}

export interface ApproveOptions {
  /** Who approves; shown on the approval request. */
  by?: string;
  /** Free text; shown on the approval request. */
  comment?: string;
  /** Which approval of the stage. @default its only one, or the one that is waited for */
  task?: 'before' | 'after';
}

export interface WatchOptions {
  /** Ends the watching. */
  signal?: AbortSignal;
}

/**
 * Talks to runs through Temporal. A run is named as in its workflow id: `name`, or `namespace/name` for one in a
 * namespace. Every method throws {@link FlotillaError} with a sentence for a person where
 * something is wrong that a person can mend.
 */
export class FlotillaClient {
  readonly #temporal: Client;
  readonly #address: string;
  readonly #timeoutMs: number;
  readonly #onClose: (() => Promise<void>) | undefined;

  constructor({ temporal, address = 'the given address', timeoutMs = 10_000, onClose }: FlotillaClientOptions) {
    this.#temporal = temporal;
    this.#address = address;
    this.#timeoutMs = timeoutMs;
    this.#onClose = onClose;
  }

  /**
   * Starts a run; its object on the hub is made by the run itself. A run whose object says that it has ended is not
   * carried out again: {@link result} tells so.
   * @throws FlotillaError `exists` when a run of that name is being carried out
   */
  start({ name, namespace, ...spec }: NewRun): Promise<StartedRun> {
    const run = { name, namespace };
    return this.#call(formatReference(run), async () => {
      try {
        const handle = await this.#temporal.workflow.start(workflowTypes.stagedUpdateRun, {
          workflowId: stagedUpdateRunWorkflowId(run),
          taskQueue: taskQueues.hub,
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          workflowTaskTimeout: '3s',
          staticSummary: runSummary(spec),
          args: [{ ...run, spec }],
        });
        return { workflowId: handle.workflowId, runId: handle.firstExecutionRunId };
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        throw new FlotillaError('exists', `Run ${formatReference(run)} is being carried out already.`, error);
      }
    });
  }

  /**
   * Approves a stage. An approval before the stage asks for it is kept; a repeated one changes nothing.
   * @throws FlotillaError `refused` when the run has no such stage, or the stage needs no approval
   */
  approve(run: string, stage: string, { by, comment, task }: ApproveOptions = {}): Promise<ApproveAnswer> {
    const approval = { stage, task, by, comment };
    return this.#call(run, () => this.#handle(run).executeUpdate(approveUpdate, { args: [approval] }));
  }

  /** Stops a run: it starts nothing more, and what is in work comes to its end. Shown on its object as `state: Stop`. */
  pause(run: string): Promise<void> {
    return this.#call(run, () => this.#handle(run).signal(pauseSignal));
  }

  /** Lets a stopped run go on, or one that is only initialized begin. Shown on its object as `state: Run`. */
  resume(run: string): Promise<void> {
    return this.#call(run, () => this.#handle(run).signal(resumeSignal));
  }

  /** The run as it is now. Also answers for a run that has ended, as long as Temporal keeps its history. */
  status(run: string): Promise<RunStatusView> {
    return this.#call(run, () => this.#handle(run).query(statusQuery));
  }

  /**
   * The run as it is now and whenever that changes, until it has ended. Driven by events of the run's history, not by
   * polling.
   */
  async *watch(run: string, { signal }: WatchOptions = {}): AsyncGenerator<RunStatusView, void> {
    let shown = '';
    const history = { workflowId: workflowIdOf(run), follow: true, signal, context: this.#context(run) };
    for await (const _ of historyPages(this.#temporal, history)) {
      const view = await this.status(run);
      const text = JSON.stringify(view);
      if (text !== shown) yield view;
      shown = text;
    }
  }

  /**
   * Waits for the end of a run.
   * @returns whether it succeeded, and the sentence with which it ended
   */
  async result(run: string): Promise<{ succeeded: boolean; message: string }> {
    try {
      const { message } = (await this.#handle(run).result()) as { message: string };
      return { succeeded: true, message };
    } catch (error) {
      if (error instanceof WorkflowFailedError) {
        return { succeeded: false, message: error.cause?.message ?? error.message };
      }
      throw explain(error, this.#context(run));
    }
  }

  /** Closes the connection that `connectFlotilla` made. */
  async close(): Promise<void> {
    await this.#onClose?.();
  }

  #handle(run: string): WorkflowHandle {
    return this.#temporal.workflow.getHandle(workflowIdOf(run));
  }

  #context(run: string): { run: string; address: string; timeoutMs: number } {
    return { run, address: this.#address, timeoutMs: this.#timeoutMs };
  }

  async #call<T>(run: string, call: () => Promise<T>): Promise<T> {
    try {
      return await this.#temporal.withDeadline(Date.now() + this.#timeoutMs, call);
    } catch (error) {
      const explained = explain(error, this.#context(run));
      const silent = explained instanceof FlotillaError && explained.kind === 'noWorker';
      throw silent && !(await this.#isThere()) ? unreachable(this.#address, error) : explained;
    }
  }

  /** Tells a Temporal that is not there from a worker that is not there. */
  async #isThere(): Promise<boolean> {
    const { connection } = this.#temporal;
    try {
      await connection.withDeadline(Date.now() + 1_000, () => connection.workflowService.getSystemInfo({}));
      return true;
    } catch {
      return false;
    }
  }
}

function workflowIdOf(run: string): string {
  return stagedUpdateRunWorkflowId(parseReference(run));
}
