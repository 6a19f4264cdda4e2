/**
 * Watch caches of the hub's own kinds, opened once and shared by every loop. They serve triggers, decisions that a
 * resourceVersion check guards, and status; what must not be stale is read from the API server instead.
 */
import {
  kinds,
  kindsIn,
  placementKinds,
  type ClusterResourcePlacementStatus,
  type PlacementKinds,
} from '../api/kinds.ts';
import { labels } from '../api/labels.ts';
import type { KubernetesObject, ResourceDefinition } from '../api/meta.ts';
import { formatReference, inScopeOf, type ObjectReference } from '../api/references.ts';
import type { ClusterApprovalRequest } from '../api/types/clusterapprovalrequest.ts';
import type { ClusterResourceBinding } from '../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../api/types/clusterresourceplacement.ts';
import type { ClusterResourceSnapshot } from '../api/types/clusterresourcesnapshot.ts';
import type { ClusterSchedulingPolicySnapshot } from '../api/types/clusterschedulingpolicysnapshot.ts';
import type { ClusterStagedUpdateRun } from '../api/types/clusterstagedupdaterun.ts';
import type { ClusterStagedUpdateStrategy } from '../api/types/clusterstagedupdatestrategy.ts';
import type { MemberCluster } from '../api/types/membercluster.ts';
import type { KubernetesClient } from '../kube/client.ts';
import { Informer, type InformerEvent } from '../kube/informer.ts';

/** What is cached, by role; the roles of {@link PlacementKinds} hold the objects of both scopes. */
interface CachedObjects {
  placement: ClusterResourcePlacement;
  policySnapshot: ClusterSchedulingPolicySnapshot;
  resourceSnapshot: ClusterResourceSnapshot;
  binding: ClusterResourceBinding;
  memberCluster: MemberCluster;
  statusCopy: ClusterResourcePlacementStatus;
  strategy: ClusterStagedUpdateStrategy;
  run: ClusterStagedUpdateRun;
  approvalRequest: ClusterApprovalRequest;
}

export type CachedKind = keyof CachedObjects;

/** The object type behind a cached kind. */
export type CachedObject<K extends CachedKind> = CachedObjects[K];

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
    const open = (kind: CachedKind, definitions: ResourceDefinition[]): void => {
      this.#caches.set(kind, new KindCache(hub, definitions, (error) => options.onError?.(kind, error)));
    };
    for (const kind of Object.keys(kindsIn({})) as (keyof PlacementKinds)[]) {
      open(
        kind,
        placementKinds.map((scope) => scope[kind]),
      );
    }
    open('memberCluster', [kinds.memberCluster]);
    open('statusCopy', [kinds.statusCopy]);
    this.synced = Promise.all([...this.#caches.values()].map((cache) => cache.synced)).then(() => undefined);
    // Nobody has to wait for it.
    this.synced.catch(() => undefined);
  }

  get<K extends CachedKind>(kind: K, reference: ObjectReference): CachedObject<K> | undefined {
    return this.#cache(kind).get(reference) as CachedObject<K> | undefined;
  }

  /** All objects of both scopes. */
  items<K extends CachedKind>(kind: K): CachedObject<K>[] {
    return this.#cache(kind).items() as CachedObject<K>[];
  }

  /** Objects in a placement's scope that carry its name in the label `parent-CRP`: its snapshots or bindings. */
  ofPlacement<K extends CachedKind>(kind: K, placement: ObjectReference): CachedObject<K>[] {
    const found = this.#cache(kind).byPlacement.get(formatReference(placement));
    return [...(found?.values() ?? [])] as CachedObject<K>[];
  }

  /** Tells `listener` of every change from now on; what is in the cache already is not replayed. Returns the way out. */
  on<K extends CachedKind>(kind: K, listener: CacheListener<K>): () => void {
    const { listeners } = this.#cache(kind);
    const entry = listener as unknown as (event: InformerEvent<KubernetesObject>) => void;
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  stop(): void {
    for (const cache of this.#caches.values()) cache.stop();
  }

  #cache(kind: CachedKind): KindCache {
    const cache = this.#caches.get(kind);
    if (cache === undefined) throw new Error(`There is no cache of ${kind}; add it to controllers/caches.ts.`);
    return cache;
  }
}

/** One kind in its scopes: its informers, who listens, and an index by placement so that no loop walks a whole fleet. */
class KindCache {
  readonly synced: Promise<unknown>;
  readonly listeners = new Set<(event: InformerEvent<KubernetesObject>) => void>();
  readonly byPlacement = new Map<string, Map<string, KubernetesObject>>();
  readonly #informers: Informer<KubernetesObject>[];

  constructor(hub: KubernetesClient, definitions: ResourceDefinition[], onError: (error: unknown) => void) {
    const onEvent = (event: InformerEvent<KubernetesObject>): void => {
      this.#changed(event);
    };
    this.#informers = definitions.map((definition) => new Informer(hub, definition, { onEvent, onError }));
    this.synced = Promise.all(this.#informers.map((informer) => informer.synced));
    for (const informer of this.#informers) informer.start();
  }

  /** Each informer holds objects of one scope only, so at most one of them knows the reference. */
  get({ name, namespace }: ObjectReference): KubernetesObject | undefined {
    for (const informer of this.#informers) {
      const object = informer.get(name, namespace);
      if (object !== undefined) return object;
    }
    return undefined;
  }

  items(): KubernetesObject[] {
    return this.#informers.flatMap((informer) => informer.items());
  }

  stop(): void {
    for (const informer of this.#informers) informer.stop();
  }

  #changed(event: InformerEvent<KubernetesObject>): void {
    this.#index(event);
    for (const listener of this.listeners) listener(event);
  }

  #index({ type, object, previous }: InformerEvent<KubernetesObject>): void {
    const { name } = object.metadata;
    const parent = type === 'deleted' ? undefined : parentPlacement(object);
    const former = parentPlacement(previous ?? object);
    if (former !== undefined && (parent === undefined || formatReference(former) !== formatReference(parent))) {
      const key = formatReference(former);
      const siblings = this.byPlacement.get(key);
      siblings?.delete(name);
      if (siblings?.size === 0) this.byPlacement.delete(key);
    }
    if (parent === undefined) return;
    const key = formatReference(parent);
    const siblings = this.byPlacement.get(key) ?? new Map<string, KubernetesObject>();
    siblings.set(name, object);
    this.byPlacement.set(key, siblings);
  }
}

/** The placement that an object belongs to, as its label `parent-CRP` says; it has the same name in both scopes. */
export function parentPlacement({ metadata }: KubernetesObject): ObjectReference | undefined {
  const name = metadata.labels?.[labels.parentPlacement];
  return name === undefined ? undefined : inScopeOf(metadata, name);
}
