/**
 * Runs once before the integration and end-to-end tests, in Jest's main process. It starts nothing yet: each of Jest's
 * worker processes gets a fleet of its own with the first call of `getFleet()`, and all its test files share that one.
 * The fleets end with Jest, however Jest ends.
 */
import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, tutorialMembers, up } from '../../local/fleet.ts';
import { fleetServerVariable } from './fleet.ts';

interface Fleets {
  server: Server;
  /** Data folders, by the path at which a worker process asks for its fleet. */
  data: Map<string, Promise<string>>;
}

let shared: Fleets | undefined;

/** Jest calls it once for each project that has tests to run; the first call counts. */
export default async function setUp(): Promise<void> {
  if (process.env[fleetServerVariable] !== undefined) return;
  const data = new Map<string, Promise<string>>();
  const server = createServer(({ url = '/' }, response) => {
    const started = data.get(url) ?? startFleet();
    data.set(url, started);
    started.then(
      (folder) => response.end(folder),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(error instanceof Error ? error.message : String(error));
      },
    );
  });
  server.unref();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env[fleetServerVariable] = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  shared = { server, data };
}

/** Ends what {@link setUp} has started. */
export async function tearDown(): Promise<void> {
  const fleets = shared;
  shared = undefined;
  if (fleets === undefined) return;
  fleets.server.close();
  for (const started of await Promise.allSettled(fleets.data.values())) {
    if (started.status === 'fulfilled') await down(started.value);
  }
}

async function startFleet(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'flotilla-test-'));
  const lines: string[] = [];
  try {
    await up({
      data,
      members: [...tutorialMembers],
      worker: true,
      audit: true,
      temporary: true,
      whileParentLives: true,
      log: (line) => lines.push(line),
    });
    return data;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`The fleet for the tests did not start: ${reason}\n${lines.join('\n')}`, { cause: error });
  }
}
