/** What each process of a scenario costs while something is measured. */
import { costOf, forgetPeak } from '../processes.ts';
import type { World } from './world.ts';

/** Of one process, between two moments. */
export interface ProcessCost {
  name: string;
  processorSeconds: number;
  /** Most resident memory in that time, in MiB. */
  peakMiB: number;
}

interface Watched {
  name: string;
  pid: number;
}

/** Begins to measure. @returns a function that ends it */
export async function measureCosts(world: World): Promise<() => Promise<ProcessCost[]>> {
  const watched = await processesOf(world);
  const before = await Promise.all(
    watched.map(async ({ pid }) => {
      await forgetPeak(pid);
      return (await costOf(pid))?.processorSeconds ?? 0;
    }),
  );
  return async () => {
    const after = await Promise.all(watched.map(({ pid }) => costOf(pid)));
    return grouped(
      watched.flatMap(({ name }, index) => {
        const cost = after[index];
        if (cost === undefined) return [];
        const processorSeconds = cost.processorSeconds - (before[index] ?? 0);
        return [{ name, processorSeconds, peakMiB: cost.peakMiB }];
      }),
    );
  };
}

/** Sums of several measurements; peaks are the highest of them. */
export function addCosts(measured: readonly ProcessCost[][]): ProcessCost[] {
  const sums = new Map<string, ProcessCost>();
  for (const { name, processorSeconds, peakMiB } of measured.flat()) {
    const sum = sums.get(name) ?? { name, processorSeconds: 0, peakMiB: 0 };
    sum.processorSeconds += processorSeconds;
    sum.peakMiB = Math.max(sum.peakMiB, peakMiB);
    sums.set(name, sum);
  }
  return [...sums.values()];
}

/** The worker is not there while the bare loop plays. */
async function processesOf({ fleet, simulated }: World): Promise<Watched[]> {
  const own = await Promise.all(fleet.processes.map(({ name }) => fleet.process(name).status()));
  return [
    ...own.filter(({ state }) => state === 'running').map(({ name, pid }) => ({ name, pid })),
    ...(simulated === undefined ? [] : [{ name: 'simulated members', pid: simulated.pid }]),
    { name: 'benchmark', pid: process.pid },
  ];
}

/** The processes of real members are told as two lines, whatever their number. */
function grouped(costs: ProcessCost[]): ProcessCost[] {
  const groups = new Map<string, ProcessCost>();
  for (const { name, processorSeconds, peakMiB } of costs) {
    const title = name.replace(/^cluster-\d+-/, 'all members: ');
    const group = groups.get(title) ?? { name: title, processorSeconds: 0, peakMiB: 0 };
    group.processorSeconds += processorSeconds;
    group.peakMiB += peakMiB;
    groups.set(title, group);
  }
  return [...groups.values()];
}
