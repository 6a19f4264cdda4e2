/**
 * Runs once before the integration and end-to-end tests, in Jest's main process. It starts nothing yet: the first test
 * file that calls `getFleet()` makes it start the one fleet that all share; that fleet ends with Jest, however Jest ends.
 */
import { mkdtemp } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { down, tutorialMembers, up } from '../../local/fleet.ts';
import { fleetServerVariable } from './fleet.ts';

interface SharedFleet {
  server: Server;
  /** Data folder, once somebody has asked for the fleet. */
  data?: Promise<string>;
}

let shared: SharedFleet | undefined;

/** Jest calls it once for each project that has tests to run; the first call counts. */
export default async function setUp(): Promise<void> {
  if (process.env[fleetServerVariable] !== undefined) return;
  const fleet: SharedFleet = {
    server: createServer((_request, response) => {
      (fleet.data ??= startFleet()).then(
        (data) => response.end(data),
        (error: unknown) => {
          response.statusCode = 500;
          response.end(error instanceof Error ? error.message : String(error));
        },
      );
    }),
  };
  fleet.server.unref();
  await new Promise<void>((resolve) => fleet.server.listen(0, '127.0.0.1', resolve));
  process.env[fleetServerVariable] = `http://127.0.0.1:${String((fleet.server.address() as AddressInfo).port)}`;
  shared = fleet;
}

/** Ends what {@link setUp} has started. */
export async function tearDown(): Promise<void> {
  const fleet = shared;
  shared = undefined;
  if (fleet === undefined) return;
  fleet.server.close();
  const data = await fleet.data?.catch(() => undefined);
  if (data === undefined) return;
  await down(data);
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
