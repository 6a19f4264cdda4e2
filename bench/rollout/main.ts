/** `npm run bench -- rollout`: runs over many clusters, beside a loop that makes the same writes and nothing else. */
import { resolve } from 'node:path';
import { describeMachine } from '../machine.ts';
import { checkSimulatedMembers } from '../simulated/checkFleet.ts';
import { measureBare, measureEngine, measureRest, type Measured, type Rest } from './measure.ts';
import { reportCosts, reportRequests, reportRuns } from './report.ts';
import { scenarios, type Scenario, type ScenarioName } from './scenarios.ts';
import { workerTroubles } from './workerTroubles.ts';
import { withWorld, type World } from './world.ts';

/** What the user may choose. */
export interface RolloutOptions {
  /** @default all with simulated members */
  scenario?: ScenarioName[];
  /** Also the scenario with real members. */
  real?: boolean;
  /** Measured rounds instead of the scenario's own number. */
  rounds?: number;
  /** Only compare the simulated members with a real API server. */
  check?: boolean;
  /** Folder for CPU profiles of the worker. */
  profile?: string;
}

interface Result {
  scenario: Scenario;
  measured: Measured;
  rest: Rest;
}

export async function benchRollout(options: RolloutOptions): Promise<void> {
  if (options.check === true) {
    await checkSimulatedMembers();
    return;
  }
  const results: Result[] = [];
  for (const name of chosen(options)) {
    const scenario: Scenario = scenarios[name];
    console.error(scenario.title);
    const profiles = options.profile === undefined ? undefined : resolve(options.profile);
    await withWorld(scenario, profiles, async (world) => {
      results.push(...(await measureScenario(world, options.rounds ?? scenario.rounds)));
    });
  }
  console.log(describeMachine());
  console.log(
    'Content: for each placement a namespace with one ConfigMap, one value of which changes from run to run.',
  );
  reportRuns(results);
  for (const { scenario, measured, rest } of results) {
    reportCosts(scenario, measured, rest);
    reportRequests(scenario, measured);
  }
}

function chosen({ scenario, real }: RolloutOptions): ScenarioName[] {
  const names = scenario ?? (real === true ? [] : (['stages', 'large', 'parallel'] as const));
  return [...new Set([...names, ...(real === true ? (['real'] as const) : [])])];
}

/** All rounds of the product come first: the worker ends before the bare loop begins, so that it takes no part in that. */
async function measureScenario(world: World, rounds: number): Promise<Result[]> {
  const { scenario, fleet } = world;
  const rest = await measureRest(world);
  const engine = [];
  for (const pace of scenario.paces.keys()) {
    engine.push(await measureEngine(world, pace, rounds, pace * (rounds + 1)));
  }
  for (const [text, count] of await workerTroubles(fleet)) world.log(`the worker wrote ${String(count)} × ${text}`);
  await fleet.process('worker').kill('SIGTERM');
  const results: Result[] = [];
  for (const measured of engine) {
    const bare = await measureBare(world, measured.pace, rounds);
    results.push({ scenario, measured: { ...measured, ...bare }, rest });
  }
  return results;
}
