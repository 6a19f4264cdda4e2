/** How many requests the worker makes, from its own metrics and from what the simulated members count. */
import { loopbackRequest } from '../../local/loopbackRequest.ts';
import type { World } from './world.ts';

/** Numbers of requests by side, verb and resource, such as `hub update clusterresourcebindings/status`. */
export type RequestCounts = Map<string, number>;

const writingVerbs = ['create', 'update', 'patch', 'delete'];

/** Begins to count. @returns a function that ends it */
export async function countRequests(world: World): Promise<() => Promise<RequestCounts>> {
  const before = await requestsSoFar(world);
  await world.simulated?.takeCounts();
  return async () => {
    const after = await requestsSoFar(world);
    const counts: RequestCounts = new Map();
    for (const [what, count] of after) add(counts, what, count - (before.get(what) ?? 0));
    for (const [what, count] of Object.entries((await world.simulated?.takeCounts()) ?? {})) {
      add(counts, `member ${what}`, count);
    }
    return counts;
  };
}

/** Sum of the writes whose side and resource are as wanted. */
export function writesOf(
  counts: RequestCounts,
  side: 'hub' | 'member',
  isWanted: (resource: string) => boolean,
): number {
  let sum = 0;
  for (const [what, count] of counts) {
    const [ofSide, verb = '', resource = ''] = what.split(' ');
    if (ofSide === side && writingVerbs.includes(verb) && isWanted(resource)) sum += count;
  }
  return sum;
}

/** Sums of several counts. */
export function addCounts(counted: readonly RequestCounts[]): RequestCounts {
  const sums: RequestCounts = new Map();
  for (const counts of counted) for (const [what, count] of counts) add(sums, what, count);
  return sums;
}

/**
 * Requests since the worker started. Simulated members count for themselves, so what the worker says of members counts
 * only where they are real.
 */
export async function requestsSoFar({ fleet, simulated }: World): Promise<RequestCounts> {
  const { body } = await loopbackRequest({ url: fleet.metricsUrl });
  const counts: RequestCounts = new Map();
  for (const line of body.split('\n')) {
    const [, text = '', value] = /^flotilla_kubernetes_requests_total\{(.*)\} (\S+)$/.exec(line) ?? [];
    if (value === undefined) continue;
    const label = (name: string): string => new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? '';
    if (label('side') === 'member' && simulated !== undefined) continue;
    add(counts, `${label('side')} ${label('verb')} ${label('resource')}`, Number(value));
  }
  return counts;
}

function add(counts: RequestCounts, what: string, count: number): void {
  counts.set(what, (counts.get(what) ?? 0) + count);
}
