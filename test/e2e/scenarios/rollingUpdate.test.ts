/** Placements that bring each new snapshot to their clusters by themselves. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findCondition } from '../../../api/conditions.ts';
import { getFleet } from '../../support/fleet.ts';
import { kubectl, kubectlLine } from '../../support/kubectl.ts';
import { oneByOne, rollingPlacement, RolloutScenarios } from '../../support/rolloutScenario.ts';
import { bindingsOf, valueOn } from '../../support/scenario.ts';

let scenarios: RolloutScenarios;

beforeAll(async () => {
  scenarios = new RolloutScenarios(await getFleet(), 'rolling');
}, 180_000);

afterAll(async () => {
  await scenarios.close();
}, 120_000);

async function values(name: string): Promise<string[]> {
  const { fleet } = scenarios;
  return Promise.all(fleet.members.map((member) => valueOn(fleet, member, name, 'key')));
}

describe('a placement that says nothing of its strategy', () => {
  const name = 'rolling-default';

  test('reaches all its clusters at once', async () => {
    await scenarios.rollOut(name, rollingPlacement(name));
    await scenarios.ends(name);
    expect(await values(name)).toEqual(['first', 'first', 'first']);
    const started = (await bindingsOf(scenarios.fleet, name)).map(({ status }) =>
      findCondition(status?.conditions, 'RolloutStarted'),
    );
    expect(started.map((condition) => condition?.message)).toEqual(
      scenarios.fleet.members.map(() => 'Detected the new changes on the resources and started the rollout process'),
    );
  });

  test('takes everything away when it is deleted', async () => {
    await kubectlLine(scenarios.fleet, `delete crp ${name} --timeout=30s`);
    expect(await values(name)).toEqual(['', '', '']);
    await scenarios.ends(name);
  });
});

describe('a change', () => {
  const name = 'rolling-change';

  test('goes on cluster by cluster', async () => {
    await scenarios.rollOut(name, rollingPlacement(name, oneByOne));
    await scenarios.hold(name);
    const { members } = scenarios.fleet;
    for (const member of members) {
      await scenarios.bindingBecomes(name, member, ({ status }) => {
        return findCondition(status?.conditions, 'Available')?.status === 'False';
      });
      const view = await scenarios.rollout(name);
      expect(view.working).toMatchObject([{ cluster: member, does: 'update' }]);
      expect(view.waiting.map(({ cluster, reason }) => `${cluster} ${reason}`)).toEqual(
        members.filter((other) => other > member).map((other) => `${other} budget`),
      );
      await scenarios.release(name, member);
    }
    await scenarios.reaches(name, 1);
    await scenarios.ends(name);
    expect(await scenarios.order(name)).toEqual(members.map((member) => `${member}: update to resource snapshot 1`));
  });
});

describe('K17: between two clusters lies unavailablePeriodSeconds', () => {
  const name = 'rolling-paced';

  test('for a change, and not for the first placement', async () => {
    const period = 2;
    const began = Date.now();
    await scenarios.rollOut(name, rollingPlacement(name, { maxUnavailable: 1, unavailablePeriodSeconds: period }));
    const times = async (type: string): Promise<number[]> =>
      (await bindingsOf(scenarios.fleet, name)).map(({ status }) =>
        Date.parse(findCondition(status?.conditions, type)?.lastTransitionTime ?? ''),
      );
    const placed = await times('Available');
    expect(Math.max(...placed) - Math.min(...placed)).toBeLessThan(period * 1000);
    expect(Math.min(...placed)).toBeGreaterThanOrEqual(Math.floor(began / 1000) * 1000);

    await scenarios.change(name, 'second');
    await scenarios.reaches(name, 1);
    const [started, available] = [await times('RolloutStarted'), await times('Available')];
    for (const next of [1, 2]) {
      expect((started[next] ?? 0) - (available[next - 1] ?? Infinity)).toBeGreaterThanOrEqual(period * 1000);
    }
    expect(await values(name)).toEqual(['second', 'second', 'second']);
  });
});

describe('a cluster that refuses the change', () => {
  const name = 'rolling-refused';

  test('stops the rollout as the budget says, and says why', async () => {
    const { fleet } = scenarios;
    await scenarios.rollOut(name, rollingPlacement(name, oneByOne));
    const immutable = ['patch', 'cm', 'settings', '-n', name, '--context', 'member2', '--type=merge'];
    await kubectl(fleet, [...immutable, '-p', '{"immutable":true}']);
    await scenarios.change(name, 'second');
    await scenarios.bindingBecomes(name, 'member2', ({ status }) => {
      return findCondition(status?.conditions, 'Applied')?.status === 'False';
    });
    const placement = await scenarios.placementBecomes(name, ({ status }) => {
      const entry = status?.placementStatuses?.find(({ clusterName }) => clusterName === 'member2');
      return findCondition(entry?.conditions, 'Applied')?.status === 'False';
    });
    const waiting = placement.status?.placementStatuses?.find(({ clusterName }) => clusterName === 'member3');
    expect(findCondition(waiting?.conditions, 'RolloutStarted')).toMatchObject({
      status: 'False',
      reason: 'RolloutNotStartedYet',
      message: 'The rollout is being blocked by the rollout strategy',
    });
    const view = await scenarios.rollout(name);
    expect(view).toMatchObject({
      desired: 3,
      done: 1,
      working: [{ cluster: 'member2', does: 'update' }],
      waiting: [{ cluster: 'member3', reason: 'budget', ends: 'cluster' }],
    });
    expect(await values(name)).toEqual(['second', 'first', 'first']);
  });

  test('gets the fix first', async () => {
    await scenarios.change(name, 'first');
    await scenarios.reaches(name, 2);
    await scenarios.ends(name);
    expect(await values(name)).toEqual(['first', 'first', 'first']);
    expect(await scenarios.order(name)).toEqual([
      'member1: update to resource snapshot 1',
      'member2: update to resource snapshot 1',
      'member2: update to resource snapshot 2',
      'member1: update to resource snapshot 2',
      'member3: update to resource snapshot 2',
    ]);
  });
});
