/** `npm run bench -- placements`: many placements that nothing happens to, and one with a large status. */
import { describeMachine } from '../machine.ts';
import type { Scenario } from '../rollout/scenarios.ts';
import { withWorld } from '../rollout/world.ts';
import { measureIdle } from './idle.ts';
import { measureRestart } from './restart.ts';
import { measureLargeStatus } from './largeStatus.ts';

export interface PlacementsOptions {
  placements: number;
  members: number;
  /** Clusters of the placement with the large status. */
  clusters: number;
}

/** So many clusters are shown with all their conditions, whatever the profile. */
const wholeEntries = 400;

export async function benchPlacements({ placements, members, clusters }: PlacementsOptions): Promise<void> {
  const scenario: Scenario = {
    title: `${String(placements)} placements on ${String(members)} simulated clusters`,
    members: 'simulated',
    stages: [{ name: 'all', clusters: members }],
    placements,
    paces: [],
    rounds: 0,
    rollingUpdate: { maxUnavailable: '100%', unavailablePeriodSeconds: 0 },
  };
  console.error(scenario.title);
  await withWorld(scenario, undefined, async (world) => {
    const idle = await measureIdle(world);
    const restarts = await measureRestart(world);
    // The worker would write the same object.
    await world.fleet.process('worker').kill('SIGTERM');
    const status = {
      ...(await measureLargeStatus(world.hub, wholeEntries)),
      ...(await measureLargeStatus(world.hub, clusters)),
    };
    console.log(describeMachine());
    console.log(scenario.title);
    console.table(idle);
    console.table(restarts);
    console.log('Status of one placement; milliseconds of a core, medians');
    console.table(status);
  });
}
