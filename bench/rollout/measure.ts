/** Plays the rounds of one pace, by the product and bare, and gathers all figures. */
import { setTimeout as delay } from 'node:timers/promises';
import { BareLoop } from './bareRounds.ts';
import { addCosts, measureCosts, type ProcessCost } from './costs.ts';
import { changeContent, playEngineRound } from './engineRounds.ts';
import { lengthOfHistories, type HistoryLength } from './histories.ts';
import { addCounts, countRequests, type RequestCounts } from './requests.ts';
import type { Pace } from './scenarios.ts';
import type { World } from './world.ts';

/** Figures of one pace over all measured rounds. */
export interface Measured {
  pace: Pace;
  /** Milliseconds of each round by the product. */
  engineMs: number[];
  /** Milliseconds of each round of the bare loop. */
  bareMs: number[];
  engineCosts: ProcessCost[];
  bareCosts: ProcessCost[];
  requests: RequestCounts;
  histories: HistoryLength;
}

/** What the fleet costs while nothing is rolled out. */
export interface Rest {
  seconds: number;
  costs: ProcessCost[];
}

/** The product's part of {@link Measured}. */
export type EngineMeasured = Omit<Measured, 'bareMs' | 'bareCosts'>;

const restMs = 15_000;

export async function measureRest(world: World): Promise<Rest> {
  const end = await measureCosts(world);
  await delay(restMs);
  return { seconds: restMs / 1_000, costs: await end() };
}

/** @param firstIndex snapshot of the first round, which warms up and is not counted */
export async function measureEngine(
  world: World,
  pace: number,
  rounds: number,
  firstIndex: number,
): Promise<EngineMeasured> {
  const measured = { engineMs: [] as number[], costs: [] as ProcessCost[][], counts: [] as RequestCounts[] };
  const runs: string[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    await changeContent(world, firstIndex + round);
    const endCount = await countRequests(world);
    const endCosts = await measureCosts(world);
    const played = await playEngineRound(world, firstIndex + round, pace);
    const [costs, counts] = [await endCosts(), await endCount()];
    world.log(`round ${String(round)} took ${(played.wallMs / 1_000).toFixed(2)} s`);
    if (round === 0) continue;
    measured.engineMs.push(played.wallMs);
    measured.costs.push(costs);
    measured.counts.push(counts);
    runs.push(...played.runs);
  }
  return {
    pace: world.scenario.paces[pace] ?? { title: '' },
    engineMs: measured.engineMs,
    engineCosts: addCosts(measured.costs),
    requests: addCounts(measured.counts),
    histories: await lengthOfHistories(world.fleet, runs),
  };
}

/** The worker must have ended. The first round warms up and is not counted. */
export async function measureBare(
  world: World,
  pace: Pace,
  rounds: number,
): Promise<Pick<Measured, 'bareMs' | 'bareCosts'>> {
  const loop = await BareLoop.prepare(world);
  try {
    await loop.play(0, pace);
    const end = await measureCosts(world);
    const bareMs: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      bareMs.push(await loop.play(round, pace));
      world.log(`bare round ${String(round)} took ${((bareMs.at(-1) ?? 0) / 1_000).toFixed(2)} s`);
    }
    return { bareMs, bareCosts: await end() };
  } finally {
    await loop.close();
  }
}
