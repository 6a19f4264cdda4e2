/**
 * `npm run bench -- update`: how long a change takes from the snapshot that holds it until every cluster has it, by a
 * placement that rolls out by itself with nothing to slow it down. The time in which changes are collected is a setting
 * and does not count.
 */
import type { RollingUpdateSettings } from '../../api/types/clusterresourceplacement.ts';
import { describeMachine } from '../machine.ts';
import { measureBare } from '../rollout/measure.ts';
import type { Pace, Scenario } from '../rollout/scenarios.ts';
import { withWorld, type World } from '../rollout/world.ts';
import { summarize } from '../statistics.ts';
import { UpdateWatch } from './updateWatch.ts';
import { playUpdate, type UpdateRound } from './updateRounds.ts';

const pace: Pace = { title: 'all at once', percent: 100 };

const rollingUpdate: RollingUpdateSettings = {
  maxUnavailable: '100%',
  unavailablePeriodSeconds: 0,
};

const scenario: Scenario = {
  title: 'one change to 12 real clusters at once',
  members: 'real',
  stages: [{ name: 'all', clusters: 12 }],
  placements: 1,
  paces: [pace],
  rounds: 10,
  rollingUpdate,
};

export async function benchUpdate({ rounds }: { rounds: number }): Promise<void> {
  await withWorld(scenario, undefined, async (world) => {
    const updates = await measureUpdates(world, rounds);
    // It takes no part in the bare loop.
    await world.fleet.process('worker').kill('SIGTERM');
    const { bareMs } = await measureBare(world, pace, rounds);
    console.log(describeMachine());
    report(updates, bareMs);
  });
}

/** The first round warms up and is not counted. */
async function measureUpdates(world: World, rounds: number): Promise<UpdateRound[]> {
  const watch = await UpdateWatch.start(world);
  try {
    const updates: UpdateRound[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const update = await playUpdate(world, watch, round + 1);
      world.log(`round ${String(round)} took ${seconds(update.rolloutMs)} s after the snapshot`);
      if (round > 0) updates.push(update);
    }
    return updates;
  } finally {
    watch.stop();
  }
}

function report(updates: readonly UpdateRound[], bareMs: readonly number[]): void {
  const rows: [string, readonly number[]][] = [
    ['from the snapshot until all clusters have it', updates.map(({ rolloutMs }) => rolloutMs)],
    ['the bare loop', bareMs],
    ['from the change, with the collecting of changes', updates.map(({ totalMs }) => totalMs)],
  ];
  console.log(`\n${scenario.title}, ${String(updates.length)} rounds, in seconds.\n`);
  console.log('| What | median | smallest | largest |');
  console.log('| --- | ---: | ---: | ---: |');
  for (const [what, times] of rows) {
    const { median, smallest, largest } = summarize(times);
    console.log(`| ${what} | ${seconds(median)} | ${seconds(smallest)} | ${seconds(largest)} |`);
  }
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3);
}
