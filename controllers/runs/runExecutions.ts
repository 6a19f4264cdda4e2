/**
 * The executions of runs in Temporal: started once for each object, followed to their end, never started again.
 * A run's object carries the run id of the execution that took it up, and an execution the uid of its object
 * (in its memo), so that a name that is used twice cannot be mistaken.
 */
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { annotations } from '../../api/labels.ts';
import { referenceOf, type ObjectReference } from '../../api/references.ts';
import { runSummary, stagedUpdateRunWorkflowId, taskQueues, workflowTypes } from '../../api/temporal.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { messageNames } from '../../api/temporal.ts';

/** What is known about the execution that belongs to a run's object. */
export type Execution =
  | { state: 'running'; runId: string }
  /** It has ended, though its object may not say so. `how` completes the sentence "its workflow …". */
  | { state: 'ended'; how: string }
  /** Another object of the same name still has a running execution. */
  | { state: 'foreign' }
  | { state: 'none' };

const endings: Record<string, string> = {
  TERMINATED: 'was terminated',
  CANCELLED: 'was cancelled',
  TIMED_OUT: 'timed out',
  FAILED: 'failed',
  COMPLETED: 'ended',
};

export class RunExecutions {
  readonly #temporal: Client;

  constructor(temporal: Client) {
    this.#temporal = temporal;
  }

  /** Makes sure that a run is being carried out, unless it once was. Costs one call for a new run. */
  async ensure(run: ClusterStagedUpdateRun): Promise<Execution> {
    if (run.metadata.annotations?.[annotations.execution] !== undefined) {
      const known = await this.find(run);
      // The object says that it was taken up, and Temporal knows nothing: the history is lost, a new one adopts.
      return known.state === 'none' ? this.#start(run, 'ALLOW_DUPLICATE') : known;
    }
    try {
      return await this.#start(run, 'REJECT_DUPLICATE');
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
    const known = await this.find(run);
    return known.state === 'none' ? this.#start(run, 'ALLOW_DUPLICATE') : known;
  }

  /** Looks for the execution of a run's object, without starting any. */
  async find(run: ClusterStagedUpdateRun): Promise<Execution> {
    const latest = await this.#describe(run.metadata);
    if (latest === undefined) return { state: 'none' };
    const running = latest.status.name === 'RUNNING';
    if (belongsTo(latest, run, running)) {
      return running
        ? { state: 'running', runId: latest.runId }
        : { state: 'ended', how: endings[latest.status.name] ?? 'ended' };
    }
    return running ? { state: 'foreign' } : { state: 'none' };
  }

  /** Resolves when the execution has ended, with the words for how. Follows it through continue-as-new. */
  async ended(run: ObjectReference, runId: string): Promise<string> {
    try {
      await this.#temporal.workflow.getHandle(stagedUpdateRunWorkflowId(run), runId).result();
      return endings.COMPLETED ?? '';
    } catch (error) {
      if (error instanceof WorkflowFailedError) return howItFailed(error);
      throw error;
    }
  }

  /** Asks a run to look at the hub again. A run that is not there has nothing to look for. */
  async hint(run: ObjectReference, change: { kind: string; name: string; uid: string }): Promise<void> {
    await ignoreMissing(
      this.#temporal.workflow.getHandle(stagedUpdateRunWorkflowId(run)).signal(messageNames.hubChanged, change),
    );
  }

  async cancel(run: ObjectReference): Promise<void> {
    await ignoreMissing(this.#temporal.workflow.getHandle(stagedUpdateRunWorkflowId(run)).cancel());
  }

  async #start(run: ClusterStagedUpdateRun, policy: 'ALLOW_DUPLICATE' | 'REJECT_DUPLICATE'): Promise<Execution> {
    const { uid = '' } = run.metadata;
    const handle = await this.#temporal.workflow.start(workflowTypes.stagedUpdateRun, {
      workflowId: stagedUpdateRunWorkflowId(run.metadata),
      taskQueue: taskQueues.hub,
      workflowIdReusePolicy: policy,
      workflowIdConflictPolicy: 'FAIL',
      workflowTaskTimeout: '3s',
      memo: { uid },
      staticSummary: runSummary(run.spec),
      args: [{ ...referenceOf(run), uid }],
    });
    return { state: 'running', runId: handle.firstExecutionRunId };
  }

  async #describe(run: ObjectReference): Promise<WorkflowExecutionDescription | undefined> {
    try {
      return await this.#temporal.workflow.getHandle(stagedUpdateRunWorkflowId(run)).describe();
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return undefined;
      throw error;
    }
  }
}

function belongsTo(latest: WorkflowExecutionDescription, run: ClusterStagedUpdateRun, running: boolean): boolean {
  const uid = latest.memo?.uid;
  if (uid !== undefined) return uid === run.metadata.uid;
  const execution = run.metadata.annotations?.[annotations.execution];
  if (execution !== undefined) return execution === latest.raw.workflowExecutionInfo?.firstRunId;
  // Started through the temporal door and not yet at its object: it will find this one.
  return running;
}

function howItFailed(error: WorkflowFailedError): string {
  const kind = error.cause?.name ?? '';
  if (kind === 'TerminatedFailure') return endings.TERMINATED ?? '';
  if (kind === 'CancelledFailure') return endings.CANCELLED ?? '';
  if (kind === 'TimeoutFailure') return endings.TIMED_OUT ?? '';
  return `failed: ${error.cause?.message ?? ''}`;
}

async function ignoreMissing(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
