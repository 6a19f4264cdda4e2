/** Requests to the API server of one cluster. Objects travel as raw JSON, so fields that nobody here knows survive. */
import type { KubeConfig } from '@kubernetes/client-node';
import { apiVersionOf } from '../api/meta.ts';
import type { KubernetesObject, ResourceDefinition } from '../api/meta.ts';
import type { CredentialSource } from './credentials.ts';
import { discoverResources } from './discovery.ts';
import type { Discovery } from './discovery.ts';
import { KubernetesError, isGone, isKindNotServed, isNotFound } from './errors.ts';
import { unreadableError } from './failures.ts';
import { parseJson, stringifyJson } from './json.ts';
import { LibraryCredentials } from './libraryCredentials.ts';
import { collectionPath, objectPath, queryString, requireNamespace } from './paths.ts';
import type { Query } from './paths.ts';
import { Transport } from './transport.ts';
import type { TransportLimits, TransportRequest } from './transport.ts';
import { readWatch } from './watch.ts';
import type { WatchEvent } from './watch.ts';

/** Of which cluster, and within which limits. */
export interface CommonClientOptions extends Partial<TransportLimits> {
  /** `hub` or the member's name, for errors and logs. */
  name: string;
  /** Called with every failure of class `unauthorised` or `unreachable`. */
  onTrouble?(error: KubernetesError): void;
}

/** Where to connect, as a kubeconfig of the Kubernetes library says. */
export interface ClientOptions extends CommonClientOptions {
  kubeconfig: KubeConfig;
  /** @default the kubeconfig's current context */
  context?: string;
}

/** Which objects of a kind. */
export interface ListOptions {
  /** @default all namespaces */
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  signal?: AbortSignal;
}

/** Common to requests that change something. */
export interface WriteOptions {
  /** The server checks and answers, but stores nothing. */
  dryRun?: boolean;
  signal?: AbortSignal;
}

export interface PatchOptions extends WriteOptions {
  namespace?: string;
  subresource?: 'status';
}

export interface ApplyOptions extends WriteOptions {
  fieldManager: string;
  /** Take over fields that another manager owns; without it they are a `conflict`. */
  force: boolean;
  subresource?: 'status';
}

export interface DeleteOptions {
  namespace?: string;
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  /** Delete only the object with this uid; else `conflict`. */
  uid?: string;
  /** Delete only this version of the object; else `conflict`. */
  resourceVersion?: string;
  signal?: AbortSignal;
}

/** Where a watch begins and when it counts as dead. */
export interface WatchOptions extends Omit<ListOptions, 'signal'> {
  resourceVersion: string;
  /** After which the server ends the watch. */
  timeoutSeconds: number;
  /** Silence after which the connection counts as dead. */
  idleTimeoutMs: number;
  signal: AbortSignal;
}

/** `GET /version`, as far as it is used. */
export interface ServerVersion {
  major: string;
  minor: string;
  /** Such as `v1.35.0`. */
  gitVersion: string;
}

/**
 * Talks to one cluster over one connection.
 *
 * Every method throws {@link KubernetesError}, or the reason of its signal. A request to a busy or failing server is
 * sent again where that is safe, within the time limit of the request.
 */
export class KubernetesClient {
  readonly name: string;
  readonly #transport: Transport;
  readonly #onTrouble: (error: KubernetesError) => void;
  #discovery: Promise<Discovery> | undefined;

  private constructor(source: CredentialSource, options: CommonClientOptions) {
    this.name = options.name;
    this.#onTrouble = (error) => options.onTrouble?.(error);
    this.#transport = new Transport(options.name, source, {
      maxInFlight: options.maxInFlight ?? 64,
      connectTimeoutMs: options.connectTimeoutMs ?? 3_000,
      pingIntervalMs: options.pingIntervalMs ?? 10_000,
      requestTimeoutMs: options.requestTimeoutMs ?? 15_000,
    });
  }

  /** Connects with the first request, not before. */
  static fromKubeconfig({ kubeconfig, context, ...options }: ClientOptions): KubernetesClient {
    return new KubernetesClient(new LibraryCredentials(options.name, kubeconfig, context), options);
  }

  /** Connects with the first request, as {@link fromKubeconfig}. */
  static fromCredentials(source: CredentialSource, options: CommonClientOptions): KubernetesClient {
    return new KubernetesClient(source, options);
  }

  /** @throws KubernetesError of class `notFound` */
  async get<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    name: string,
    namespace?: string,
    signal?: AbortSignal,
  ): Promise<T> {
    return this.#json<T>({
      method: 'GET',
      path: objectPath(definition, name, namespace),
      purpose: describe('get', definition, name, namespace),
      repeatable: true,
      signal,
    });
  }

  /** The object, or `undefined` where there is none. A kind that the cluster does not serve is an error all the same. */
  async find<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    name: string,
    namespace?: string,
    signal?: AbortSignal,
  ): Promise<T | undefined> {
    try {
      return await this.get(definition, name, namespace, signal);
    } catch (error) {
      if (isNotFound(error) && !isKindNotServed(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** Reads all objects, in pages and uncached; `apiVersion` and `kind` are filled in on each. */
  async list<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    options: ListOptions = {},
  ): Promise<{ items: T[]; resourceVersion: string }> {
    try {
      return await this.#listPages(definition, options, 500);
    } catch (error) {
      if (isGone(error)) {
        // The pages took so long that their common version was compacted away.
        return this.#listPages(definition, options, undefined);
      }
      throw error;
    }
  }

  /** `metadata` of all objects and nothing else, which is little even where the objects are large. */
  async listMetadata(definition: ResourceDefinition, options: ListOptions = {}): Promise<KubernetesObject[]> {
    return (await this.#listPages(definition, { ...options, accept: metadataOnly }, 500)).items;
  }

  async create<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    const { name, namespace } = object.metadata;
    requireNamespace(definition, name, namespace);
    return this.#json<T>({
      method: 'POST',
      path: collectionPath(definition, namespace) + queryString(dryRun(options)),
      purpose: describe('create', definition, name, namespace),
      repeatable: false,
      ...jsonBody('application/json', object),
      signal: options.signal,
    });
  }

  /** Replaces an object; the `resourceVersion` in it must still be the server's, else `conflict`. */
  async replace<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#put(definition, object, options);
  }

  /** Replaces an object's status and nothing else, see {@link replace}. */
  async replaceStatus<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    object: T,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#put(definition, object, options, 'status');
  }

  async patch<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    name: string,
    patch: { type: 'json' | 'merge'; body: unknown },
    options: PatchOptions = {},
  ): Promise<T> {
    const { namespace, subresource } = options;
    return this.#json<T>({
      method: 'PATCH',
      path: objectPath(definition, name, namespace, subresource) + queryString(dryRun(options)),
      purpose: describe('patch', definition, name, namespace, subresource),
      repeatable: false,
      ...jsonBody(`application/${patch.type}-patch+json`, patch.body),
      signal: options.signal,
    });
  }

  /** Server-side apply. */
  async apply<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    object: KubernetesObject,
    options: ApplyOptions,
  ): Promise<T> {
    const { name, namespace } = object.metadata;
    const { fieldManager, force, subresource } = options;
    return this.#json<T>({
      method: 'PATCH',
      path:
        objectPath(definition, name, namespace, subresource) + queryString({ fieldManager, force, ...dryRun(options) }),
      purpose: describe('apply', definition, name, namespace, subresource),
      repeatable: true,
      ...jsonBody('application/apply-patch+yaml', object),
      signal: options.signal,
    });
  }

  /** Asks for deletion; finalizers may keep the object for a while. An object that is not there is fine. */
  async delete(definition: ResourceDefinition, name: string, options: DeleteOptions = {}): Promise<void> {
    const { namespace, propagationPolicy, uid, resourceVersion, signal } = options;
    const preconditions = uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion };
    try {
      await this.#text({
        method: 'DELETE',
        path: objectPath(definition, name, namespace),
        purpose: describe('delete', definition, name, namespace),
        repeatable: true,
        ...jsonBody('application/json', { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy, preconditions }),
        signal,
      });
    } catch (error) {
      if (!isNotFound(error)) {
        throw error;
      }
    }
  }

  /** Follows changes from a resourceVersion until the server ends the watch. {@link Informer} is what you want. */
  async *watch<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>, void> {
    const { namespace, labelSelector, fieldSelector, resourceVersion, timeoutSeconds, idleTimeoutMs, signal } = options;
    const query: Query = {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion,
      timeoutSeconds,
      labelSelector,
      fieldSelector,
    };
    const purpose = `watch ${definition.plural}`;
    try {
      const body = await this.#transport.stream({
        method: 'GET',
        path: collectionPath(definition, namespace) + queryString(query),
        purpose,
        repeatable: true,
        signal,
      });
      yield* readWatch<T>(body, { cluster: this.name, purpose }, idleTimeoutMs);
    } catch (error) {
      signal.throwIfAborted();
      throw this.#noticed(error instanceof KubernetesError ? error : this.#transport.networkError(purpose, error));
    }
  }

  /**
   * The kinds that the cluster serves, asked once and remembered.
   * @param options.refresh ask again, as after an object's kind was not found
   */
  async discover(options: { refresh?: boolean; signal?: AbortSignal } = {}): Promise<Discovery> {
    if (this.#discovery === undefined || options.refresh === true) {
      const asked = discoverResources((path, accept) =>
        this.#json({ method: 'GET', path, accept, purpose: `read ${path}`, repeatable: true, signal: options.signal }),
      );
      this.#discovery = asked;
      asked.catch(() => {
        if (this.#discovery === asked) {
          this.#discovery = undefined;
        }
      });
    }
    return this.#discovery;
  }

  /**
   * Asks whether the server is there and ready.
   * @returns the answer's text
   */
  async probe(path: '/readyz' | '/livez' | '/version', signal?: AbortSignal): Promise<string> {
    return this.#text({ method: 'GET', path, accept: '*/*', purpose: `read ${path}`, repeatable: false, signal });
  }

  async version(signal?: AbortSignal): Promise<ServerVersion> {
    return this.#json<ServerVersion>({
      method: 'GET',
      path: '/version',
      purpose: 'read /version',
      repeatable: true,
      signal,
    });
  }

  /** Ends the connection; requests in flight and later ones fail. Stop informers first. */
  async close(): Promise<void> {
    await this.#transport.close();
  }

  async #put<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    object: T,
    options: WriteOptions,
    subresource?: 'status',
  ): Promise<T> {
    const { name, namespace } = object.metadata;
    return this.#json<T>({
      method: 'PUT',
      path: objectPath(definition, name, namespace, subresource) + queryString(dryRun(options)),
      purpose: describe('replace', definition, name, namespace, subresource),
      repeatable: false,
      ...jsonBody('application/json', object),
      signal: options.signal,
    });
  }

  async #listPages<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    options: ListOptions & { accept?: string },
    limit: number | undefined,
  ): Promise<{ items: T[]; resourceVersion: string }> {
    const { namespace, labelSelector, fieldSelector, accept, signal } = options;
    const path = collectionPath(definition, namespace);
    const items: T[] = [];
    let next: string | undefined;
    for (;;) {
      const page: ListAnswer<T> = await this.#json<ListAnswer<T>>({
        method: 'GET',
        path: path + queryString({ labelSelector, fieldSelector, limit, continue: next }),
        accept,
        purpose: `list ${definition.plural}`,
        repeatable: true,
        signal,
      });
      for (const item of page.items ?? []) {
        items.push({ ...item, apiVersion: apiVersionOf(definition), kind: definition.kind });
      }
      next = page.metadata.continue;
      if (next === undefined || next === '') {
        return { items, resourceVersion: page.metadata.resourceVersion };
      }
    }
  }

  async #json<R>(request: TransportRequest): Promise<R> {
    const text = await this.#text(request);
    try {
      return parseJson(text) as R;
    } catch {
      throw unreadableError({ cluster: this.name, purpose: request.purpose });
    }
  }

  async #text(request: TransportRequest): Promise<string> {
    try {
      return await this.#transport.request(request);
    } catch (error) {
      throw this.#noticed(error);
    }
  }

  #noticed(error: unknown): unknown {
    if (
      error instanceof KubernetesError &&
      (error.errorClass === 'unauthorised' || error.errorClass === 'unreachable')
    ) {
      this.#onTrouble(error);
    }
    return error;
  }
}

/** The server's own form of a list without `spec` and `status`. */
const metadataOnly = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

interface ListAnswer<T> {
  items?: T[];
  metadata: { resourceVersion: string; continue?: string };
}

function describe(
  verb: string,
  { kind }: ResourceDefinition,
  name: string,
  namespace?: string,
  subresource?: string,
): string {
  const object = namespace === undefined ? name : `${namespace}/${name}`;
  return `${verb} ${subresource === undefined ? '' : `the ${subresource} of `}${kind} ${object}`;
}

function jsonBody(contentType: string, value: unknown): { contentType: string; body: string } {
  return { contentType, body: stringifyJson(value) };
}

function dryRun(options: WriteOptions): Query {
  return { dryRun: options.dryRun === true ? 'All' : undefined };
}
