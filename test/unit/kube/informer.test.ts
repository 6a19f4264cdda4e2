import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../api/meta.ts';
import { KubernetesClient } from '../../../kube/client.ts';
import { Informer } from '../../../kube/informer.ts';
import type { InformerOptions } from '../../../kube/informer.ts';
import { failure, sendJson, startPlainServer } from './plainServer.ts';
import type { PlainServer } from './plainServer.ts';

const configMap = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** What a list answers. */
let stored: { items: KubernetesObject[]; resourceVersion: string };
/** Watches that are open, and the queries with which they were opened. */
let watches: Watches;
let server: PlainServer;
let client: KubernetesClient;
let informer: Informer<KubernetesObject>;
let events: string[];
let errors: Error[];

beforeEach(async () => {
  stored = { items: [object('a', 1), object('b', 2)], resourceVersion: '10' };
  watches = new Watches();
  events = [];
  errors = [];
  server = await startPlainServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://server').searchParams;
    if (query.has('watch')) {
      watches.open(query, response);
    } else {
      const { items, resourceVersion } = stored;
      sendJson(response, { metadata: { resourceVersion }, items });
    }
  });
  client = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig: server.kubeconfig });
});

afterEach(async () => {
  informer.stop();
  await client.close();
  await server.close();
});

class Watches {
  readonly queries: URLSearchParams[] = [];
  readonly #responses: ServerResponse[] = [];
  #opened = Promise.withResolvers<undefined>();

  open(query: URLSearchParams, response: ServerResponse): void {
    response.writeHead(200).flushHeaders();
    this.queries.push(query);
    this.#responses.push(response);
    this.#opened.resolve(undefined);
    this.#opened = Promise.withResolvers();
  }

  /** The watch that was opened as number `count`. */
  async opened(
    count: number,
  ): Promise<{ send(...events: object[]): void; write(text: string | Uint8Array): void; end(): void; break(): void }> {
    while (this.#responses.length < count) {
      await this.#opened.promise;
    }
    const response = this.#responses[count - 1]!;
    return {
      send: (...sent) => response.write(sent.map((event) => `${JSON.stringify(event)}\n`).join('')),
      write: (text) => response.write(text),
      end: () => response.end(),
      break: () => response.socket?.destroy(),
    };
  }
}

function object(name: string, resourceVersion: number, uid = `uid-${name}`): KubernetesObject {
  const metadata = { name, namespace: 'web', uid, resourceVersion: String(resourceVersion), managedFields: [{}] };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

function start(options: InformerOptions<KubernetesObject> = {}): void {
  informer = new Informer(client, configMap, {
    onEvent: ({ type, object: { metadata }, previous }) => {
      events.push(
        `${type} ${metadata.name} ${String(previous?.metadata.resourceVersion ?? 0)}→${String(metadata.resourceVersion)}`,
      );
    },
    onError: (error) => errors.push(error as Error),
    ...options,
  });
  informer.start();
}

const reached = (name: string, resourceVersion: number) =>
  informer.waitFor(
    ({ metadata }) => metadata.name === name && metadata.resourceVersion === String(resourceVersion),
    5000,
  );

describe('what it holds', () => {
  test('begins with the list and follows the watch from there', async () => {
    start({ namespace: 'web', labelSelector: 'x=y' });
    await informer.synced;
    expect(events).toEqual(['added a 0→1', 'added b 0→2']);
    expect(informer.get('a', 'web')?.metadata).not.toHaveProperty('managedFields');
    const watch = await watches.opened(1);
    watch.send(
      { type: 'MODIFIED', object: object('a', 11) },
      { type: 'DELETED', object: object('b', 12) },
      { type: 'BOOKMARK', object: { metadata: { resourceVersion: '13' } } },
      { type: 'ADDED', object: object('c', 14) },
    );
    await reached('c', 14);
    expect(events.slice(2)).toEqual(['modified a 1→11', 'deleted b 2→12', 'added c 0→14']);
    expect(informer.items().map(({ metadata }) => metadata.name)).toEqual(['a', 'c']);
    expect(Object.fromEntries(watches.queries[0]!)).toEqual({
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion: '10',
      timeoutSeconds: expect.stringMatching(/^(2[4-9]|3\d|4[0-7])\d$/),
      labelSelector: 'x=y',
    });
    expect(errors).toEqual([]);
  });

  test('is the same when lines and letters arrive in pieces', async () => {
    start();
    const watch = await watches.opened(1);
    const text = Buffer.from(`${JSON.stringify({ type: 'ADDED', object: object('grün', 11) })}\n`);
    const middle = text.indexOf('ü') + 1;
    await informer.synced;
    for (const piece of [text.subarray(0, middle), text.subarray(middle)]) {
      watch.write(piece);
      await new Promise(setImmediate);
    }
    await reached('grün', 11);
    expect(errors).toEqual([]);
  });

  test('numbers keep their text', async () => {
    start();
    const watch = await watches.opened(1);
    watch.write(
      JSON.stringify({ type: 'ADDED', object: { ...object('n', 11), big: 0 } }).replace(
        '"big":0',
        '"big":12345678901234567890',
      ) + '\n',
    );
    expect(JSON.stringify(await reached('n', 11))).toContain('"big":12345678901234567890');
  });
});

describe('trouble', () => {
  test('a watch that breaks is resumed where it was, bookmarks included', async () => {
    start();
    const watch = await watches.opened(1);
    watch.send(
      { type: 'BOOKMARK', object: { metadata: { resourceVersion: '25' } } },
      { type: 'ADDED', object: object('c', 26) },
    );
    await reached('c', 26);
    watch.break();
    const second = await watches.opened(2);
    expect(watches.queries[1]?.get('resourceVersion')).toBe('26');
    second.send(
      { type: 'BOOKMARK', object: { metadata: { resourceVersion: '30' } } },
      { type: 'ADDED', object: object('d', 29) },
    );
    await reached('d', 29);
    expect(server.requests.filter((request) => !request.includes('watch'))).toHaveLength(1);
  });

  test.each([
    ['410 in the stream', { type: 'ERROR', object: failure(410, 'Expired') }],
    ['another error in the stream', { type: 'ERROR', object: failure(500, 'InternalError') }],
  ])('%s makes it list anew and tell only the differences', async (_name, event) => {
    start();
    const watch = await watches.opened(1);
    stored = { items: [object('a', 1), object('b', 20, 'another'), object('c', 21)], resourceVersion: '30' };
    watch.send(event);
    await watches.opened(2);
    expect(events.slice(2)).toEqual(['deleted b 2→2', 'added b 0→20', 'added c 0→21']);
    expect(watches.queries[1]?.get('resourceVersion')).toBe('30');
    expect(errors).toHaveLength(1);
  });

  test('what was deleted meanwhile is told after a new list', async () => {
    start();
    const watch = await watches.opened(1);
    stored = { items: [object('b', 2)], resourceVersion: '30' };
    watch.send({ type: 'ERROR', object: failure(410, 'Expired') });
    await informer.waitUntilGone('a', 'web', 5000);
    expect(events.slice(2)).toEqual(['deleted a 1→1']);
  });

  test('a line that cannot be read is an error without its text, and a new list', async () => {
    start();
    const watch = await watches.opened(1);
    stored = { items: [object('a', 40)], resourceVersion: '40' };
    watch.write('{"type":"ADDED","object":{"data":"hunter2\n');
    await reached('a', 40);
    expect(errors.map(({ message }) => message)).toEqual([
      'Cluster hub sent an answer that cannot be read to watch configmaps.',
    ]);
  });

  test('silence ends the watch, which is resumed', async () => {
    start({ idleTimeoutMs: 50 });
    await watches.opened(2);
    expect(watches.queries[1]?.get('resourceVersion')).toBe('10');
    expect(errors).toEqual([]);
  });

  test('watches that end at once do not come back at once', async () => {
    start();
    for (let count = 1; count <= 4; count++) {
      (await watches.opened(count)).end();
    }
    const began = performance.now();
    (await watches.opened(5)).send({ type: 'ADDED', object: object('c', 50) });
    await reached('c', 50);
    expect(performance.now() - began).toBeGreaterThan(300);
    expect(errors).toHaveLength(4);
  });

  test('an exception of the listener stops nothing', async () => {
    start({
      onEvent: () => {
        throw new Error('listener');
      },
    });
    const watch = await watches.opened(1);
    watch.send({ type: 'ADDED', object: object('c', 11) });
    await reached('c', 11);
    expect(errors.map(({ message }) => message)).toEqual(['listener', 'listener', 'listener']);
  });
});

describe('repair', () => {
  test('a periodic list tells what the watch missed, and nothing else', async () => {
    start({ relistIntervalMs: 30 });
    await watches.opened(1);
    stored = { items: [object('a', 1), object('b', 3)], resourceVersion: '40' };
    await reached('b', 3);
    await watches.opened(5);
    expect(events.slice(2)).toEqual(['modified b 2→3']);
    expect(errors).toEqual([]);
  });
});

describe('waiting and stopping', () => {
  test('waitFor finds what is there, and gives up in time', async () => {
    start();
    await informer.synced;
    await expect(informer.waitFor(({ metadata }) => metadata.name === 'a', 1000)).resolves.toBeDefined();
    await expect(informer.waitFor(({ metadata }) => metadata.name === 'z', 20)).rejects.toThrow(
      'No ConfigMap became as expected within 20 ms.',
    );
    await expect(informer.waitUntilGone('a', 'web', 20)).rejects.toThrow(
      'No ConfigMap called a went away within 20 ms.',
    );
  });

  test('stop ends waits and the request, and nothing is told afterwards', async () => {
    start();
    const watch = await watches.opened(1);
    await informer.synced;
    const waiting = informer.waitFor(() => false, 10_000);
    informer.stop();
    await expect(waiting).rejects.toThrow('The informer of configmaps was stopped.');
    watch.send({ type: 'ADDED', object: object('c', 11) });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(events).toHaveLength(2);
    expect(errors).toEqual([]);
  });

  test('stop before the first list lets nobody wait for it', async () => {
    informer = new Informer(client, configMap);
    informer.stop();
    informer.start();
    await expect(informer.synced).rejects.toThrow('was stopped');
    expect(server.requests).toEqual([]);
  });
});
