/** The client, the informer and the pool against a real API server. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer as createTcpServer } from 'node:net';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { kinds } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { KubernetesClient } from '../../kube/client.ts';
import type { ClientOptions } from '../../kube/client.ts';
import type { KubernetesError } from '../../kube/errors.ts';
import { Informer } from '../../kube/informer.ts';
import { parseJson, stringifyJson } from '../../kube/json.ts';
import { MemberPool } from '../../kube/pool.ts';
import { findFreePorts } from '../../local/ports.ts';
import { startApiServer } from '../support/apiServer.ts';
import type { ApiServer } from '../support/apiServer.ts';
import { InterruptibleProxy } from './interruptibleProxy.ts';

interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
}

interface Widget extends KubernetesObject {
  spec: Record<string, unknown>;
}

const configMaps: ResourceDefinition<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};
const widgets: ResourceDefinition<Widget> = {
  group: 'test.flotilla.dev',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  namespaced: false,
};

let server: ApiServer;
let proxy: InterruptibleProxy;
let client: KubernetesClient;
const opened: KubernetesClient[] = [];
const informers: Informer<ConfigMap>[] = [];

beforeAll(async () => {
  server = await startApiServer();
  await createWidgetKind();
});

afterAll(async () => {
  await server.stop();
});

beforeEach(async () => {
  proxy = await InterruptibleProxy.start(server.url);
  client = open();
});

afterEach(async () => {
  for (const informer of informers.splice(0)) {
    informer.stop();
  }
  await Promise.all(opened.splice(0).map((each) => each.close()));
  await proxy.interrupt();
});

/** Text of a kubeconfig that stands for itself. */
function kubeconfigText(url: string, token = server.token): string {
  return JSON.stringify({
    'current-context': 'test',
    clusters: [
      {
        name: 'test',
        cluster: { server: url, 'certificate-authority-data': readFileSync(server.caFile).toString('base64') },
      },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  });
}

/** A client that goes through the proxy and is closed after the test. */
function open(options: Partial<ClientOptions> & { url?: string; token?: string } = {}): KubernetesClient {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromString(kubeconfigText(options.url ?? proxy.url, options.token));
  const made = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig, ...options });
  opened.push(made);
  return made;
}

async function createWidgetKind(): Promise<void> {
  const setup = open({ url: server.url });
  const schema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: { big: { type: 'integer', format: 'int64' } },
      },
    },
  };
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.test.flotilla.dev' },
    spec: {
      group: widgets.group,
      names: { kind: 'Widget', plural: 'widgets' },
      scope: 'Cluster',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
  const established = new Informer(setup, kinds.customResourceDefinition);
  established.start();
  await setup.create(kinds.customResourceDefinition, definition);
  await established.waitFor(isEstablished, 10_000);
  established.stop();
  await setup.close();
}

function isEstablished(object: KubernetesObject): boolean {
  const { status } = object as { status?: { conditions?: { type: string; status: string }[] } };
  return status?.conditions?.some(({ type, status: value }) => type === 'Established' && value === 'True') === true;
}

function configMap(name: string, data?: Record<string, string>): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data };
}

async function failureOf(promise: Promise<unknown>): Promise<KubernetesError> {
  return promise.then(
    () => Promise.reject(new Error('It succeeded.')),
    (error: unknown) => error as KubernetesError,
  );
}

describe('objects', () => {
  const spec = '{"big":9223372036854775807,"deep":{"unknown":[1.5,12345678901234567]},"text":"<&>\u2028"}';

  test('a 64-bit integer, special letters and fields that nobody knows come back as they were', async () => {
    const text = `{"apiVersion":"test.flotilla.dev/v1","kind":"Widget","metadata":{"name":"exact"},"spec":${spec}}`;
    const object = parseJson(text) as Widget;
    const applied = await client.apply(widgets, object, { fieldManager: 'test', force: true });
    expect(stringifyJson(applied.spec)).toBe(spec);
    const read = await client.get(widgets, 'exact');
    expect(stringifyJson(read.spec)).toBe(spec);
    const replaced = await client.replace(widgets, read);
    expect(stringifyJson(replaced.spec)).toBe(spec);
    expect(replaced.metadata.resourceVersion).toBe(read.metadata.resourceVersion);
    const listed = await client.list(widgets);
    expect(listed.items.map((item) => [item.apiVersion, item.kind, stringifyJson(item.spec)])).toEqual([
      ['test.flotilla.dev/v1', 'Widget', spec],
    ]);
  });

  test('live and die', async () => {
    expect(await client.find(configMaps, 'life', 'default')).toBeUndefined();
    const created = await client.create(configMaps, configMap('life', { a: '1' }));
    const patched = await client.patch(
      configMaps,
      'life',
      { type: 'merge', body: { data: { b: '2' } } },
      { namespace: 'default' },
    );
    expect(patched.data).toEqual({ a: '1', b: '2' });
    const withJson = await client.patch(
      configMaps,
      'life',
      { type: 'json', body: [{ op: 'remove', path: '/data/a' }] },
      { namespace: 'default' },
    );
    expect(withJson.data).toEqual({ b: '2' });
    const wrong = await failureOf(client.delete(configMaps, 'life', { namespace: 'default', uid: 'another' }));
    expect(wrong.errorClass).toBe('conflict');
    await client.delete(configMaps, 'life', { namespace: 'default', uid: created.metadata.uid });
    expect(await client.find(configMaps, 'life', 'default')).toBeUndefined();
    await client.delete(configMaps, 'life', { namespace: 'default' });
  });

  test('a dry run stores nothing', async () => {
    await client.apply(configMaps, configMap('dry'), { fieldManager: 'test', force: true, dryRun: true });
    expect(await client.find(configMaps, 'dry', 'default')).toBeUndefined();
  });

  test('status is replaced apart from the rest', async () => {
    const namespace = await client.create(kinds.namespace, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'with-status' },
    });
    const condition = {
      type: 'Seen',
      status: 'True',
      reason: 'Test',
      message: '',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    };
    const changed = { ...namespace, status: { phase: 'Active', conditions: [condition] } };
    const after = await client.replaceStatus(kinds.namespace, changed);
    expect(after).toMatchObject({ status: { conditions: [{ type: 'Seen' }] } });
    await client.replace(kinds.namespace, { ...after, status: { phase: 'Active' } } as KubernetesObject);
    const read = await client.get(kinds.namespace, 'with-status');
    expect(read).toMatchObject({ status: { conditions: [{ type: 'Seen' }] } });
  });
});

describe('errors', () => {
  test('have the class that callers decide by', async () => {
    const stored = await client.apply(configMaps, configMap('taken', { a: 'mine' }), {
      fieldManager: 'one',
      force: true,
    });
    const outdated = { ...stored, metadata: { ...stored.metadata, resourceVersion: '1' } };
    const cases: [string, () => Promise<unknown>][] = [
      ['notFound', () => client.get(configMaps, 'missing', 'default')],
      [
        'notFound',
        () => client.create(configMaps, { ...configMap('a'), metadata: { name: 'a', namespace: 'missing' } }),
      ],
      ['alreadyExists', () => client.create(configMaps, configMap('taken'))],
      ['conflict', () => client.replace(configMaps, outdated)],
      [
        'conflict',
        () => client.apply(configMaps, configMap('taken', { a: 'yours' }), { fieldManager: 'two', force: false }),
      ],
      ['rejected', () => client.create(configMaps, configMap('Upper-Case'))],
      [
        'rejected',
        () =>
          client.apply(configMaps, { ...configMap('odd'), dataa: {} } as ConfigMap, {
            fieldManager: 'one',
            force: true,
          }),
      ],
      ['unauthorised', () => open({ token: 'wrong' }).get(configMaps, 'taken', 'default')],
      ['unreachable', () => open({ url: 'https://127.0.0.1:1' }).get(configMaps, 'taken', 'default')],
    ];
    for (const [expected, request] of cases) {
      expect((await failureOf(request())).errorClass).toBe(expected);
    }
  });

  test('a kind that the cluster does not serve is not taken for a missing object', async () => {
    const unknown = { ...widgets, version: 'v9' };
    expect((await failureOf(client.find(unknown, 'a'))).reason).toBe('KindNotServed');
    expect((await failureOf(client.list(unknown))).reason).toBe('KindNotServed');
  });

  test('what the server says about a Secret stays out of the message', async () => {
    const secret = {
      ...configMap('bad'),
      kind: 'Secret',
      type: 'kubernetes.io/tls',
      data: { 'tls.crt': 'aHVudGVyMg==' },
    };
    const error = await failureOf(client.create(kinds.secret, secret));
    expect(error.errorClass).toBe('rejected');
    expect(error.message).toBe(
      'Cluster hub could not create Secret default/bad: the server rejects it (HTTP 422 Invalid at data[tls.key]).',
    );
    expect(error.detail).toContain('tls.key');
  });
});

describe('connections', () => {
  test('two hundred requests and a watch share one', async () => {
    const informer = informerOf(client);
    await informer.synced;
    await Promise.all(Array.from({ length: 100 }, () => client.list(configMaps)));
    for (let count = 0; count < 100; count++) {
      await client.probe('/version');
    }
    expect(proxy.connections).toBe(1);
  });

  test('one that is lost is replaced', async () => {
    await client.probe('/readyz');
    await proxy.interrupt();
    await proxy.resume();
    expect(await client.probe('/readyz')).toBe('ok');
    expect(proxy.connections).toBe(2);
  });

  test('one that is silent is given up and replaced', async () => {
    client = open({ pingIntervalMs: 100, requestTimeoutMs: 5_000 });
    await client.probe('/readyz');
    proxy.silence();
    const began = performance.now();
    const error = await failureOf(client.create(configMaps, configMap('unheard')));
    expect(error.message).toContain('the connection fell silent');
    expect(await client.probe('/readyz')).toBe('ok');
    proxy.silence();
    expect(await client.probe('/readyz')).toBe('ok');
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(proxy.connections).toBe(3);
  });

  test('all requests to a server that does not answer the handshake fail together', async () => {
    const held = createSilentServer();
    const [port] = (await findFreePorts(1)) as [number];
    await held.listen(port);
    client = open({ url: `https://127.0.0.1:${String(port)}`, connectTimeoutMs: 300 });
    const began = performance.now();
    const errors = await Promise.all(Array.from({ length: 20 }, () => failureOf(client.probe('/readyz'))));
    expect(errors.every((error) => error.errorClass === 'unreachable')).toBe(true);
    expect(performance.now() - began).toBeLessThan(2_500);
    await held.close();
  });

  test('a server without HTTP/2 is served over HTTP/1.1', async () => {
    const plain = await startHttp1Server();
    client = open({ url: plain.url });
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.probe('/version')));
    expect(answers).toEqual(Array.from({ length: 10 }, () => 'HTTP/1.1 GET /version'));
    await client.close();
    await plain.close();
  });
});

describe('discovery', () => {
  test('knows built-in and custom kinds, and new ones after a refresh', async () => {
    const discovery = await client.discover();
    expect(discovery.find('apps', 'v1', 'Deployment')).toMatchObject({
      plural: 'deployments',
      namespaced: true,
      preferred: true,
    });
    expect(discovery.find('', 'v1', 'Namespace')).toMatchObject({ plural: 'namespaces', namespaced: false });
    expect(discovery.find('', 'v1', 'Pod')?.verbs).toContain('watch');
    expect(discovery.resources.some(({ plural }) => plural.includes('/'))).toBe(false);
    expect(await client.discover()).toBe(discovery);
    const refreshed = await client.discover({ refresh: true });
    expect(refreshed.findPreferred('test.flotilla.dev', 'Widget')).toMatchObject({ plural: 'widgets', version: 'v1' });
    expect(refreshed.incomplete).toEqual([]);
  });
});

function informerOf(of: KubernetesClient, options = {}): Informer<ConfigMap> {
  const informer = new Informer(of, configMaps, { namespace: 'default', ...options });
  informers.push(informer);
  informer.start();
  return informer;
}

describe('informer', () => {
  test('tells additions, changes and deletions, with labels and fields selected', async () => {
    const events: string[] = [];
    const informer = informerOf(client, {
      labelSelector: 'seen=yes',
      onEvent: ({ type, object }: { type: string; object: ConfigMap }) =>
        events.push(`${type} ${object.metadata.name}`),
    });
    await informer.synced;
    const labelled = configMap('watched');
    labelled.metadata.labels = { seen: 'yes' };
    await client.create(configMaps, configMap('unwatched'));
    await client.create(configMaps, labelled);
    await client.patch(configMaps, 'watched', { type: 'merge', body: { data: { a: 'b' } } }, { namespace: 'default' });
    const seen = await informer.waitFor(({ data }) => data?.a === 'b', 5_000);
    expect(seen.metadata).not.toHaveProperty('managedFields');
    await client.delete(configMaps, 'watched', { namespace: 'default' });
    await informer.waitUntilGone('watched', 'default', 5_000);
    expect(events).toEqual(['added watched', 'modified watched', 'deleted watched']);
  });

  test('a watch that was interrupted goes on within a second, and misses nothing', async () => {
    const failedAgain = Promise.withResolvers<undefined>();
    const informer = informerOf(client, {
      onError: (_error: unknown, count: number) => {
        if (count === 3) {
          failedAgain.resolve(undefined);
        }
      },
    });
    await informer.synced;
    await proxy.interrupt();
    const direct = open({ url: server.url });
    await direct.create(configMaps, configMap('during-interruption'));
    await failedAgain.promise;
    await proxy.resume();
    const began = performance.now();
    await informer.waitFor(({ metadata }) => metadata.name === 'during-interruption', 5_000);
    expect(performance.now() - began).toBeLessThan(1_500);
  });
});

test('a program ends by itself after its informers were stopped', async () => {
  const program = `
    import { KubeConfig } from '@kubernetes/client-node';
    import { KubernetesClient } from './kube/client.ts';
    import { Informer } from './kube/informer.ts';
    const kubeconfig = new KubeConfig();
    kubeconfig.loadFromString(process.env.TEST_KUBECONFIG);
    const client = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig });
    const informer = new Informer(client, ${JSON.stringify(configMaps)});
    informer.start();
    await informer.synced;
    await client.probe('/readyz');
    informer.stop();
  `;
  const environment = { ...process.env, TEST_KUBECONFIG: kubeconfigText(proxy.url) };
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: path.join(import.meta.dirname, '../..'),
    env: environment,
    timeout: 10_000,
  });
});

describe('member pool', () => {
  test('makes a client from the Secret on the hub', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fleet-member-member1' } };
    await client.create(kinds.namespace, namespace);
    await client.create(kinds.secret, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'kubeconfig', namespace: 'fleet-member-member1' },
      stringData: { kubeconfig: kubeconfigText(proxy.url) },
    });
    const pool = new MemberPool(client);
    try {
      const member = await pool.client('member1');
      expect((await member.version()).gitVersion).toBe('v1.35.0');
      expect((await failureOf(pool.client('member2'))).message).toContain('run flotilla join member2');
    } finally {
      await pool.close();
    }
  });
});

/** Accepts connections and says nothing. */
function createSilentServer(): { listen(port: number): Promise<void>; close(): Promise<void> } {
  const sockets = new Set<{ destroy(): void }>();
  const silent = createTcpServer((socket) => sockets.add(socket));
  return {
    listen: (port) => new Promise((resolve) => silent.listen(port, '127.0.0.1', resolve)),
    close: async () => {
      for (const socket of sockets) {
        socket.destroy();
      }
      await new Promise((resolve) => silent.close(resolve));
    },
  };
}

/** A TLS server that offers HTTP/1.1 only and answers with the first line of the request. */
async function startHttp1Server(): Promise<{ url: string; close(): Promise<void> }> {
  const key = readFileSync(path.join(path.dirname(server.caFile), 'apiserver.key'));
  const tls = createTlsServer({ key, cert: readFileSync(server.caFile), ALPNProtocols: ['http/1.1'] }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const [method, target, protocol] = chunk.toString().split('\r\n')[0]?.split(' ') ?? [];
      const body = `${String(protocol)} ${String(method)} ${String(target)}`;
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`);
    });
  });
  const [port] = (await findFreePorts(1)) as [number];
  await new Promise<void>((resolve) => tls.listen(port, '127.0.0.1', resolve));
  return {
    url: `https://127.0.0.1:${String(port)}`,
    close: async () => {
      await new Promise((resolve) => tls.close(resolve));
    },
  };
}
