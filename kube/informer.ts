/** A live copy of the objects of one kind: list, then watch, for as long as it is wanted. */
import { setMaxListeners } from 'node:events';
import type { KubernetesObject, ResourceDefinition } from '../api/meta.ts';
import { backoffDelay, delay } from './backoff.ts';
import type { KubernetesClient } from './client.ts';
import { KubernetesError, isUnreachable } from './errors.ts';
import type { KubernetesErrorClass } from './errors.ts';
import type { WatchEvent } from './watch.ts';

/** What happened to an object. `previous` is the copy held until then; a deleted object comes in its last state. */
export interface InformerEvent<T extends KubernetesObject> {
  type: 'added' | 'modified' | 'deleted';
  object: T;
  previous?: T;
}

export interface InformerOptions<T extends KubernetesObject> {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /**
   * What of an object is kept; without it all of it is. Must keep name, namespace, uid and resourceVersion, and is for
   * kinds with much in them that nobody reads.
   */
  keep?(object: T): T;
  /** Called for every change after the copy was updated. What it throws goes to `onError` and stops nothing. */
  onEvent?(event: InformerEvent<T>): void;
  /** Called for every failure; the informer goes on by itself. `count` counts failures of one kind in a row, from 1. */
  onError?(error: unknown, count: number): void;
  /** How often everything is read anew, to repair what a watch missed. @default 600000 */
  relistIntervalMs?: number;
  /** Silence after which a watch is made anew; bookmarks come about every minute. @default 90000 */
  idleTimeoutMs?: number;
}

/**
 * Keeps a copy of all objects of a kind that match, without their `managedFields`.
 * The objects are shared: whoever wants to change one copies it first.
 *
 * Events may repeat and may skip states in between, but the last state of every object is always told.
 */
export class Informer<T extends KubernetesObject> {
  /** Resolves when the first list is in; rejects when the informer is stopped before. */
  readonly synced: Promise<void>;
  readonly #client: KubernetesClient;
  readonly #definition: ResourceDefinition<T>;
  readonly #options: InformerOptions<T>;
  readonly #firstList = Promise.withResolvers<undefined>();
  readonly #stopping = new AbortController();
  readonly #waiters = new Set<() => void>();
  #objects = new Map<string, T>();
  /** Where the next watch begins; `undefined` asks for a list first. */
  #resourceVersion: string | undefined;
  #listDue = 0;
  #lastFailure: { errorClass: KubernetesErrorClass | undefined; count: number } | undefined;
  #started = false;

  constructor(client: KubernetesClient, definition: ResourceDefinition<T>, options: InformerOptions<T> = {}) {
    this.#client = client;
    this.#definition = definition;
    this.#options = options;
    this.synced = this.#firstList.promise;
    // Nobody has to wait for it.
    this.synced.catch(() => undefined);
    setMaxListeners(0, this.#stopping.signal);
  }

  /** Begins; a second call does nothing. */
  start(): void {
    if (!this.#started) {
      this.#started = true;
      void this.#run();
    }
  }

  /** All objects, in no particular order. */
  items(): T[] {
    return [...this.#objects.values()];
  }

  get(name: string, namespace?: string): T | undefined {
    return this.#objects.get(keyOf(name, namespace));
  }

  /**
   * Waits until an object is as wanted; looks at those already there first.
   * @param timeoutMs how long at most
   */
  waitFor(predicate: (object: T) => boolean, timeoutMs: number): Promise<T> {
    return this.#wait(() => this.#objects.values().find(predicate), timeoutMs, 'became as expected');
  }

  /** Waits until an object is not there (any more). Only meaningful after {@link synced}. */
  async waitUntilGone(name: string, namespace: string | undefined, timeoutMs: number): Promise<void> {
    const gone = (): true | undefined => (this.get(name, namespace) === undefined ? true : undefined);
    await this.#wait(gone, timeoutMs, `called ${name} went away`);
  }

  /** Ends everything: the watch, waits and timers. The copy stays readable. */
  stop(): void {
    this.#stopping.abort(new Error(`The informer of ${this.#definition.plural} was stopped.`));
    this.#firstList.reject(this.#stopping.signal.reason);
  }

  get #signal(): AbortSignal {
    return this.#stopping.signal;
  }

  async #run(): Promise<void> {
    while (!this.#signal.aborted) {
      const began = Date.now();
      try {
        await this.#listWhenDue();
        const end = await this.#watch();
        if (end === 'closed' && Date.now() - began < shortWatchMs && Date.now() < this.#listDue) {
          throw this.#endedAtOnce();
        }
        this.#lastFailure = undefined;
      } catch (error) {
        await this.#failed(error, Date.now() - began);
      }
    }
  }

  async #failed(error: unknown, lastedMs: number): Promise<void> {
    if (this.#signal.aborted) {
      return;
    }
    const errorClass = error instanceof KubernetesError ? error.errorClass : undefined;
    // After a watch that lived for a while, or trouble of another kind, counting begins anew.
    const again = lastedMs < settledWatchMs && this.#lastFailure?.errorClass === errorClass;
    const count = again ? (this.#lastFailure?.count ?? 0) + 1 : 1;
    this.#lastFailure = { errorClass, count };
    this.#report(error, count);
    this.#forgetVersionAfter(error);
    await this.#pause(count, error);
  }

  #endedAtOnce(): KubernetesError {
    const cluster = this.#client.name;
    return new KubernetesError(
      `Cluster ${cluster} ended the watch of ${this.#definition.plural} as soon as it had begun.`,
      { errorClass: 'server', cluster },
    );
  }

  /**
   * Only what says nothing about our version lets the next watch resume from it. A server that lost its data does not
   * answer a watch from a version that is still to come.
   */
  #forgetVersionAfter(error: unknown): void {
    const resumable =
      error instanceof KubernetesError &&
      ['unreachable', 'throttled', 'unauthorised'].includes(error.errorClass) &&
      error.reason !== 'Timeout';
    if (!resumable) {
      this.#resourceVersion = undefined;
    }
  }

  async #pause(failures: number, error?: unknown): Promise<void> {
    const backoff = isUnreachable(error) ? unreachableBackoff : failureBackoff;
    const asked = error instanceof KubernetesError ? (error.retryAfterMs ?? 0) : 0;
    await delay(Math.max(asked, backoffDelay(backoff, failures)), this.#signal).catch(() => undefined);
  }

  async #listWhenDue(): Promise<void> {
    if (this.#resourceVersion !== undefined && Date.now() < this.#listDue) {
      return;
    }
    const { namespace, labelSelector, fieldSelector, relistIntervalMs = 600_000 } = this.#options;
    const list = await this.#client.list(this.#definition, {
      namespace,
      labelSelector,
      fieldSelector,
      signal: this.#signal,
    });
    this.#replaceAll(list.items);
    this.#resourceVersion = list.resourceVersion;
    // Many informers that began together must not relist together.
    this.#listDue = Date.now() + relistIntervalMs * (0.9 + Math.random() / 5);
    this.#firstList.resolve(undefined);
  }

  /** @returns 'quiet' when nothing was heard for so long that the watch is made anew, 'closed' when the server ended it */
  async #watch(): Promise<'quiet' | 'closed'> {
    const { namespace, labelSelector, fieldSelector, idleTimeoutMs = 90_000 } = this.#options;
    const untilList = this.#listDue - Date.now();
    const relist = AbortSignal.timeout(Math.max(0, Math.ceil(untilList)));
    const timeoutSeconds = 240 + Math.floor(Math.random() * 240);
    const events = this.#client.watch(this.#definition, {
      namespace,
      labelSelector,
      fieldSelector,
      resourceVersion: this.#resourceVersion ?? '',
      timeoutSeconds,
      idleTimeoutMs,
      signal: AbortSignal.any([this.#signal, relist]),
    });
    try {
      for await (const event of events) {
        if (this.#signal.aborted) {
          return 'closed';
        }
        this.#apply(event);
      }
      return 'closed';
    } catch (error) {
      // A kind of which nothing is heard is common where nothing changes; a dead connection is noticed elsewhere.
      const isQuiet = error instanceof KubernetesError && error.reason === 'Silence';
      if (!relist.aborted && !isQuiet) {
        throw error;
      }
      return isQuiet ? 'quiet' : 'closed';
    }
  }

  #apply(event: WatchEvent<T>): void {
    const { object } = event;
    this.#lastFailure = undefined;
    this.#resourceVersion = object.metadata.resourceVersion;
    if (event.type === 'BOOKMARK') {
      return;
    }
    const key = keyOf(object.metadata.name, object.metadata.namespace);
    if (event.type === 'DELETED') {
      this.#remove(key, object);
    } else {
      this.#put(key, object);
    }
  }

  #replaceAll(items: T[]): void {
    const keys = new Set(items.map(({ metadata }) => keyOf(metadata.name, metadata.namespace)));
    for (const [key, object] of this.#objects) {
      if (!keys.has(key)) {
        this.#remove(key, object);
      }
    }
    for (const item of items) {
      this.#put(keyOf(item.metadata.name, item.metadata.namespace), item);
    }
  }

  #put(key: string, whole: T): void {
    delete whole.metadata.managedFields;
    const object = this.#options.keep?.(whole) ?? whole;
    const previous = this.#objects.get(key);
    if (previous !== undefined && previous.metadata.uid !== object.metadata.uid) {
      // Deleted and created again while nobody looked.
      this.#remove(key, previous);
      this.#put(key, object);
      return;
    }
    if (previous?.metadata.resourceVersion === object.metadata.resourceVersion && previous !== undefined) {
      return;
    }
    this.#objects.set(key, object);
    this.#tell(previous === undefined ? { type: 'added', object } : { type: 'modified', object, previous });
  }

  #remove(key: string, object: T): void {
    delete object.metadata.managedFields;
    const previous = this.#objects.get(key);
    if (this.#objects.delete(key)) {
      this.#tell({ type: 'deleted', object, previous });
    }
  }

  #tell(event: InformerEvent<T>): void {
    try {
      this.#options.onEvent?.(event);
    } catch (error) {
      this.#report(error, 1);
    }
    for (const look of this.#waiters) {
      look();
    }
  }

  #report(error: unknown, count: number): void {
    this.#options.onError?.(error, count);
  }

  #wait<R>(check: () => R | undefined, timeoutMs: number, expectation: string): Promise<R> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(look);
        this.#signal.removeEventListener('abort', onStop);
      };
      const look = (): void => {
        const result = check();
        if (result !== undefined) {
          end();
          resolve(result);
        }
      };
      const onStop = (): void => {
        end();
        reject(this.#signal.reason as Error);
      };
      const timer = setTimeout(() => {
        end();
        reject(new Error(`No ${this.#definition.kind} ${expectation} within ${String(timeoutMs)} ms.`));
      }, timeoutMs);
      this.#waiters.add(look);
      this.#signal.addEventListener('abort', onStop, { once: true });
      look();
    });
  }
}

/** A refused connection costs next to nothing, and whoever waits for a restarted server wants to see it at once. */
const unreachableBackoff = { firstMs: 100, maxMs: 1_000 };
const failureBackoff = { firstMs: 100, maxMs: 5_000 };

/** A watch that ends sooner than this counts as a failure, so that a broken proxy does not cause a storm. */
const shortWatchMs = 1_000;

/** Longer than any request may take: what lasted so long was a watch that worked. */
const settledWatchMs = 20_000;

function keyOf(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
