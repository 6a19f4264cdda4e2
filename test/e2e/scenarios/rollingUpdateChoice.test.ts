/** Placements that roll out by themselves while their choice of clusters, their strategy or their scope is another. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findCondition } from '../../../api/conditions.ts';
import type { ClusterResourcePlacement } from '../../../api/types/clusterresourceplacement.ts';
import { getFleet } from '../../support/fleet.ts';
import { apply, kubectlLine, waitFor } from '../../support/kubectl.ts';
import { oneByOne, rollingPlacement, RolloutScenarios } from '../../support/rolloutScenario.ts';
import { bindingsOf, configMap, namespace, stage, valueOn, type ScenarioObject } from '../../support/scenario.ts';

let scenarios: RolloutScenarios;

beforeAll(async () => {
  scenarios = new RolloutScenarios(await getFleet(), 'rolling-choice');
}, 180_000);

afterAll(async () => {
  await scenarios.close();
}, 120_000);

async function values(name: string): Promise<string[]> {
  const { fleet } = scenarios;
  return Promise.all(fleet.members.map((member) => valueOn(fleet, member, name, 'key')));
}

describe('PickN', () => {
  const name = 'rolling-pick';
  const policy = (numberOfClusters: number) => ({ placementType: 'PickN' as const, numberOfClusters });

  function clustersOf({ status }: ClusterResourcePlacement): (string | undefined)[] {
    return (status?.placementStatuses ?? []).map(({ clusterName }) => clusterName);
  }

  test('with more clusters brings the copies to the new ones, and leaves the others alone', async () => {
    await scenarios.rollOut(name, rollingPlacement(name, oneByOne, policy(1)));
    const [chosen = ''] = await scenarios.clustersOf(name);
    await scenarios.ends(name);
    await scenarios.patch(name, { policy: policy(3) });
    await scenarios.placementBecomes(name, (placement) => {
      const entries = placement.status?.placementStatuses ?? [];
      const available = entries.filter(({ conditions }) => findCondition(conditions, 'Available')?.status === 'True');
      return available.length === 3;
    });
    await scenarios.ends(name);
    expect(await values(name)).toEqual(['first', 'first', 'first']);
    const others = scenarios.fleet.members.filter((member) => member !== chosen);
    expect(await scenarios.order(name)).toEqual(others.map((member) => `${member}: update to resource snapshot 0`));
  });

  test('with fewer takes them away again', async () => {
    await scenarios.patch(name, { policy: policy(1) });
    await scenarios.placementBecomes(name, (placement) => clustersOf(placement).length === 1);
    await scenarios.ends(name);
    const [left = ''] = await scenarios.clustersOf(name);
    expect(await scenarios.clustersOf(name)).toEqual([left]);
    expect(await values(name)).toEqual(scenarios.fleet.members.map((member) => (member === left ? 'first' : '')));
  });
});

describe('a placement whose strategy changes', () => {
  const name = 'rolling-switch';
  const external = { strategy: { type: 'External', rollingUpdate: null } };
  const rolling = { strategy: { type: 'RollingUpdate', rollingUpdate: oneByOne } };

  test('to External brings to its end what is in flight, and begins nothing more', async () => {
    await scenarios.rollOut(name, rollingPlacement(name, oneByOne));
    await scenarios.hold(name);
    await scenarios.bindingBecomes(name, 'member1', ({ status }) => {
      return findCondition(status?.conditions, 'Available')?.status === 'False';
    });
    await scenarios.patch(name, external);
    await scenarios.rolloutBecomes(name, ({ mode }) => mode === 'external');
    expect((await scenarios.rollout(name)).working).toMatchObject([{ cluster: 'member1', does: 'update' }]);
    await scenarios.release(name, 'member1');
    await scenarios.ends(name);
    expect(await scenarios.order(name)).toEqual(['member1: update to resource snapshot 1']);
  });

  test('leaves the rest to runs', async () => {
    await scenarios.useStrategy(name, [stage('all', undefined, { maxConcurrency: '100%' })]);
    await scenarios.start(name, { resourceSnapshotIndex: '1' });
    for (const member of ['member2', 'member3']) await scenarios.release(name, member);
    await scenarios.succeeds(name);
    await scenarios.reaches(name, 1);
  });

  test('and back rolls out by itself again, whatever runs have brought', async () => {
    await scenarios.change(name, 'second');
    await waitFor(scenarios.fleet, 'create', `clusterresourcesnapshots/${name}-2-snapshot`);
    expect(await values(name)).toEqual(['first', 'first', 'first']);
    await scenarios.patch(name, rolling);
    await scenarios.reaches(name, 2);
    await scenarios.ends(name);
    expect(await values(name)).toEqual(['second', 'second', 'second']);
  });
});

describe('a binding that somebody deletes', () => {
  async function evict(name: string, member: string): Promise<void> {
    const binding = (await bindingsOf(scenarios.fleet, name)).find(({ spec }) => spec.targetCluster === member);
    // It returns when the copies are gone.
    await kubectlLine(scenarios.fleet, `delete clusterresourcebinding ${binding?.metadata.name ?? ''} --timeout=30s`);
  }

  test('takes the copies with it, and they come back where the cluster is chosen again', async () => {
    const name = 'rolling-evicted';
    await scenarios.rollOut(name, rollingPlacement(name, oneByOne));
    await evict(name, 'member2');
    await scenarios.reaches(name, 0);
    await scenarios.ends(name);
    expect(await values(name)).toEqual(['first', 'first', 'first']);
  });

  test('takes the copies with it also where runs roll out, and leaves it at that', async () => {
    const name = 'rolling-evicted-external';
    await scenarios.place(name);
    await scenarios.useStrategy(name, [stage('all', undefined, { maxConcurrency: '100%' })]);
    await scenarios.start(name);
    await scenarios.succeeds(name);
    await evict(name, 'member2');
    await scenarios.ends(name);
    expect(await values(name)).toEqual(['first', '', 'first']);
  });
});

describe('a placement in a namespace', () => {
  const name = 'rolling-namespaced';
  const selector = { group: '', version: 'v1', kind: 'ConfigMap', name: 'settings' };
  const placement: ScenarioObject = {
    ...rollingPlacement(name),
    kind: 'ResourcePlacement',
    metadata: { name, namespace: name },
    spec: {
      resourceSelectors: [selector],
      policy: { placementType: 'PickAll' },
      strategy: { type: 'RollingUpdate', rollingUpdate: oneByOne },
    },
  };
  const id = `rp/${name}/${name}`;

  test('rolls out as well, under its own workflow id', async () => {
    const { fleet } = scenarios;
    await apply(fleet, [namespace(name), configMap(name, 'settings', { key: 'first' })]);
    for (const member of fleet.members) await apply(fleet, [namespace(name)], ['--context', member]);
    await apply(fleet, [placement]);
    await waitFor(fleet, 'condition=ResourcePlacementAvailable', `rp/${name} -n ${name}`);
    expect(await values(name)).toEqual(['first', 'first', 'first']);
    await scenarios.ends(name, id);
    await scenarios.change(name, 'second');
    await waitFor(fleet, 'jsonpath={.status.observedResourceIndex}=1', `rp/${name} -n ${name}`);
    await waitFor(fleet, 'condition=ResourcePlacementAvailable', `rp/${name} -n ${name}`);
    expect(await scenarios.rollout(name, id)).toMatchObject({ resourceSnapshotIndex: '1', desired: 3 });
  });

  test('takes its copies away when it is deleted', async () => {
    const { fleet } = scenarios;
    await kubectlLine(fleet, `delete rp ${name} -n ${name} --timeout=30s`);
    expect(await values(name)).toEqual(['', '', '']);
    for (const member of fleet.members) await kubectlLine(fleet, `delete ns ${name} --wait=false --context ${member}`);
    await kubectlLine(fleet, `delete ns ${name} --wait=false`);
  });
});
