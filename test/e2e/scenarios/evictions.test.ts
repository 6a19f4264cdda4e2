/** An eviction on a real fleet: the copies go, and come back only where the policy still wants them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Informer } from '../../../kube/informer.ts';
import { getFleet } from '../../support/fleet.ts';
import { apply, kubectlLine, waitFor } from '../../support/kubectl.ts';
import { rollingPlacement, RolloutScenarios } from '../../support/rolloutScenario.ts';

const name = 'evicted';
const configMaps = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const api = 'placement.kubernetes-fleet.io/v1beta1';
let scenarios: RolloutScenarios;

beforeAll(async () => {
  scenarios = new RolloutScenarios(await getFleet(), name);
  await scenarios.rollOut(name, rollingPlacement(name, undefined, { placementType: 'PickN', numberOfClusters: 2 }));
}, 180_000);

afterAll(async () => {
  await kubectlLine(scenarios.fleet, 'delete crpe,crpdb --all');
  await scenarios.close();
}, 120_000);

function evict(eviction: string, cluster: string): Promise<unknown> {
  const spec = { placementName: name, clusterName: cluster };
  return apply(scenarios.fleet, [
    { apiVersion: api, kind: 'ClusterResourcePlacementEviction', metadata: { name: eviction }, spec },
  ]);
}

/** Uid of the ConfigMap on a member: another one after it has been taken away and brought again. */
async function copyOn(member: string): Promise<string> {
  const line = `get cm settings -n ${name} --ignore-not-found --context ${member} -o jsonpath={.metadata.uid}`;
  return (await kubectlLine(scenarios.fleet, line)).stdout;
}

test('a budget keeps the clusters that it guards', async () => {
  const spec = { minAvailable: 2 };
  const kind = 'ClusterResourcePlacementDisruptionBudget';
  await apply(scenarios.fleet, [{ apiVersion: api, kind, metadata: { name }, spec }]);
  await evict('guarded', 'member3');
  await waitFor(scenarios.fleet, 'condition=Executed=false', 'crpe/guarded');
  await kubectlLine(scenarios.fleet, `delete crpdb ${name}`);
});

test('without one the copies are taken away, and placed anew', async () => {
  const before = await copyOn('member3');
  expect(before).not.toBe('');
  const copies = new Informer(scenarios.client('member3'), configMaps, { namespace: name });
  copies.start();
  try {
    await evict('allowed', 'member3');
    await waitFor(scenarios.fleet, 'condition=Executed', 'crpe/allowed');
    await copies.waitFor(({ metadata }) => metadata.name === 'settings' && metadata.uid !== before, 45_000);
  } finally {
    copies.stop();
  }
  await scenarios.reaches(name, 0);
});
