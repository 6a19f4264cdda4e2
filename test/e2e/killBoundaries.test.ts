/**
 * Kills the worker with SIGKILL at the boundaries of workflow tasks, in a run over twelve clusters, and starts it again
 * at once. Whatever the boundary: the run ends as an undisturbed one does, writes to no cluster twice and skips none.
 * Here at ten boundaries; `npm run test:soak` sets `FLOTILLA_TEST_KILLS=all`. `FLOTILLA_TEST_KILL_SEED` repeats a sample.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  describeBoundary,
  sampleBoundaries,
  sides,
  tasksIn,
  type Boundary,
} from '../support/killBoundaries/boundaries.ts';
import { readFinalState, type FinalState } from '../support/killBoundaries/finalState.ts';
import { playRun, type PlayedRun } from '../support/killBoundaries/play.ts';
import { recoveryLines, recoveryOf, recoveryTable, type Recovery } from '../support/killBoundaries/recovery.ts';
import { violations } from '../support/killBoundaries/violations.ts';
import { World } from '../support/killBoundaries/world.ts';

const everyBoundary = process.env.FLOTILLA_TEST_KILLS === 'all';
const sampled = 10;
const runsToFindTheEnd = 3;
const seed = Number(process.env.FLOTILLA_TEST_KILL_SEED ?? Math.floor(Math.random() * 2 ** 31));

let world: World;
let undisturbed: PlayedRun;
let expected: FinalState;
let played = 0;
const recoveries: Recovery[] = [];

beforeAll(async () => {
  world = await World.start();
  // The first one makes what the others only change.
  await playRun(world, 'first-run');
  undisturbed = await playRun(world, 'undisturbed-run');
  expected = await readFinalState(world, undisturbed);
}, 180_000);

afterAll(async () => {
  await world.stop();
  const detail = everyBoundary ? recoveryLines(recoveries) : `Seed of the sample: ${String(seed)}`;
  // Standard output is Jest's own where it writes a result file.
  process.stderr.write(`${detail}\n\n${recoveryTable(recoveries)}\n`);
}, 60_000);

test('an undisturbed run changes each cluster once, in order', () => {
  expect(violations(undisturbed)).toEqual([]);
});

test(`a worker killed at ${everyBoundary ? 'every boundary' : `ten boundaries (seed ${String(seed)})`} repeats and skips nothing`, async () => {
  await (everyBoundary ? killAtAll() : killAtSample());
}, 1_800_000);

async function killAtSample(): Promise<void> {
  for (const { side, task } of sampleBoundaries(tasksIn(undisturbed.events), sampled, seed)) {
    // How many tasks a run has is a matter of timing: one that is over too soon is killed at an earlier task instead.
    let earlier = task;
    while (!(await killAt({ side, task: earlier }))) earlier -= 1;
  }
}

async function killAtAll(): Promise<void> {
  for (const side of sides) {
    for (let task = 1; await killAtOneOf(runsToFindTheEnd, { side, task }); task += 1);
  }
}

/** Some runs have a few tasks more than others, so the last one is not found with a single run. */
async function killAtOneOf(runs: number, boundary: Boundary): Promise<boolean> {
  return runs > 0 && ((await killAt(boundary)) || (await killAtOneOf(runs - 1, boundary)));
}

/** @returns whether the run came to the boundary */
async function killAt(boundary: Boundary): Promise<boolean> {
  const where = describeBoundary(boundary);
  try {
    played += 1;
    const run = await playRun(world, `killed-run-${String(played)}`, boundary);
    expect(violations(run)).toEqual([]);
    expect(await readFinalState(world, run)).toEqual(expected);
    const recovery = recoveryOf(boundary, run);
    if (recovery !== undefined) recoveries.push(recovery);
    return recovery !== undefined;
  } catch (error) {
    throw new Error(`Killed at ${where}: ${(error as Error).message}`, { cause: error });
  }
}
