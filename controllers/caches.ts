/**
 * Watch caches of the hub's own kinds, opened once and shared by every loop. They serve triggers, decisions that a
 * resourceVersion check guards, and status; what must not be stale is read from the API server instead.
 */
import { kinds } from '../api/kinds.ts';
import { labels } from '../api/labels.ts';
import type { KubernetesObject, ResourceDefinition } from '../api/meta.ts';
import type { KubernetesClient } from '../kube/client.ts';
import { Informer, type InformerEvent } from '../kube/informer.ts';

/** The kinds that are cached, under the names they have in {@link kinds}. */
const definitions = {
  placement: kinds.placement,
  policySnapshot: kinds.policySnapshot,
  resourceSnapshot: kinds.resourceSnapshot,
  binding: kinds.binding,
  memberCluster: kinds.memberCluster,
  strategy: kinds.strategy,
  run: kinds.run,
  approvalRequest: kinds.approvalRequest,
} as const;

export type CachedKind = keyof typeof definitions;

/** The object type behind a cached kind. */
export type CachedObject<K extends CachedKind> =
  (typeof definitions)[K] extends ResourceDefinition<infer T> ? T : never;

/** Called after the cache holds the new state. Must not throw; put the work into a queue. */
export type CacheListener<K extends CachedKind> = (event: InformerEvent<CachedObject<K>>) => void;

export interface HubCachesOptions {
  /** A watch failed and is tried again; for the log. */
  onError?(kind: CachedKind, error: unknown): void;
}

/** Opens the caches of `hub`; await {@link HubCaches.synced} before relying on them. */
export function startHubCaches(hub: KubernetesClient, options: HubCachesOptions = {}): HubCaches {
  return new HubCaches(hub, options);
}

/** See {@link startHubCaches}. */
export class HubCaches {
  /** Resolves once every kind has been listed. */
  readonly synced: Promise<void>;
  readonly #caches = new Map<CachedKind, KindCache>();

  constructor(hub: KubernetesClient, options: HubCachesOptions) {
    for (const [kind, definition] of Object.entries(definitions) as [CachedKind, ResourceDefinition][]) {
      this.#caches.set(kind, new KindCache(hub, definition, (error) => options.onError?.(kind, error)));
    }
    this.synced = Promise.all([...this.#caches.values()].map((cache) => cache.informer.synced)).then(() => undefined);
    // Nobody has to wait for it.
    this.synced.catch(() => undefined);
  }

  get<K extends CachedKind>(kind: K, name: string): CachedObject<K> | undefined {
    return this.#cache(kind).informer.get(name) as CachedObject<K> | undefined;
  }

  items<K extends CachedKind>(kind: K): CachedObject<K>[] {
    return this.#cache(kind).informer.items() as unknown as CachedObject<K>[];
  }

  /** Objects that carry the label `parent-CRP` of a placement: its snapshots or bindings. */
  ofPlacement<K extends CachedKind>(kind: K, placement: string): CachedObject<K>[] {
    return [...(this.#cache(kind).byPlacement.get(placement)?.values() ?? [])] as unknown as CachedObject<K>[];
  }

  /** Tells `listener` of every change from now on; what is in the cache already is not replayed. Returns the way out. */
  on<K extends CachedKind>(kind: K, listener: CacheListener<K>): () => void {
    const { listeners } = this.#cache(kind);
    const entry = listener as unknown as (event: InformerEvent<KubernetesObject>) => void;
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  stop(): void {
    for (const cache of this.#caches.values()) cache.informer.stop();
  }

  #cache(kind: CachedKind): KindCache {
    const cache = this.#caches.get(kind);
    if (cache === undefined) throw new Error(`There is no cache of ${kind}; add it to controllers/caches.ts.`);
    return cache;
  }
}

/** One kind: its informer, who listens, and an index by placement so that a loop does not walk a whole fleet. */
class KindCache {
  readonly informer: Informer<KubernetesObject>;
  readonly listeners = new Set<(event: InformerEvent<KubernetesObject>) => void>();
  readonly byPlacement = new Map<string, Map<string, KubernetesObject>>();

  constructor(hub: KubernetesClient, definition: ResourceDefinition, onError: (error: unknown) => void) {
    this.informer = new Informer(hub, definition, { onEvent: (event) => this.#changed(event), onError });
    this.informer.start();
  }

  #changed(event: InformerEvent<KubernetesObject>): void {
    this.#index(event);
    for (const listener of this.listeners) listener(event);
  }

  #index({ type, object, previous }: InformerEvent<KubernetesObject>): void {
    const { name } = object.metadata;
    const parent = type === 'deleted' ? undefined : object.metadata.labels?.[labels.parentPlacement];
    const former = (previous ?? object).metadata.labels?.[labels.parentPlacement];
    if (former !== undefined && former !== parent) {
      const siblings = this.byPlacement.get(former);
      siblings?.delete(name);
      if (siblings?.size === 0) this.byPlacement.delete(former);
    }
    if (parent === undefined) return;
    const siblings = this.byPlacement.get(parent) ?? new Map<string, KubernetesObject>();
    siblings.set(name, object);
    this.byPlacement.set(parent, siblings);
  }
}
