/** How long a restarted worker takes until it has looked at every placement and found nothing to do. */
import { setTimeout as delay } from 'node:timers/promises';
import { measureCosts } from '../rollout/costs.ts';
import { requestsSoFar, writesOf } from '../rollout/requests.ts';
import type { World } from '../rollout/world.ts';
import { isOfPlacements } from './idle.ts';
import { workerFigures } from './workerFigures.ts';

const rounds = 3;
const lookEveryMs = 50;
const patienceMs = 120_000;

/** A row for each round. */
export async function measureRestart(world: World): Promise<Record<string, Record<string, number>>> {
  const rows: Record<string, Record<string, number>> = {};
  for (let round = 1; round <= rounds; round += 1) rows[`restart ${String(round)}`] = await measureRound(world);
  return rows;
}

async function measureRound(world: World): Promise<Record<string, number>> {
  const worker = world.fleet.process('worker');
  await worker.kill('SIGTERM');
  const began = performance.now();
  await worker.start();
  const readyMs = performance.now() - began;
  const endCosts = await measureCosts(world);
  await isIdle(world);
  const idleMs = performance.now() - began;
  const costs = await endCosts();
  return {
    'ready, s': seconds(readyMs),
    'idle, s': seconds(idleMs),
    'processor seconds since ready': seconds(
      (costs.find(({ name }) => name === 'worker')?.processorSeconds ?? 0) * 1_000,
    ),
    'writes to the hub but for members and Lease': writesOf(await requestsSoFar(world), 'hub', isOfPlacements),
  };
}

/** Every placement has been looked at, and none waits. */
async function isIdle({ fleet, placements }: World): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { depth, processed = 0 } = (await workerFigures(fleet)) ?? {};
    if (depth === 0 && processed >= placements.length) return;
    if (performance.now() > deadline) throw new Error(`The worker was not idle after ${String(patienceMs / 1_000)} s.`);
    await delay(lookEveryMs);
  }
}

function seconds(milliseconds: number): number {
  return Math.round(milliseconds / 10) / 100;
}
