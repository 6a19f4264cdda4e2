/** How many clusters of a stage are in work at once, and what two runs of one placement do to each other. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findCondition } from '../../../api/conditions.ts';
import { getFleet } from '../../support/fleet.ts';
import { apply, waitFor } from '../../support/kubectl.ts';
import { bindingsOf, configMap, getRun, stage, valueOn } from '../../support/scenario.ts';
import { clustersWith, lines, RunScenarios, stageOf, stageSays } from '../../support/runScenario.ts';

let scenarios: RunScenarios;

beforeAll(async () => {
  scenarios = new RunScenarios(await getFleet(), 'concurrency');
}, 180_000);

afterAll(async () => {
  await scenarios.close();
}, 120_000);

describe('never more clusters in work than maxConcurrency allows:', () => {
  const cases: { maxConcurrency: number | string; name: string; atOnce: number }[] = [
    { maxConcurrency: 2, name: 'concurrency-two', atOnce: 2 },
    { maxConcurrency: '50%', name: 'concurrency-half', atOnce: 1 },
    { maxConcurrency: '100%', name: 'concurrency-whole', atOnce: 3 },
  ];

  test.each(cases)('$maxConcurrency of three is $atOnce', async ({ maxConcurrency, name, atOnce }) => {
    await scenarios.placeHeld(name);
    await scenarios.useStrategy(name, [stage('all', undefined, { maxConcurrency })]);
    await scenarios.start(name);
    const { members } = scenarios.fleet;
    for (let done = 0; done < members.length; done += 1) {
      const expected = members.slice(0, done + atOnce);
      const run = await scenarios.becomes(
        name,
        (current) => clustersWith(current, 'Started').length >= expected.length,
      );
      expect(clustersWith(run, 'Started')).toEqual(expected);
      expect(clustersWith(run, 'Succeeded')).toEqual(members.slice(0, done));
      await scenarios.release(name, members[done] ?? '');
      await scenarios.becomes(name, (current) => clustersWith(current, 'Succeeded').length > done);
    }
    const run = await scenarios.succeeds(name);
    expect(mostAtOnce(await times(run.metadata.name))).toBeLessThanOrEqual(atOnce);
  });

  /** When each cluster started and ended, as the status tells. */
  async function times(name: string): Promise<{ started: string; ended: string }[]> {
    const run = await getRun(scenarios.fleet, name);
    return (stageOf(run, 'all')?.clusters ?? []).map(({ conditions }) => ({
      started: findCondition(conditions, 'Started')?.lastTransitionTime ?? '',
      ended: findCondition(conditions, 'Succeeded')?.lastTransitionTime ?? '',
    }));
  }

  /** The status counts whole seconds: only what was surely in work when another cluster ended is counted. */
  function mostAtOnce(clusters: { started: string; ended: string }[]): number {
    const inWorkAt = (second: string): number =>
      clusters.filter(({ started, ended }) => started < second && ended >= second).length;
    return Math.max(...clusters.map(({ ended }) => inWorkAt(ended)));
  }
});

describe('two runs of one placement', () => {
  test('a newer run with another snapshot takes a cluster in work over: the older one fails and names it', async () => {
    const name = 'concurrency-older';
    const newer = 'concurrency-newer';
    await scenarios.placeHeld(name);
    await scenarios.useStrategy(name, [stage('all')]);
    await scenarios.start(name);
    await waitFor(scenarios.fleet, 'create', `service/gate -n ${name} --context member1`);
    await apply(scenarios.fleet, [configMap(name, 'settings', { key: 'second' })]);
    await waitFor(scenarios.fleet, 'create', `clusterresourcesnapshots/${name}-1-snapshot`);
    await scenarios.start(newer, {
      placementName: name,
      stagedRolloutStrategyName: name,
      resourceSnapshotIndex: '1',
    });
    const { message, run } = await scenarios.fails(name);
    const [binding] = await bindingsOf(scenarios.fleet, name);
    expect(message).toBe(
      'cannot continue the ClusterStagedUpdateRun: failed to process the request due to a client error: ' +
        'the clusterResourceBinding of the updating cluster `member1` in the stage `all` is not up-to-date with the ' +
        `desired status, please check the status of binding \`${binding?.metadata.name ?? ''}\` and see if there is a ` +
        'concurrent updateRun referencing the same clusterResourcePlacement and updating the same cluster; ' +
        `it has been taken over by ClusterStagedUpdateRun/${newer}`,
    );
    expect(lines(run.status?.conditions)).toContain('Progressing False UpdateRunFailed');
    expect(stageSays(run, 'all')).toBe('Progressing False StageUpdatingFailed');
    expect(stageSays(run, 'all', 'Succeeded')).toBe('Succeeded False StageUpdatingFailed');
    expect(stageOf(run, 'all')?.endTime).toBeDefined();
    expect(lines(stageOf(run, 'all')?.clusters[0]?.conditions)).toEqual([
      'Started True ClusterUpdatingStarted',
      'Succeeded False ClusterUpdatingFailed',
    ]);
    expect(clustersWith(run, 'Started')).toEqual(['member1']);

    for (const member of scenarios.fleet.members) await scenarios.release(name, member);
    await scenarios.succeeds(newer);
    expect(await valueOn(scenarios.fleet, 'member1', name, 'key')).toBe('second');
  });

  test('runs with the same snapshot do not disturb each other', async () => {
    const name = 'concurrency-same';
    await scenarios.placeHeld(name);
    await scenarios.useStrategy(name, [stage('all')]);
    await scenarios.start(name);
    await waitFor(scenarios.fleet, 'create', `service/gate -n ${name} --context member1`);
    await scenarios.start(`${name}-newer`, { placementName: name, stagedRolloutStrategyName: name });
    await scenarios.becomes(`${name}-newer`, (run) => clustersWith(run, 'Started').length === 1);
    for (const member of scenarios.fleet.members) await scenarios.release(name, member);
    await scenarios.succeeds(name);
    await scenarios.succeeds(`${name}-newer`);
  });
});
