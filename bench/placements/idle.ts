/** What the worker costs while nothing happens. */
import { setTimeout as delay } from 'node:timers/promises';
import { measureCosts } from '../rollout/costs.ts';
import { countRequests, writesOf } from '../rollout/requests.ts';
import type { World } from '../rollout/world.ts';
import { workerFigures } from './workerFigures.ts';

const settlingMs = 10_000;
const restMs = 30_000;

/** A collection of garbage falls into one of them or the other. */
const rests = 4;

/** Heartbeats of the members go on. @returns a row for each of several rests, and one for all together */
export async function measureIdle(world: World): Promise<Record<string, Record<string, number>>> {
  await delay(settlingMs);
  const rows: Record<string, Record<string, number>> = {};
  for (let rest = 1; rest <= rests; rest++) rows[`idle ${String(rest)}`] = await measureRest(world);
  const shares = Object.values(rows).map((row) => row[share] ?? NaN);
  return { ...rows, mean: { [share]: round(shares.reduce((sum, each) => sum + each, 0) / rests) } };
}

const share = 'percent of a core';

async function measureRest(world: World): Promise<Record<string, number>> {
  const before = await workerFigures(world.fleet);
  const [endCount, endCosts] = [await countRequests(world), await measureCosts(world)];
  await delay(restMs);
  const [costs, counts] = [await endCosts(), await endCount()];
  const after = await workerFigures(world.fleet);
  const worker = costs.find(({ name }) => name === 'worker');
  return {
    seconds: restMs / 1_000,
    [share]: round(((worker?.processorSeconds ?? NaN) / restMs) * 100_000),
    'MiB at most': round(worker?.peakMiB ?? NaN),
    'requests to Temporal': (after?.temporalRequests ?? NaN) - (before?.temporalRequests ?? NaN),
    'placements looked at': (after?.processed ?? NaN) - (before?.processed ?? NaN),
    'writes to the hub but for members and Lease': writesOf(counts, 'hub', isOfPlacements),
  };
}

/** Members report themselves and the Lease is renewed; that is no work on placements. */
export function isOfPlacements(resource: string): boolean {
  return !resource.startsWith('memberclusters') && resource !== 'leases';
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
