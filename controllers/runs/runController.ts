/**
 * The bridge between runs on the hub and their workflows: starts one for each run, tells it when something it may wait
 * for has changed, cleans up after it. It decides nothing about a rollout; that is the workflow's business.
 */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { findCondition } from '../../api/conditions.ts';
import { formatReference, inScopeOf, nameOf, parseReference, type ObjectReference } from '../../api/references.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { isInitialized, isOver } from '../../domain/runs/over.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { InformerEvent } from '../../kube/informer.ts';
import { WorkQueue, type QueueFigures } from '../../kube/workqueue.ts';
import { parentPlacement, type HubCaches } from '../caches.ts';
import { isApproved } from '../../domain/runs/approved.ts';
import { rollsOut } from '../../domain/runs/rollsOut.ts';
import { concernsPlan } from './concernsPlan.ts';
import { finishDeletion } from './deletion.ts';
import { recordLostWorkflow } from './lostWorkflow.ts';
import { RunExecutions } from './runExecutions.ts';

export interface RunControllerDependencies {
  hub: KubernetesClient;
  /** Owned by the caller; the loop subscribes to them. */
  caches: HubCaches;
  temporal: Client;
  log: Logger;
  /** Milliseconds between two passes over all runs that repair what an event should have done. @default 600000 */
  repairMs?: number;
}

/** One hint for a run's workflow: which object changed. */
interface Hint {
  kind: string;
  name: string;
  uid: string;
}

const concurrency = 16;
/** Another object's execution still has the run's name; it ends by itself, and this is how soon to look again. */
const foreignRetryMs = 500;
/** A workflow that was cancelled and has not ended: how soon to ask again, should following it have failed. */
const cancellationRetryMs = 5_000;

export class RunController {
  readonly #hub: KubernetesClient;
  readonly #caches: HubCaches;
  readonly #executions: RunExecutions;
  readonly #log: Logger;
  readonly #queue: WorkQueue;
  readonly #repairMs: number;
  readonly #hints = new Map<string, Map<string, Hint>>();
  /** Uids of runs whose execution is known to be running, and is followed to its end. */
  readonly #followed = new Set<string>();
  #unsubscribe: (() => void)[] = [];
  #repair: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor({ hub, caches, temporal, log, repairMs = 600_000 }: RunControllerDependencies) {
    this.#hub = hub;
    this.#caches = caches;
    this.#executions = new RunExecutions(temporal);
    this.#log = log.child({ loop: 'runs' });
    this.#repairMs = repairMs;
    this.#queue = new WorkQueue({
      concurrency,
      process: (key) => this.#reconcile(key),
      onError: (key, error, attempt) => {
        this.#log.warn({ run: key, attempt, err: error }, 'a run could not be looked after; it is tried again');
      },
    });
  }

  /** How much the loop has to do. */
  get queue(): QueueFigures {
    return this.#queue;
  }

  /** Starts the loop. The caches need not be synced yet. */
  start(): void {
    const caches = this.#caches;
    this.#unsubscribe = [
      caches.on('run', (event) => {
        this.#runChanged(event);
      }),
      caches.on('approvalRequest', (event) => {
        this.#requestChanged(event);
      }),
      // What a run that is not initialized may wait for.
      caches.on('resourceSnapshot', ({ object }) => {
        this.#wake(parentPlacement(object), hintOf(object), isWaiting);
      }),
      // The same, and what the plan of one that is under way was made of.
      caches.on('placement', (event) => {
        if (concernsPlan.placement(event)) this.#wake(event.object.metadata, hintOf(event.object), isOpen);
      }),
      ...(['policySnapshot', 'binding'] as const).map((kind) =>
        caches.on(kind, (event) => {
          if (!concernsPlan[kind](event as InformerEvent<never>)) return;
          this.#wake(parentPlacement(event.object), hintOf(event.object), isOpen);
        }),
      ),
      caches.on('memberCluster', (event) => {
        if (concernsPlan.memberCluster(event)) this.#wakeAll(hintOf(event.object));
      }),
    ];
    for (const run of caches.items('run')) this.#queue.add(nameOf(run));
    // What happened while nobody listened: whoever waits looks again.
    this.#repairAll();
    for (const request of caches.items('approvalRequest')) this.#requestChanged({ type: 'added', object: request });
    this.#repair = setInterval(() => {
      this.#repairAll();
    }, this.#repairMs);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#repair);
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    await this.#queue.stop();
  }

  /** Status changes of a run come from its own workflow and are nobody's news. */
  #runChanged({ type, object, previous }: InformerEvent<ClusterStagedUpdateRun>): void {
    const { uid, deletionTimestamp } = object.metadata;
    if (type === 'modified' && previous?.metadata.uid === uid && previous?.spec.state !== object.spec.state) {
      this.#hint(object.metadata, hintOf(object));
    }
    if (type === 'deleted') this.#hint(object.metadata, { ...hintOf(object), uid: '' });
    else if (previous?.metadata.uid !== uid || previous?.metadata.deletionTimestamp !== deletionTimestamp) {
      this.#queue.add(nameOf(object));
    }
  }

  #requestChanged({ type, object, previous }: InformerEvent<ClusterApprovalRequest>): void {
    const newlyApproved = isApproved(object) && (previous === undefined || !isApproved(previous));
    const accepted = findCondition(object.status?.conditions, 'ApprovalAccepted')?.status === 'True';
    if (accepted || !(newlyApproved || type === 'deleted')) return;
    this.#hint(inScopeOf(object.metadata, object.spec.parentStageRollout), hintOf(object));
  }

  #wake(placement: ObjectReference | undefined, hint: Hint, concerns: (run: ClusterStagedUpdateRun) => boolean): void {
    if (placement === undefined) return;
    for (const run of this.#caches.items('run')) {
      if (rollsOut(run, placement) && concerns(run)) this.#hint(run.metadata, hint);
    }
  }

  #wakeAll(hint: Hint): void {
    for (const run of this.#caches.items('run')) {
      if (isOpen(run)) this.#hint(run.metadata, hint);
    }
  }

  /** A hint of no kind: anything may have changed. */
  #repairAll(): void {
    this.#wakeAll({ kind: '', name: '', uid: '' });
  }

  #hint(run: ObjectReference, hint: Hint): void {
    const key = formatReference(run);
    const hints = this.#hints.get(key) ?? new Map<string, Hint>();
    hints.set(`${hint.kind}/${hint.name}`, hint);
    this.#hints.set(key, hints);
    this.#queue.add(key);
  }

  /** @param key a run's reference as text, as in the queue and in everything that is kept for a run */
  async #reconcile(key: string): Promise<{ requeueAfterMs: number } | undefined> {
    const reference = parseReference(key);
    const run = this.#caches.get('run', reference);
    if (run?.metadata.deletionTimestamp !== undefined) return this.#delete(run);
    if (run !== undefined && !isOver(run) && !this.#followed.has(run.metadata.uid ?? '')) {
      const execution = await this.#executions.ensure(run);
      if (execution.state === 'foreign') {
        await this.#executions.hint(reference, hintOf(run));
        return { requeueAfterMs: foreignRetryMs };
      }
      if (execution.state === 'ended') return this.#lost(run, execution.how);
      if (execution.state === 'running') this.#follow(run, execution.runId);
    }
    await this.#sendHints(key);
    return undefined;
  }

  /** A hint stays until it is sent; when Temporal does not take it, the queue comes back to it. */
  async #sendHints(key: string): Promise<void> {
    const hints = this.#hints.get(key) ?? new Map<string, Hint>();
    for (const [changed, hint] of hints) {
      await this.#executions.hint(parseReference(key), hint);
      if (hints.get(changed) === hint) hints.delete(changed);
    }
    if (hints.size === 0) this.#hints.delete(key);
  }

  /** Notices the end of an execution that did not write it to its object itself, for example when it was terminated. */
  #follow(run: ClusterStagedUpdateRun, runId: string): void {
    const { uid = '' } = run.metadata;
    this.#followed.add(uid);
    void this.#untilEnd(run, runId).then((retryMs) => {
      this.#followed.delete(uid);
      if (!this.#stopped) this.#queue.addAfter(nameOf(run), retryMs);
    });
  }

  /** Never rejects. @returns when to look at the run again */
  async #untilEnd(run: ClusterStagedUpdateRun, runId: string): Promise<number> {
    try {
      await this.#ended(run, await this.#executions.ended(run.metadata, runId));
      return 0;
    } catch (error) {
      if (!this.#stopped) this.#log.warn({ run: nameOf(run), err: error }, 'lost sight of the workflow of a run');
      return foreignRetryMs;
    }
  }

  /** An execution that was reset has ended too, and goes on as another one. */
  async #ended(run: ClusterStagedUpdateRun, how: string): Promise<void> {
    if (!this.#stopped && (await this.#executions.find(run)).state !== 'running') await this.#lost(run, how);
  }

  async #lost(run: ClusterStagedUpdateRun, how: string): Promise<undefined> {
    const recorded = await recordLostWorkflow(this.#hub, run, how);
    if (recorded) this.#log.error({ run: nameOf(run), how }, 'a run failed because its workflow ended');
    return undefined;
  }

  /** Waits for the workflow to end without keeping a place in the queue: whoever follows it comes back. */
  async #delete(run: ClusterStagedUpdateRun): Promise<{ requeueAfterMs: number } | undefined> {
    const { uid = '' } = run.metadata;
    const execution = await this.#executions.find(run);
    if (execution.state === 'running') {
      await this.#executions.cancel(run.metadata);
      if (!this.#followed.has(uid)) this.#follow(run, execution.runId);
      return { requeueAfterMs: cancellationRetryMs };
    }
    await finishDeletion(this.#hub, run);
    return undefined;
  }
}

function hintOf(object: { kind: string; metadata: { name: string; uid?: string } }): Hint {
  return { kind: object.kind, name: object.metadata.name, uid: object.metadata.uid ?? '' };
}

function isOpen(run: ClusterStagedUpdateRun): boolean {
  return !isOver(run);
}

function isWaiting(run: ClusterStagedUpdateRun): boolean {
  return isOpen(run) && !isInitialized(run);
}
