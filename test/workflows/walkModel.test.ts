/**
 * Runs of all shapes on a real server, many side by side, with workers that come and go. `FLOTILLA_MODEL_RUNS` says how
 * many; `npm run test:soak` tries very many.
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planOf } from '../support/runModel/plans.ts';
import { WorkflowTestServer } from './environment.ts';
import { ModelHub } from './model/modelHub.ts';
import { groups, type Group } from './model/story.ts';
import { ToldRun } from './model/toldRun.ts';

const runs = Number(process.env.FLOTILLA_MODEL_RUNS ?? 30);
/** The same stories each time, so that a change is judged by itself; the soak tells new ones. */
const seed = process.env.FLOTILLA_MODEL_RUNS === undefined ? 1 : undefined;
/** Runs that share workers; starting those takes longer than a run does. */
const groupSize = Math.min(10, runs);
/** Nothing happening for so long means that nothing will. */
const patienceMs = 20_000;

let server: WorkflowTestServer;
beforeAll(async () => {
  server = await WorkflowTestServer.start();
});
afterAll(() => server.stop());

let groupsTold = 0;

test(
  'a run keeps every rule, whatever messages it gets and whenever its worker ends',
  async () => {
    await fc.assert(fc.asyncProperty(groups(groupSize), tell), {
      numRuns: Math.ceil(runs / groupSize),
      ...(seed !== undefined && { seed }),
      // A smaller story takes a server as long as a large one: say which one it was, and leave it at that.
      endOnFailure: true,
    });
    expect(groupsTold).toBe(Math.ceil(runs / groupSize));
  },
  60_000 + runs * 5_000,
);

async function tell(group: Group): Promise<void> {
  groupsTold += 1;
  const hub = new ModelHub();
  const told = await Promise.all(
    group.stories.map(async (story, index) => {
      const run = hub.add(planOf(story.shape, `model-${groupsTold}-${index}`), story.begins);
      const { name, uid } = run.plan.run;
      return new ToldRun(hub, run, await server.startRun({ name, uid }), story);
    }),
  );
  const followed = Promise.all(told.map((one) => one.follow()));
  // Awaited below; a failure in between must not count as nobody's.
  followed.catch(() => undefined);
  try {
    await tellAll(hub, told, group.restarts);
  } finally {
    await Promise.all(told.map((one) => one.abandon()));
    await followed;
  }
  for (const { run } of told) if (run.broken !== undefined) throw run.broken;
}

/** @param restarts after so many rounds the workers end, and others take over */
async function tellAll(hub: ModelHub, told: readonly ToldRun[], restarts: readonly number[]): Promise<void> {
  let rounds = 0;
  for (const end of [...restarts.toSorted((a, b) => a - b), Infinity]) {
    await server.withWorkers(hub.fakes, async () => {
      while (rounds < end && told.some((one) => !one.isOver)) {
        rounds += 1;
        await oneRound(hub, told);
      }
    });
  }
}

/** Every run that can takes a turn; where none can, something is awaited. */
async function oneRound(hub: ModelHub, told: readonly ToldRun[]): Promise<void> {
  const { change } = hub;
  let isMoving = false;
  for (const one of told) {
    if (!one.isOver && (await one.turn())) isMoving = true;
    if (one.run.broken !== undefined) throw one.run.broken;
  }
  if (!isMoving && told.some((one) => !one.isOver)) await patiently(change, told);
}

async function patiently(change: Promise<unknown>, told: readonly ToldRun[]): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const deadline = setTimeout(() => {
    const open = told.filter((one) => !one.isOver).map((one) => one.describe());
    reject(new Error(`Nothing happens any more:\n${open.join('\n')}`));
  }, patienceMs);
  try {
    await Promise.race([change, promise]);
  } finally {
    clearTimeout(deadline);
  }
}
