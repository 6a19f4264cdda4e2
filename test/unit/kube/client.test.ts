import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { KubernetesClient } from '../../../kube/client.ts';
import type { ClientOptions } from '../../../kube/client.ts';
import type { KubernetesError } from '../../../kube/errors.ts';
import { failure, kubeconfigFor, sendJson, startPlainServer } from './plainServer.ts';
import type { Answer, PlainServer } from './plainServer.ts';

const configMap = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const sample = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'web' } };

let server: PlainServer;
let client: KubernetesClient;
let answer: Answer;

beforeEach(async () => {
  server = await startPlainServer((...exchange) => answer(...exchange));
  client = clientWith({});
});

afterEach(async () => {
  await client.close();
  await server.close();
});

function clientWith(options: Partial<ClientOptions>): KubernetesClient {
  return KubernetesClient.fromKubeconfig({ name: 'member1', kubeconfig: server.kubeconfig, ...options });
}

/** Plays answers one after another; the last one again and again. */
function inTurn(...answers: Answer[]): Answer {
  let position = 0;
  return (...exchange) => answers[Math.min(position++, answers.length - 1)]?.(...exchange);
}

const busy: Answer = (_request, response) =>
  sendJson(response, failure(429, 'TooManyRequests'), 429, { 'retry-after': '0' });
const failing =
  (code: number): Answer =>
  (_request, response) =>
    sendJson(response, failure(code, 'InternalError'), code);
const fine: Answer = (_request, response) => sendJson(response, sample);

function failureOf(promise: Promise<unknown>): Promise<KubernetesError> {
  return promise.then(
    () => Promise.reject(new Error('It succeeded.')),
    (error: unknown) => error as KubernetesError,
  );
}

describe('sending again', () => {
  test('after 429, even a create', async () => {
    answer = inTurn(busy, busy, fine);
    await expect(client.create(configMap, sample)).resolves.toEqual(sample);
    expect(server.requests).toHaveLength(3);
  });

  test('after 503 what may be sent twice, and nothing else', async () => {
    answer = inTurn(failing(503), fine);
    await client.apply(configMap, sample, { fieldManager: 'test', force: true });
    expect(server.requests).toHaveLength(2);
    answer = failing(503);
    const before = server.requests.length;
    expect((await failureOf(client.create(configMap, sample))).errorClass).toBe('server');
    expect((await failureOf(client.replace(configMap, sample))).errorClass).toBe('server');
    expect(server.requests).toHaveLength(before + 2);
  });

  test('after 500 a read, but not a write unless the server asks for it', async () => {
    answer = inTurn(failing(500), fine);
    await client.get(configMap, 'a', 'web');
    answer = failing(500);
    const before = server.requests.length;
    await failureOf(client.apply(configMap, sample, { fieldManager: 'test', force: true }));
    expect(server.requests).toHaveLength(before + 1);
    answer = inTurn(
      (_request, response) => sendJson(response, failure(500, 'Timeout'), 500, { 'retry-after': '0' }),
      fine,
    );
    await client.apply(configMap, sample, { fieldManager: 'test', force: true });
  });

  test('ends after a few attempts', async () => {
    answer = busy;
    const error = await failureOf(client.get(configMap, 'a', 'web'));
    expect(error.errorClass).toBe('throttled');
    expect(error.retryAfterMs).toBe(0);
    expect(server.requests).toHaveLength(5);
  });

  test('does not wait beyond the time limit', async () => {
    answer = (_request, response) => sendJson(response, failure(429, 'TooManyRequests'), 429, { 'retry-after': '30' });
    const error = await failureOf(client.get(configMap, 'a', 'web'));
    expect(error.retryAfterMs).toBe(30_000);
    expect(server.requests).toHaveLength(1);
  });

  test('a read whose connection broke', async () => {
    answer = inTurn((request) => request.socket.destroy(), fine);
    await expect(client.get(configMap, 'a', 'web')).resolves.toEqual(sample);
    answer = inTurn((request) => request.socket.destroy(), fine);
    expect((await failureOf(client.create(configMap, sample))).errorClass).toBe('unreachable');
  });
});

describe('limits', () => {
  test('a server that does not answer is unreachable after the time limit', async () => {
    client = clientWith({ requestTimeoutMs: 100 });
    answer = () => undefined;
    const error = await failureOf(client.get(configMap, 'a', 'web'));
    expect(error.errorClass).toBe('unreachable');
    expect(error.message).toBe('Cluster member1 did not answer within 0.1 s to get ConfigMap web/a.');
  });

  test('an aborted write is told at once and left to its own end', async () => {
    const controller = new AbortController();
    const arrived = Promise.withResolvers<ServerResponse>();
    answer = (_request, response) => {
      arrived.resolve(response);
    };
    const failure = failureOf(client.create(configMap, sample, { signal: controller.signal }));
    const response = await arrived.promise;
    const reason = new Error('the run was deleted');
    controller.abort(reason);
    expect(await failure).toBe(reason);
    expect(response.destroyed).toBe(false);
    const ended = new Promise((resolve) => response.once('finish', resolve));
    sendJson(response, sample);
    await ended;
  });

  test('an aborted request throws the reason of its signal', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    answer = () => {
      controller.abort(reason);
    };
    await expect(client.get(configMap, 'a', 'web', controller.signal)).rejects.toBe(reason);
    await expect(client.get(configMap, 'a', 'web', controller.signal)).rejects.toBe(reason);
    expect(server.requests).toHaveLength(1);
  });

  test('only so many requests are in flight', async () => {
    client = clientWith({ maxInFlight: 3 });
    let inFlight = 0;
    let most = 0;
    answer = (_request, response) => {
      inFlight++;
      most = Math.max(most, inFlight);
      setTimeout(() => {
        inFlight--;
        sendJson(response, sample);
      }, 5);
    };
    await Promise.all(Array.from({ length: 20 }, () => client.get(configMap, 'a', 'web')));
    expect(most).toBe(3);
    expect(server.requests).toHaveLength(20);
  });

  test('a request that gives up while it waits for a slot leaves the slot to others', async () => {
    client = clientWith({ maxInFlight: 1 });
    const first = Promise.withResolvers<ServerResponse>();
    answer = inTurn((_request, response) => {
      first.resolve(response);
    }, fine);
    const holding = client.get(configMap, 'a', 'web');
    const response = await first.promise;
    const controller = new AbortController();
    const waiting = client.get(configMap, 'b', 'web', controller.signal);
    const next = client.get(configMap, 'c', 'web');
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    sendJson(response, sample);
    await Promise.all([holding, next]);
    expect(server.requests.map((request) => request.at(-1))).toEqual(['a', 'c']);
  });

  test('a closed client fails at once, and so does what was under way', async () => {
    answer = () => void client.close();
    expect((await failureOf(client.get(configMap, 'a', 'web'))).reason).toBe('Closed');
    expect((await failureOf(client.get(configMap, 'a', 'web'))).reason).toBe('Closed');
    expect(server.requests).toHaveLength(1);
  });
});

describe('credentials', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'flotilla-credentials-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const authorised =
    (token: string): Answer =>
    (request, response) => {
      if (request.headers.authorization === `Bearer ${token}`) {
        sendJson(response, sample);
      } else {
        sendJson(response, failure(401, 'Unauthorized'), 401);
      }
    };

  /** A kubeconfig whose user gets the token from a program that reads it from a file. */
  async function withProgram(token: string): Promise<{ change(token: string): Promise<void> }> {
    const file = path.join(folder, 'credential.json');
    const change = (value: string): Promise<void> =>
      writeFile(file, JSON.stringify({ kind: 'ExecCredential', status: { token: value } }));
    await change(token);
    client = clientWith({ kubeconfig: kubeconfigFor(server.url, { exec: { command: 'cat', args: [file] } }) });
    return { change };
  }

  test('a token of an exec plugin is used until it is refused, then the plugin is asked once for all', async () => {
    const { change } = await withProgram('old');
    answer = authorised('old');
    await client.get(configMap, 'a', 'web');
    await change('new');
    await client.get(configMap, 'a', 'web');
    expect(server.requests).toHaveLength(2);
    answer = authorised('new');
    await Promise.all(Array.from({ length: 5 }, () => client.get(configMap, 'a', 'web')));
    expect(server.requests).toHaveLength(12);
  });

  test('credentials that stay wrong are an error, told to whoever wants to know', async () => {
    const troubles: KubernetesError[] = [];
    client = clientWith({ onTrouble: (error) => troubles.push(error) });
    answer = authorised('other');
    const error = await failureOf(client.get(configMap, 'a', 'web'));
    expect(error.errorClass).toBe('unauthorised');
    expect(troubles).toEqual([error]);
    expect(server.requests).toHaveLength(1);
  });

  test('a plugin that fails', async () => {
    client = clientWith({ kubeconfig: kubeconfigFor(server.url, { exec: { command: path.join(folder, 'missing') } }) });
    const error = await failureOf(client.get(configMap, 'a', 'web'));
    expect(error.errorClass).toBe('unauthorised');
    expect(error.message).toContain('The credentials for cluster member1 could not be read');
  });

  test('a context that does not exist', async () => {
    client = clientWith({ context: 'production' });
    const error = await failureOf(client.get(configMap, 'a', 'web'));
    expect(error.message).toBe('The kubeconfig for cluster member1 has no context production.');
  });
});

describe('lists', () => {
  test('are read page by page, and named by their kind', async () => {
    answer = (request, response) => {
      const next = new URL(request.url ?? '', server.url).searchParams.get('continue');
      sendJson(response, {
        metadata: { resourceVersion: '7', continue: next === null ? 'more' : '' },
        items: [{ metadata: { name: next ?? 'first' } }],
      });
    };
    const list = await client.list(configMap, { namespace: 'web', labelSelector: 'a=b' });
    expect(list).toEqual({
      resourceVersion: '7',
      items: [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'first' } },
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'more' } },
      ],
    });
    expect(server.requests[0]).toBe('GET /api/v1/namespaces/web/configmaps?labelSelector=a%3Db&limit=500');
  });

  test('whose pages are gone are read anew in one piece', async () => {
    answer = (request: IncomingMessage, response: ServerResponse) => {
      const query = new URL(request.url ?? '', server.url).searchParams;
      if (query.has('continue')) {
        sendJson(response, failure(410, 'Expired'), 410);
      } else {
        const paged = query.has('limit');
        sendJson(response, {
          metadata: { resourceVersion: '7', continue: paged ? 'more' : '' },
          items: paged ? [sample] : [sample, sample],
        });
      }
    };
    expect((await client.list(configMap)).items).toHaveLength(2);
  });
});

describe('requests', () => {
  test('say what they want', async () => {
    const seen: { type?: string; body: string }[] = [];
    answer = (request, response, body) => {
      seen.push({ type: request.headers['content-type'], body });
      sendJson(response, sample);
    };
    await client.apply(configMap, sample, { fieldManager: 'flotilla', force: true, dryRun: true });
    await client.patch(
      configMap,
      'a',
      { type: 'merge', body: { data: null } },
      { namespace: 'web', subresource: 'status' },
    );
    await client.patch(configMap, 'a', { type: 'json', body: [] }, { namespace: 'web' });
    await client.delete(configMap, 'a', { namespace: 'web', uid: 'u', propagationPolicy: 'Foreground' });
    expect(server.requests).toEqual([
      'PATCH /api/v1/namespaces/web/configmaps/a?fieldManager=flotilla&force=true&dryRun=All',
      'PATCH /api/v1/namespaces/web/configmaps/a/status',
      'PATCH /api/v1/namespaces/web/configmaps/a',
      'DELETE /api/v1/namespaces/web/configmaps/a',
    ]);
    expect(seen.map(({ type }) => type)).toEqual([
      'application/apply-patch+yaml',
      'application/merge-patch+json',
      'application/json-patch+json',
      'application/json',
    ]);
    expect(JSON.parse(seen[3]?.body ?? '')).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Foreground',
      preconditions: { uid: 'u' },
    });
  });

  test('an answer that cannot be read does not get into the error', async () => {
    answer = (_request, response) => response.end('{"data":{"password":"hunter2');
    const error = await failureOf(client.get(configMap, 'a', 'web'));
    expect(error.errorClass).toBe('server');
    expect(`${error.message}${String(error.detail)}${String(error.cause)}`).not.toContain('hunter2');
  });

  test('a server behind a path', async () => {
    answer = fine;
    client = clientWith({ kubeconfig: kubeconfigFor(`${server.url}/k8s/clusters/c-1/`, { token: 't' }) });
    await client.get(configMap, 'a', 'web');
    expect(server.requests).toEqual(['GET /k8s/clusters/c-1/api/v1/namespaces/web/configmaps/a']);
  });
});

describe('discovery', () => {
  const classical: Record<string, object> = {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': {
      kind: 'APIGroupList',
      groups: [
        { name: 'apps', preferredVersion: { version: 'v1' }, versions: [{ version: 'v1' }, { version: 'v1beta1' }] },
        { name: 'metrics', preferredVersion: { version: 'v1' }, versions: [{ version: 'v1' }] },
      ],
    },
    '/api/v1': {
      resources: [
        { name: 'configmaps', kind: 'ConfigMap', namespaced: true, verbs: ['get'] },
        { name: 'pods/log', kind: 'Pod', namespaced: true, verbs: ['get'] },
      ],
    },
    '/apis/apps/v1': { resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['get'] }] },
    '/apis/apps/v1beta1': {
      resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['get'] }],
    },
  };

  test('of a server that knows only the classical form, with an extension server that is away', async () => {
    answer = (request, response) => {
      const found = classical[request.url ?? ''];
      if (found === undefined) {
        sendJson(response, failure(503, 'ServiceUnavailable'), 503);
      } else {
        sendJson(response, found);
      }
    };
    const discovery = await client.discover();
    expect(discovery.resources.map(({ version, plural, preferred }) => [version, plural, preferred])).toEqual([
      ['v1', 'configmaps', true],
      ['v1', 'deployments', true],
      ['v1beta1', 'deployments', false],
    ]);
    expect(discovery.incomplete).toEqual(['metrics/v1']);
    expect(discovery.find('apps', 'v1beta1', 'Deployment')?.preferred).toBe(false);
    expect(discovery.findPreferred('apps', 'Deployment')?.version).toBe('v1');
  });

  test('is remembered, refreshed on demand, and not remembered when it failed', async () => {
    answer = failing(403);
    await failureOf(client.discover());
    answer = (request, response) => sendJson(response, { kind: 'APIGroupDiscoveryList', items: [], url: request.url });
    await client.discover();
    await client.discover();
    const before = server.requests.length;
    await client.discover({ refresh: true });
    expect(server.requests).toHaveLength(before + 2);
  });
});
