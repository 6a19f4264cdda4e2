/**
 * Watch caches of the kinds that placements select, open only while a placement needs them. A Namespace selector
 * needs every namespaced kind, so an idle hub watches nothing and a busy one each kind once.
 */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer, type InformerEvent } from '../../kube/informer.ts';

export interface ResourceCachesOptions {
  hub: KubernetesClient;
  /** An object of a kind in use changed. `users` are the placements that need the kind. */
  onEvent(definition: ResourceDefinition, event: InformerEvent<KubernetesObject>, users: ReadonlySet<string>): void;
  /** A kind can be read from now on. */
  onSynced(definition: ResourceDefinition, users: ReadonlySet<string>): void;
  /** A watch failed and is tried again. */
  onError(definition: ResourceDefinition, error: unknown): void;
}

interface OpenCache {
  definition: ResourceDefinition;
  informer: Informer<KubernetesObject>;
  users: Set<string>;
  synced: boolean;
}

/** See the head of this file. */
export class ResourceCaches {
  readonly #options: ResourceCachesOptions;
  readonly #open = new Map<string, OpenCache>();

  constructor(options: ResourceCachesOptions) {
    this.#options = options;
  }

  /**
   * Says which kinds `user` needs from now on: opens what is missing, closes what nobody needs any more.
   * @returns the kinds that cannot be read yet; `onSynced` tells when they can.
   */
  use(user: string, definitions: ResourceDefinition[]): ResourceDefinition[] {
    const wanted = new Map(definitions.map((definition) => [keyOf(definition), definition]));
    for (const [key, definition] of wanted) this.#ensure(key, definition).users.add(user);
    for (const [key, cache] of this.#open) if (!wanted.has(key)) this.#leave(key, cache, user);
    return [...wanted].filter(([key]) => this.#open.get(key)?.synced !== true).map(([, definition]) => definition);
  }

  /** `user` needs nothing any more. */
  release(user: string): void {
    for (const [key, cache] of this.#open) this.#leave(key, cache, user);
  }

  /** What the cache of a kind holds; nothing if it is not open. */
  items(definition: ResourceDefinition): KubernetesObject[] {
    return this.#open.get(keyOf(definition))?.informer.items() ?? [];
  }

  get(definition: ResourceDefinition, name: string, namespace?: string): KubernetesObject | undefined {
    return this.#open.get(keyOf(definition))?.informer.get(name, namespace);
  }

  stop(): void {
    for (const cache of this.#open.values()) cache.informer.stop();
    this.#open.clear();
  }

  #ensure(key: string, definition: ResourceDefinition): OpenCache {
    const existing = this.#open.get(key);
    if (existing !== undefined) return existing;
    const users = new Set<string>();
    const informer = new Informer(this.#options.hub, definition, {
      onEvent: (event) => {
        if (cache.synced) this.#options.onEvent(definition, event, users);
      },
      onError: (error) => {
        this.#options.onError(definition, error);
      },
    });
    const cache: OpenCache = { definition, informer, users, synced: false };
    this.#open.set(key, cache);
    informer.start();
    informer.synced.then(
      () => {
        if (this.#open.get(key) !== cache) return;
        cache.synced = true;
        this.#options.onSynced(definition, users);
      },
      () => undefined,
    );
    return cache;
  }

  #leave(key: string, cache: OpenCache, user: string): void {
    cache.users.delete(user);
    if (cache.users.size > 0) return;
    cache.informer.stop();
    this.#open.delete(key);
  }
}

function keyOf({ group, version, plural }: ResourceDefinition): string {
  return `${group}/${version}/${plural}`;
}
