/** The Kubernetes API of one simulated member: a request in, an answer out. Knows nothing of HTTP connections. */
import { parseJson } from '../../kube/json.ts';
import { discoveryAt } from './discovery.ts';
import { kindAt, type ServedKind } from './kinds.ts';
import { ObjectStore, listType, listed, type Preconditions } from './objectStore.ts';
import type { Selection } from './selection.ts';
import { StatusError, badRequest, methodNotAllowed } from './statusError.ts';
import type { StoredObject } from './storedObject.ts';
import type { OnWatchEvent } from './watchers.ts';

/** One request; `path` stands behind the member's prefix. */
export interface MemberRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  accept: string;
  body: string;
}

/** An answer with its whole body: text goes out as it is, anything else as JSON. */
export interface WholeAnswer {
  code: number;
  body: unknown;
}

/** A watch that is to begin. */
export interface WatchAnswer {
  /** After which the server ends the watch. */
  timeoutSeconds: number;
  /** @returns a function that ends the watch */
  begin(onEvent: OnWatchEvent): () => void;
}

const versionAnswer = { major: '1', minor: '35', gitVersion: 'v1.35.0-simulated', platform: 'simulated' };
const defaultWatchSeconds = 1_800;

/** What a path is about. */
interface Target {
  kind: ServedKind;
  namespace?: string;
  name?: string;
  subresource?: string;
}

/** One member. */
export class MemberApi {
  readonly #store = new ObjectStore();

  /** Never throws: what goes wrong is an answer too. */
  answer(request: MemberRequest): WholeAnswer | WatchAnswer {
    try {
      return this.#fixedAnswer(request) ?? this.#objectAnswer(request);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return { code: error.code, body: error.body ?? error.message };
    }
  }

  #fixedAnswer({ path, accept }: MemberRequest): WholeAnswer | undefined {
    if (path === '/readyz' || path === '/livez') return { code: 200, body: 'ok' };
    if (path === '/version') return { code: 200, body: versionAnswer };
    const discovered = discoveryAt(path, accept);
    return discovered === undefined ? undefined : { code: 200, body: discovered };
  }

  #objectAnswer(request: MemberRequest): WholeAnswer | WatchAnswer {
    const target = targetOf(request.path);
    if (target === undefined) throw new StatusError(404, '404 page not found\n');
    if (request.method === 'GET') return this.#read(target, request);
    return this.#write(target, request);
  }

  #read({ kind, name, namespace }: Target, { query }: MemberRequest): WholeAnswer | WatchAnswer {
    if (name !== undefined) return { code: 200, body: this.#store.get(kind, name, namespace) };
    if (query.has('labelSelector')) throw badRequest('label selectors are not supported');
    const selection: Selection = { namespace, fieldSelector: query.get('fieldSelector') ?? undefined };
    if (query.get('watch') === 'true') {
      const since = query.get('resourceVersion') ?? '';
      return {
        timeoutSeconds: Number(query.get('timeoutSeconds') ?? defaultWatchSeconds),
        begin: (onEvent) => this.#store.watch(kind, selection, since, onEvent),
      };
    }
    const { items, resourceVersion } = this.#store.list(kind, selection);
    return { code: 200, body: { ...listType(kind), metadata: { resourceVersion }, items: items.map(listed) } };
  }

  #write(target: Target, { method, query, body }: MemberRequest): WholeAnswer {
    const { kind, name, namespace, subresource } = target;
    if (method === 'DELETE' && name !== undefined) return this.#delete(target, body);
    const object = objectIn(body, target);
    if (method === 'POST' && name === undefined) return { code: 201, body: this.#store.create(kind, object) };
    if (method === 'PUT' && subresource === 'status')
      return { code: 200, body: this.#store.replaceStatus(kind, object) };
    if (method === 'PUT' && subresource === undefined) return { code: 200, body: this.#store.replace(kind, object) };
    if (method === 'PATCH' && subresource === undefined) {
      const manager = query.get('fieldManager');
      // Any other patch comes without a manager.
      if (manager === null || namespace !== object.metadata.namespace) throw methodNotAllowed();
      const written = this.#store.apply(kind, object, manager);
      return { code: written.created ? 201 : 200, body: written.object };
    }
    throw methodNotAllowed();
  }

  #delete({ kind, name = '', namespace }: Target, body: string): WholeAnswer {
    const { preconditions } = (body === '' ? {} : parseJson(body)) as { preconditions?: Preconditions };
    return { code: 200, body: this.#store.delete(kind, name, namespace, preconditions) };
  }
}

/** What a request is counted as, such as `get appliedworks`, `patch configmaps` or `update appliedworks/status`. */
export function describe({ method, path, query }: Pick<MemberRequest, 'method' | 'path' | 'query'>): string {
  const target = targetOf(path);
  if (target === undefined) return `get ${path}`;
  const { kind, name, subresource } = target;
  const resource = subresource === undefined ? kind.plural : `${kind.plural}/${subresource}`;
  if (method !== 'GET') return `${writeVerbs[method] ?? method} ${resource}`;
  if (name !== undefined) return `get ${resource}`;
  return query.get('watch') === 'true' ? `watch ${resource}` : `list ${resource}`;
}

const writeVerbs: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** `undefined` for a path under which nothing is served. */
function targetOf(path: string): Target | undefined {
  const [, root, ...parts] = path.split('/').map(decodeURIComponent);
  const group = root === 'api' ? '' : (parts.shift() ?? '');
  const version = parts.shift() ?? '';
  if ((root !== 'api' && root !== 'apis') || parts.length === 0) return undefined;
  const isInside = parts[0] === 'namespaces' && parts.length > 2 && parts[2] !== 'status';
  const namespace = isInside ? parts[1] : undefined;
  const [plural = '', name, subresource] = isInside ? parts.slice(2) : parts;
  const kind = kindAt(group, version, plural);
  return kind === undefined ? undefined : { kind, namespace, name, subresource };
}

function objectIn(body: string, { kind, name, namespace }: Target): StoredObject {
  const object = parseJson(body) as StoredObject;
  if (object.kind !== kind.kind || (name !== undefined && object.metadata.name !== name)) {
    throw badRequest('the object is not the one that the path names');
  }
  if (object.metadata.namespace !== namespace) throw badRequest('the namespace is not that of the path');
  return object;
}
