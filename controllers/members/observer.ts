/**
 * What is known of one member besides its health: nodes by a watch, pods by a list now and then. A watch of all pods of
 * a thousand members would be most of what the worker does, for a number that few placements ask for.
 */
import type { ResourceDefinition } from '../../api/meta.ts';
import {
  costsOf,
  requestedBy,
  resourcesOf,
  type Observation,
  type Pod,
  type PriceList,
  type Requested,
} from '../../domain/members/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { Slots } from '../../kube/slots.ts';
import { NodeWatch } from './nodeWatch.ts';

const podKind: ResourceDefinition<Pod> = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };
const unfinished = 'status.phase!=Succeeded,status.phase!=Failed';

/** A member with many pods answers in pages. */
const podsTimeoutMs = 60_000;

export interface ObserverOptions {
  /** Something has changed that {@link MemberObserver.look} would tell. May be called in bursts. */
  onChange(): void;
  /** Those that hold at this moment; undefined where there are none at all. */
  prices(): PriceList | undefined;
  /** Shared by all members: lists of pods are large. */
  podLists: Slots;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Look {
  /** Whether everything is to be looked at, not only what has changed by itself. */
  due: boolean;
  /** Milliseconds after which pods are listed again; only asked for when that may be due. */
  usageIntervalMs(): number;
}

export class MemberObserver {
  readonly #options: ObserverOptions;
  readonly #nodes: NodeWatch;
  readonly #stopping = new AbortController();
  #hasChanged = false;
  #requested: Requested | undefined;
  #requestedAt = -Infinity;
  #podsTrouble: string | undefined;
  #isListingPods = false;

  constructor(options: ObserverOptions) {
    this.#options = options;
    this.#nodes = new NodeWatch(() => {
      this.#changed();
    });
  }

  /** Never throws: what cannot be read is told. Undefined if there is nothing new to tell. */
  async look(client: KubernetesClient, signal: AbortSignal, look: Look): Promise<Observation | undefined> {
    if (!look.due && !this.#hasChanged) return undefined;
    this.#hasChanged = false;
    if (!look.due) return { ...this.#sums(), ...this.#troubleOf(undefined) };
    const [version, nodes] = await Promise.allSettled([client.version(signal), this.#nodes.follow(client, signal)]);
    if (nodes.status === 'fulfilled') this.#readPods(client, nodes.value.length, look.usageIntervalMs);
    const failed = [version, nodes].find(({ status }) => status === 'rejected');
    return {
      ...(version.status === 'fulfilled' && { kubernetesVersion: version.value.gitVersion }),
      ...(nodes.status === 'fulfilled' && this.#sums()),
      ...this.#troubleOf(failed, signal),
    };
  }

  /** What is known has not been told, or not as it counts now: the next look tells it. */
  untold(): void {
    this.#hasChanged = true;
  }

  /** The member does not answer: what watches it would only try in vain. */
  pause(): void {
    this.#nodes.stop();
  }

  stop(): void {
    this.#stopping.abort(new Error('The member is no longer observed.'));
    this.#nodes.stop();
  }

  #sums(): Pick<Observation, 'nodes' | 'costs'> {
    const { nodes } = this.#nodes;
    if (nodes === undefined) return {};
    const prices = this.#options.prices();
    return { nodes: resourcesOf(nodes, this.#requested), ...(prices && { costs: costsOf(nodes, prices) }) };
  }

  #troubleOf(failed: PromiseSettledResult<unknown> | undefined, signal?: AbortSignal): Pick<Observation, 'trouble'> {
    if (failed?.status === 'rejected') {
      const reason = signal?.aborted === true ? 'TimedOut' : 'FailedToCollect';
      return { trouble: { reason, message: sentence(failed.reason) } };
    }
    if (this.#podsTrouble === undefined) return {};
    return { trouble: { reason: 'FailedToCollect', message: this.#podsTrouble } };
  }

  /** In the background: health does not wait for a long list. */
  #readPods(client: KubernetesClient, nodeCount: number, intervalMs: () => number): void {
    if (nodeCount === 0) {
      // Without nodes nothing runs.
      this.#requested = requestedBy([]);
      this.#podsTrouble = undefined;
      return;
    }
    const { now } = this.#options;
    if (this.#isListingPods || now() - this.#requestedAt < intervalMs()) return;
    this.#isListingPods = true;
    void this.#requestedOn(client)
      .then(
        (requested) => {
          this.#requested = requested;
          this.#podsTrouble = undefined;
        },
        (error: unknown) => {
          this.#podsTrouble = sentence(error);
        },
      )
      .finally(() => {
        this.#isListingPods = false;
        this.#requestedAt = now();
        if (!this.#stopping.signal.aborted) this.#changed();
      });
  }

  async #requestedOn(client: KubernetesClient): Promise<Requested> {
    const { podLists } = this.#options;
    await podLists.take(this.#stopping.signal);
    try {
      const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(podsTimeoutMs)]);
      const { items } = await client.list(podKind, { fieldSelector: unfinished, signal });
      return requestedBy(items);
    } finally {
      podLists.release();
    }
  }

  #changed(): void {
    this.#hasChanged = true;
    this.#options.onChange();
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
