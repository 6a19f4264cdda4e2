/**
 * The two Temporal workers of the process: one for workflows and what touches the hub, one with room for thousands of
 * activities that wait for members. They start once Temporal is there, and again should they fail.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { WorkerOptions } from '@temporalio/worker';
import { taskQueues } from '../api/temporal.ts';
import { activityInterceptor } from './activityInterceptor.ts';
import { beatingInterceptor } from './beatingInterceptor.ts';
import type { Configuration } from './configuration.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { giveBackActivities, processIdentity } from './predecessor.ts';
import type { TemporalSettings } from './temporalConnection.ts';
import { ForeignNamespaceError, claimNamespace, registerSearchAttributes } from './temporalNamespace.ts';

export interface TemporalWorkersOptions {
  configuration: Pick<
    Configuration,
    'maxMemberActivities' | 'maxHubActivities' | 'maxCachedWorkflows' | 'shutdownGraceMs'
  >;
  temporal: TemporalSettings;
  /** Name of this worker, which survives a restart. */
  identity: string;
  /** Path of the bundled workflow code. */
  workflowBundle: string;
  hubActivities: object;
  memberActivities: object;
  /** Resolves when the caches are synced; nothing is polled before. */
  cachesSynced: Promise<unknown>;
  /** Uid of the hub's namespace `kube-system`; asked until it answers. */
  hubUid(): Promise<string>;
  /** Temporal is there and its namespace is ours: loops that start workflows may begin. Called once. */
  onReady(): void;
  /** The namespace belongs to another hub: the process must end. */
  onForeignNamespace(error: Error): void;
  metrics: Metrics;
  log: Logger;
}

const firstRetryMs = 250;
const lastRetryMs = 5_000;

export class TemporalWorkers {
  readonly #options: TemporalWorkersOptions;
  readonly #stopping = new AbortController();
  readonly #identity: string;
  #workers: Worker[] = [];
  #loop: Promise<void> | undefined;
  #ready = false;
  #trouble = 'The workers have not started yet.';
  #searchAttributes = false;
  #givingBack: Promise<void> | undefined;

  constructor(options: TemporalWorkersOptions) {
    this.#options = options;
    this.#identity = processIdentity(options.identity, new Date());
  }

  /** Whether runs may set search attributes; known before the first task is taken. */
  get searchAttributes(): boolean {
    return this.#searchAttributes;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Rejects with a sentence while no task is being taken. */
  check(): Promise<void> {
    const polling = this.#workers.length > 0 && this.#workers.every((worker) => worker.getState() === 'RUNNING');
    return polling ? Promise.resolve() : Promise.reject(new Error(this.#trouble));
  }

  /** Takes no more tasks and waits for activities as long as configured. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#shutDownWorkers();
    await this.#loop;
  }

  async #run(): Promise<void> {
    let retryMs = firstRetryMs;
    while (!this.#stopping.signal.aborted) {
      const began = performance.now();
      try {
        await this.#runOnce();
      } catch (error) {
        if (error instanceof ForeignNamespaceError) {
          this.#options.onForeignNamespace(error);
          return;
        }
        this.#tell(error);
      }
      if (performance.now() - began > 60_000) retryMs = firstRetryMs;
      await sleep(retryMs * (0.75 + Math.random() / 2), undefined, { signal: this.#stopping.signal }).catch(() => {
        // Stopped while waiting.
      });
      retryMs = Math.min(retryMs * 2, lastRetryMs);
    }
  }

  /** One life of the workers; returns when they were shut down. */
  async #runOnce(): Promise<void> {
    const { temporal, cachesSynced, hubUid, log } = this.#options;
    const connection = await this.#connect();
    try {
      await claimNamespace(connection, temporal.namespace, await hubUid(), log);
      this.#searchAttributes = await registerSearchAttributes(connection, temporal.namespace, log);
      this.#giveBackOnce(connection);
      await cachesSynced;
      if (this.#stopping.signal.aborted) return;
      this.#workers = await Promise.all([this.#hubWorker(connection), this.#memberWorker(connection)]);
      const finished = Promise.all(this.#workers.map((worker) => this.#runWorker(worker)));
      // Stopped while they were being made: nobody else would stop them.
      if (this.#isStopping()) this.#shutDownWorkers();
      else this.#becomeReady();
      await finished;
    } finally {
      this.#workers = [];
      await this.#givingBack;
      await connection.close();
    }
  }

  /** Beside the start: whatever is given back waits in its queue for whoever comes first. */
  #giveBackOnce(connection: NativeConnection): void {
    const { temporal, log } = this.#options;
    this.#givingBack ??= giveBackActivities(connection, temporal.namespace, this.#identity, log);
  }

  #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #connect(): Promise<NativeConnection> {
    const { address, connectionOptions } = this.#options.temporal;
    try {
      return await NativeConnection.connect(connectionOptions);
    } catch (error) {
      throw new Error(`Temporal does not answer at ${address}; start it or correct TEMPORAL_ADDRESS.`, {
        cause: error,
      });
    }
  }

  /** Both workers end together: half a service would look alive. */
  async #runWorker(worker: Worker): Promise<void> {
    try {
      await worker.run();
    } finally {
      this.#shutDownWorkers();
    }
  }

  #shutDownWorkers(): void {
    for (const worker of this.#workers) {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    }
  }

  #becomeReady(): void {
    const { temporal, onReady, log } = this.#options;
    log.info({ address: temporal.address, namespace: temporal.namespace }, 'Taking work from Temporal');
    this.#trouble = 'The workers are stopping.';
    if (this.#ready) return;
    this.#ready = true;
    onReady();
  }

  /** Says once what is wrong; /readyz repeats it as long as it lasts. */
  #tell(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    if (message !== this.#trouble)
      this.#options.log.warn({ reason: message }, 'No work is taken from Temporal yet; trying again');
    this.#trouble = message;
  }

  #hubWorker(connection: NativeConnection): Promise<Worker> {
    const { configuration, workflowBundle, hubActivities } = this.#options;
    const shared = this.#shared(connection);
    return Worker.create({
      ...shared,
      interceptors: { activity: [...(shared.interceptors?.activity ?? []), beatingInterceptor] },
      taskQueue: taskQueues.hub,
      workflowBundle: { codePath: workflowBundle },
      activities: hubActivities,
      maxCachedWorkflows: configuration.maxCachedWorkflows,
      maxConcurrentWorkflowTaskExecutions: 20,
      maxConcurrentActivityTaskExecutions: configuration.maxHubActivities,
      maxConcurrentLocalActivityExecutions: configuration.maxHubActivities,
      // How long a run waits for a worker that was killed before another one replays it.
      stickyQueueScheduleToStartTimeout: '1s',
      workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 10 },
    });
  }

  #memberWorker(connection: NativeConnection): Promise<Worker> {
    const { configuration, memberActivities } = this.#options;
    return Worker.create({
      ...this.#shared(connection),
      taskQueue: taskQueues.members,
      activities: memberActivities,
      maxConcurrentActivityTaskExecutions: configuration.maxMemberActivities,
    });
  }

  #shared(connection: NativeConnection): Omit<WorkerOptions, 'taskQueue'> {
    const { configuration, temporal, metrics, log } = this.#options;
    return {
      connection,
      namespace: temporal.namespace,
      identity: this.#identity,
      shutdownGraceTime: configuration.shutdownGraceMs,
      shutdownForceTime: configuration.shutdownGraceMs + 5_000,
      activityTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 20 },
      // How often they beat is decided by the activities themselves.
      maxHeartbeatThrottleInterval: '250ms',
      interceptors: { activity: [activityInterceptor(metrics, log)] },
    };
  }
}
