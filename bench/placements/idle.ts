/** What the worker costs while nothing happens. */
import { setTimeout as delay } from 'node:timers/promises';
import { measureCosts } from '../rollout/costs.ts';
import { countRequests, writesOf } from '../rollout/requests.ts';
import type { World } from '../rollout/world.ts';
import { workerFigures } from './workerFigures.ts';

const settlingMs = 10_000;
const restMs = 30_000;

/** Heartbeats of the members go on. */
export async function measureIdle(world: World): Promise<Record<string, Record<string, number>>> {
  await delay(settlingMs);
  const before = await workerFigures(world.fleet);
  const [endCount, endCosts] = [await countRequests(world), await measureCosts(world)];
  await delay(restMs);
  const [costs, counts] = [await endCosts(), await endCount()];
  const after = await workerFigures(world.fleet);
  const worker = costs.find(({ name }) => name === 'worker');
  return {
    idle: {
      seconds: restMs / 1_000,
      'percent of a core': round(((worker?.processorSeconds ?? NaN) / restMs) * 100_000),
      'MiB at most': round(worker?.peakMiB ?? NaN),
      'requests to Temporal': (after?.temporalRequests ?? NaN) - (before?.temporalRequests ?? NaN),
      'placements looked at': (after?.processed ?? NaN) - (before?.processed ?? NaN),
      'writes to the hub but for members and Lease': writesOf(counts, 'hub', isOfPlacements),
    },
  };
}

/** Members report themselves and the Lease is renewed; that is no work on placements. */
export function isOfPlacements(resource: string): boolean {
  return !resource.startsWith('memberclusters') && resource !== 'leases';
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
