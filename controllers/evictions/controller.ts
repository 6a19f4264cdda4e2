/** The loop that decides evictions and lets the bindings go that they are about. */
import type { Logger } from 'pino';
import { conditionAt, setCondition } from '../../api/conditions.ts';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import type { ClusterResourcePlacementEviction } from '../../api/types/clusterresourceplacementeviction.ts';
import { decideEviction, isDecided } from '../../domain/evictions/decideEviction.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import { WorkQueue, type QueueFigures } from '../../kube/workqueue.ts';

export interface EvictionControllerDependencies {
  hub: KubernetesClient;
  log: Logger;
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number;
}

/** One after the other: each sees what the ones before have taken, so that together they keep within a budget. */
const concurrency = 1;

export class EvictionController {
  readonly #hub: KubernetesClient;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #evictions: Informer<ClusterResourcePlacementEviction>;
  readonly #queue: WorkQueue;

  constructor({ hub, log, now = Date.now }: EvictionControllerDependencies) {
    this.#hub = hub;
    this.#log = log.child({ loop: 'evictions' });
    this.#now = now;
    this.#evictions = new Informer(hub, kinds.eviction, {
      onEvent: ({ type, object }) => {
        if (type !== 'deleted' && !isDecided(object)) this.#queue.add(object.metadata.name);
      },
      onError: (error) => {
        this.#log.debug({ err: error }, 'Cannot watch evictions; trying again.');
      },
    });
    this.#queue = new WorkQueue({
      concurrency,
      process: (name) => this.#decide(name),
      onError: (eviction, error, attempt) => {
        this.#log.warn({ eviction, attempt, err: error }, 'An eviction could not be decided; trying again.');
      },
    });
  }

  /** How much the loop has to do. */
  get queue(): QueueFigures {
    return this.#queue;
  }

  start(): void {
    this.#evictions.start();
  }

  async stop(): Promise<void> {
    this.#evictions.stop();
    await this.#queue.stop();
  }

  /**
   * Decides by what the hub holds now, not by caches. The binding goes before the eviction says so: whoever takes over
   * in between finds the removal under way.
   */
  async #decide(name: string): Promise<void> {
    const eviction = await this.#hub.find(kinds.eviction, name);
    if (eviction === undefined || isDecided(eviction)) return;
    const { placementName, clusterName } = eviction.spec;
    const [placement, bindings, budget] = await Promise.all([
      this.#hub.find(clusterKinds.placement, placementName),
      this.#hub.list(clusterKinds.binding, { labelSelector: `${labels.parentPlacement}=${placementName}` }),
      this.#hub.find(kinds.disruptionBudget, placementName),
    ]);
    const { conditions, remove } = decideEviction({ eviction, placement, bindings: bindings.items, budget });
    if (remove !== undefined) {
      const { uid, resourceVersion } = remove.metadata;
      await this.#hub.delete(clusterKinds.binding, remove.metadata.name, { uid, resourceVersion });
    }
    await this.#write(eviction, conditions);
    const decided = conditions.at(-1)?.message;
    this.#log.info({ eviction: name, placement: placementName, cluster: clusterName, decided }, 'Decided an eviction.');
  }

  async #write(
    eviction: ClusterResourcePlacementEviction,
    contents: ReturnType<typeof decideEviction>['conditions'],
  ): Promise<void> {
    const { generation = 1 } = eviction.metadata;
    const time = rfc3339(this.#now());
    const conditions = contents.reduce(
      (list, content) => setCondition(list, conditionAt(content, generation, time)),
      eviction.status?.conditions ?? [],
    );
    await this.#hub.replaceStatus(kinds.eviction, { ...eviction, status: { ...eviction.status, conditions } });
  }
}
