/** The loops of the hub, which run in one worker at a time: in the one that holds the hub's Lease. */
import type { Client } from '@temporalio/client';
import type { HubCaches } from '../controllers/caches.ts';
import { EvictionController } from '../controllers/evictions/controller.ts';
import { MemberController, type Prices } from '../controllers/members/index.ts';
import { PlacementController, type PlacementRollouts } from '../controllers/placements/index.ts';
import { RunController } from '../controllers/runs/runController.ts';
import { RunMetricsRecorder } from '../controllers/runs/runMetricsRecorder.ts';
import type { RunMetricsSink } from '../controllers/runs/runMetricsRecorder.ts';
import type { KubernetesClient } from '../kube/client.ts';
import type { QueueFigures } from '../kube/workqueue.ts';
import type { MemberPool } from '../kube/pool.ts';
import type { Configuration } from './configuration.ts';
import type { Logger } from './logger.ts';
import { placementRollouts } from './rollouts.ts';

export interface LoopsOptions {
  hub: KubernetesClient;
  members: MemberPool;
  caches: HubCaches;
  temporal: Client;
  runMetrics: RunMetricsSink;
  configuration: Configuration;
  prices: Prices | undefined;
  log: Logger;
}

interface Loop {
  /** Absent where the loop only listens. */
  readonly queue?: QueueFigures;
  start(): void | Promise<void>;
  stop(): void | Promise<void>;
}

/**
 * Starts and stops the loops. Those that need only the hub run whenever the Lease is held; the one that starts workflows
 * also waits until the Temporal namespace is known to belong to this hub.
 */
export class Loops {
  readonly #options: LoopsOptions;
  /** By the names that metrics have for them. */
  #running = new Map<string, Loop>();
  #leading = false;
  #temporalReady = false;
  #runsLoop = false;

  constructor(options: LoopsOptions) {
    this.#options = options;
  }

  /** The Lease is ours. */
  lead(): void {
    this.#leading = true;
    const { hub, members, caches, runMetrics, configuration, prices, log } = this.#options;
    const settings = configuration;
    this.#start(
      'members',
      new MemberController({ hub, pool: members, caches, settings, ...(prices && { prices }), log }),
    );
    this.#start('placements', new PlacementController({ hub, caches, settings, rollouts: this.#rollouts(), log }));
    this.#start('evictions', new EvictionController({ hub, log }));
    this.#start('runMetrics', new RunMetricsRecorder({ caches, sink: runMetrics }));
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
    const loops = [...this.#running.values()];
    this.#running = new Map();
    await Promise.all(loops.map(async (loop) => loop.stop()));
  }

  /** The queues of the loops that run, by loop. */
  queues(): Map<string, QueueFigures> {
    return new Map([...this.#running].flatMap(([name, { queue }]) => (queue === undefined ? [] : [[name, queue]])));
  }

  #startRuns(): void {
    if (!this.#leading || !this.#temporalReady || this.#runsLoop) return;
    this.#runsLoop = true;
    const { hub, caches, temporal, log } = this.#options;
    this.#start('runs', new RunController({ hub, caches, temporal, log }));
  }

  #start(name: string, loop: Loop): void {
    this.#running.set(name, loop);
    Promise.resolve(loop.start()).catch((error: unknown) => {
      this.#options.log.error({ error, loop: name }, 'A loop of the hub could not be started');
    });
  }

  /** Refused at once while Temporal is away: the loop asks again. */
  #rollouts(): PlacementRollouts {
    const reached = placementRollouts(this.#options.temporal);
    const requireTemporal = (): void => {
      if (!this.#temporalReady)
        throw new Error('Rolling updates have to wait for Temporal, which has not answered yet.');
    };
    return {
      begin: async (placement) => {
        requireTemporal();
        await reached.begin(placement);
      },
      wake: async (placement) => {
        requireTemporal();
        await reached.wake(placement);
      },
    };
  }
}
