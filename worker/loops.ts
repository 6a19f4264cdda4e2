/** The loops of the hub, which run in one worker at a time: in the one that holds the hub's Lease. */
import type { Client } from '@temporalio/client';
import type { HubCaches } from '../controllers/caches.ts';
import { EvictionController } from '../controllers/evictions/controller.ts';
import { MemberController } from '../controllers/members/index.ts';
import { PlacementController } from '../controllers/placements/index.ts';
import { RunController } from '../controllers/runs/runController.ts';
import { RunMetricsRecorder } from '../controllers/runs/runMetricsRecorder.ts';
import type { RunMetricsSink } from '../controllers/runs/runMetricsRecorder.ts';
import type { KubernetesClient } from '../kube/client.ts';
import type { MemberPool } from '../kube/pool.ts';
import type { Configuration } from './configuration.ts';
import type { Logger } from './logger.ts';
import { removeEverywhere } from './removals.ts';

export interface LoopsOptions {
  hub: KubernetesClient;
  members: MemberPool;
  caches: HubCaches;
  temporal: Client;
  runMetrics: RunMetricsSink;
  configuration: Configuration;
  log: Logger;
}

interface Loop {
  start(): void | Promise<void>;
  stop(): void | Promise<void>;
}

/**
 * Starts and stops the loops. Those that need only the hub run whenever the Lease is held; the one that starts workflows
 * also waits until the Temporal namespace is known to belong to this hub.
 */
export class Loops {
  readonly #options: LoopsOptions;
  #running: Loop[] = [];
  #leading = false;
  #temporalReady = false;
  #runsLoop = false;

  constructor(options: LoopsOptions) {
    this.#options = options;
  }

  /** The Lease is ours. */
  lead(): void {
    this.#leading = true;
    const { hub, members, caches, runMetrics, configuration, log } = this.#options;
    const settings = configuration;
    const removals = { removeEverywhere: this.#removeEverywhere };
    this.#start(new MemberController({ hub, pool: members, caches, log }));
    this.#start(new PlacementController({ hub, caches, settings, removals, log }));
    this.#start(new EvictionController({ hub, log }));
    this.#start(new RunMetricsRecorder({ caches, sink: runMetrics }));
    this.#startRuns();
  }

  /** Temporal is there, and its namespace is this hub's. */
  temporalIsReady(): void {
    this.#temporalReady = true;
    this.#startRuns();
  }

  async stop(): Promise<void> {
    this.#leading = false;
    this.#runsLoop = false;
    const loops = this.#running;
    this.#running = [];
    await Promise.all(loops.map(async (loop) => loop.stop()));
  }

  #startRuns(): void {
    if (!this.#leading || !this.#temporalReady || this.#runsLoop) return;
    this.#runsLoop = true;
    const { hub, caches, temporal, log } = this.#options;
    this.#start(new RunController({ hub, caches, temporal, log }));
  }

  #start(loop: Loop): void {
    this.#running.push(loop);
    Promise.resolve(loop.start()).catch((error: unknown) => {
      this.#options.log.error({ error }, 'A loop of the hub could not be started');
    });
  }

  /** Refused at once while Temporal is away: the loop asks again. */
  readonly #removeEverywhere = async (placement: { name: string; uid: string }): Promise<void> => {
    if (!this.#temporalReady) throw new Error('The removal has to wait for Temporal, which has not answered yet.');
    await removeEverywhere(this.#options.temporal, placement);
  };
}
