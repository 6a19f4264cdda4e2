import { afterEach, describe, expect, test } from '@jest/globals';
import { Health } from '../../../worker/health.ts';
import type { Dependency } from '../../../worker/health.ts';
import { serveHttp } from '../../../worker/http.ts';
import type { HttpEndpoint } from '../../../worker/http.ts';
import { createLogger } from '../../../worker/logger.ts';

const endpoints: HttpEndpoint[] = [];
afterEach(async () => {
  await Promise.all(endpoints.splice(0).map((endpoint) => endpoint.close()));
});

async function serve(dependencies: Dependency[], timeoutMs = 2_000) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ logLevel: 'info', logFormat: 'json', destination });
  const health = new Health(dependencies, { log, timeoutMs });
  const endpoint = await serveHttp({
    address: { host: '127.0.0.1', port: 0 },
    metrics: () => Promise.resolve('flotilla_leader 1\n'),
    readiness: () => health.states(),
  });
  endpoints.push(endpoint);
  return { endpoint, health, lines };
}

const there: Dependency = { name: 'hub', check: () => Promise.resolve() };
const away: Dependency = { name: 'temporal', check: () => Promise.reject(new Error('Temporal does not answer.')) };

describe('/readyz', () => {
  test('is 200 when everything is there', async () => {
    const { endpoint } = await serve([there]);
    const response = await fetch(`${endpoint.url}/readyz`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ ready: true, dependencies: [{ name: 'hub', ready: true }] });
  });

  test('is 503 and names what is down and why', async () => {
    const { endpoint } = await serve([there, away]);
    const response = await fetch(`${endpoint.url}/readyz`);
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({
      ready: false,
      dependencies: [
        { name: 'hub', ready: true },
        { name: 'temporal', ready: false, message: 'Temporal does not answer.' },
      ],
    });
  });

  test('does not wait for a dependency that hangs', async () => {
    const hanging: Dependency = { name: 'hub', check: () => new Promise(() => undefined) };
    const { endpoint } = await serve([hanging], 20);
    const response = await fetch(`${endpoint.url}/readyz`);
    expect(await response.json()).toMatchObject({ dependencies: [{ message: 'gave no answer within 20 ms' }] });
  });

  test('one line in the log for each change, not for each check', async () => {
    let up = false;
    const dependency: Dependency = {
      name: 'hub',
      check: () => (up ? Promise.resolve() : Promise.reject(new Error('no answer'))),
    };
    const { health, lines } = await serve([dependency]);
    await health.check();
    await health.check();
    up = true;
    await health.check();
    await health.check();
    expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual([
      'Dependency hub is not ready',
      'Dependency hub is ready',
    ]);
  });
});

describe('the other paths', () => {
  test.each([
    ['/healthz', 200, 'ok\n'],
    ['/metrics', 200, 'flotilla_leader 1\n'],
    ['/else', 404, 'There are /metrics, /healthz and /readyz here.\n'],
  ])('%s', async (path, status, body) => {
    const { endpoint } = await serve([]);
    const response = await fetch(endpoint.url + path);
    expect([response.status, await response.text()]).toEqual([status, body]);
  });
});

test('a taken port is one sentence', async () => {
  const { endpoint } = await serve([]);
  const { hostname, port } = new URL(endpoint.url);
  const second = serveHttp({
    address: { host: hostname, port: Number(port) },
    metrics: () => Promise.resolve(''),
    readiness: () => Promise.resolve([]),
  });
  await expect(second).rejects.toThrow(
    `127.0.0.1:${port} is taken by another program; stop it or set FLOTILLA_HTTP_ADDRESS to another place.`,
  );
});
