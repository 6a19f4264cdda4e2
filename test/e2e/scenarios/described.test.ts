/** What `kubectl describe crp` prints for the document's example, line by line. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { kinds } from '../../../api/kinds.ts';
import type { KubernetesObject } from '../../../api/meta.ts';
import { Informer } from '../../../kube/informer.ts';
import { getFleet } from '../../support/fleet.ts';
import { kubectlLine, waitFor } from '../../support/kubectl.ts';
import { rollingPlacement, RolloutScenarios } from '../../support/rolloutScenario.ts';
import { configMap } from '../../support/scenario.ts';

const name = 'crp-1';
const picked = ['member2', 'member3'];
let scenarios: RolloutScenarios;

beforeAll(async () => {
  scenarios = new RolloutScenarios(await getFleet(), 'described');
  const of = rollingPlacement(name, undefined, { placementType: 'PickN', numberOfClusters: 2 });
  await scenarios.rollOut(name, of, [configMap(name, 'test-1', { key: 'value' })]);
  await lastEvent();
}, 180_000);

afterAll(async () => {
  await scenarios.close();
}, 120_000);

/** Events come after the status that they are about. */
async function lastEvent(): Promise<void> {
  const events = new Informer<KubernetesObject & { reason?: string }>(scenarios.hub, kinds.event, {
    fieldSelector: `involvedObject.name=${name}`,
  });
  events.start();
  try {
    await events.waitFor(({ reason }) => reason === 'PlacementRolloutCompleted', 20_000);
  } finally {
    events.stop();
  }
}

/** Lines without indentation, each with single blanks. */
async function described(): Promise<string[]> {
  const { stdout } = await kubectlLine(scenarios.fleet, `describe crp ${name}`);
  return stdout.split('\n').map((line) => line.trim().replaceAll(/\s+/g, ' '));
}

/** Conditions in the order in which they are printed, as `type status reason: message`, between two lines. */
function conditionsOf(lines: readonly string[], from: string, to: string): string[] {
  const part = lines.slice(lines.indexOf(from), lines.indexOf(to));
  const of = (field: string): string[] =>
    part.filter((line) => line.startsWith(`${field}: `)).map((line) => line.slice(field.length + 2));
  const [messages, reasons, statuses, types] = ['Message', 'Reason', 'Status', 'Type'].map(of);
  return (types ?? []).map((type, i) => `${type} ${statuses?.[i] ?? ''} ${reasons?.[i] ?? ''}: ${messages?.[i] ?? ''}`);
}

test('K19–K21: the head, and a spec that reads back as it was submitted', async () => {
  const lines = await described();
  expect(lines.slice(0, 6)).toEqual([
    `Name: ${name}`,
    'Namespace:',
    'Labels: <none>',
    'Annotations: <none>',
    'API Version: placement.kubernetes-fleet.io/v1beta1',
    'Kind: ClusterResourcePlacement',
  ]);
  expect(lines.slice(lines.indexOf('Spec:'), lines.indexOf('Status:'))).toEqual([
    'Spec:',
    'Policy:',
    'Number Of Clusters: 2',
    'Placement Type: PickN',
    'Resource Selectors:',
    'Group:',
    'Kind: Namespace',
    `Name: ${name}`,
    'Version: v1',
    'Revision History Limit: 10',
  ]);
  expect(lines).not.toContain('Strategy:');
});

test('K22–K24, K29: the documented conditions first, then those of later generations, all about one generation', async () => {
  const lines = await described();
  expect(conditionsOf(lines, 'Status:', 'Placement Statuses:')).toEqual([
    'ClusterResourcePlacementScheduled True SchedulingPolicyFulfilled: found all the clusters needed as specified by the scheduling policy',
    'ClusterResourcePlacementSynchronized True SynchronizeSucceeded: All 2 cluster(s) are synchronized to the latest resources on the hub cluster',
    'ClusterResourcePlacementApplied True ApplySucceeded: Successfully applied resources to 2 member clusters',
    'ClusterResourcePlacementRolloutStarted True RolloutStarted: All 2 cluster(s) start rolling out the latest resource',
    'ClusterResourcePlacementOverridden True NoOverrideSpecified: No override rules are configured for the selected resources',
    "ClusterResourcePlacementWorkSynchronized True WorkSynchronized: Works(s) are succcesfully created or updated in 2 target cluster(s)' namespaces",
    'ClusterResourcePlacementAvailable True ResourceAvailable: The selected resources in 2 cluster(s) are available now',
  ]);
  const generations = lines.filter((line) => line.startsWith('Observed Generation: '));
  const [generation] = lines.filter((line) => line.startsWith('Generation: '));
  expect(new Set(generations)).toEqual(new Set([`Observed ${generation ?? ''}`]));
});

test('K25–K28: one section for each cluster, by name', async () => {
  const lines = await described();
  expect(lines.filter((line) => line.startsWith('Cluster Name: '))).toEqual(
    picked.map((cluster) => `Cluster Name: ${cluster}`),
  );
  const starts = [...picked.map((cluster) => `Cluster Name: ${cluster}`), 'Selected Resources:'];
  for (const [index, cluster] of picked.entries()) {
    expect(conditionsOf(lines, starts[index] ?? '', starts[index + 1] ?? '').slice(0, 3)).toEqual([
      `ResourceScheduled True ScheduleSucceeded: Successfully scheduled resources for placement in ${cluster} (affinity score: 0, topology spread score: 0): picked by scheduling policy`,
      'WorkSynchronized True WorkSynchronizeSucceeded: Successfully Synchronized work(s) for placement',
      'ResourceApplied True ApplySucceeded: Successfully applied resources',
    ]);
  }
});

test('K30: the selected resources, the group left out where it is empty', async () => {
  const lines = await described();
  expect(
    lines.slice(
      lines.indexOf('Selected Resources:'),
      lines.findIndex((line) => line.startsWith('Events:')),
    ),
  ).toEqual([
    'Selected Resources:',
    'Kind: Namespace',
    `Name: ${name}`,
    'Version: v1',
    'Kind: ConfigMap',
    'Name: settings',
    `Namespace: ${name}`,
    'Version: v1',
    'Kind: ConfigMap',
    'Name: test-1',
    `Namespace: ${name}`,
    'Version: v1',
  ]);
});

test('K31–K35: the documented events in their order, from their source', async () => {
  const lines = await described();
  const events = lines.slice(lines.findIndex((line) => line.startsWith('Events:')));
  const documented = [
    'cluster-resource-placement-controller Successfully scheduled the placement',
    'cluster-resource-placement-controller Successfully synchronized the placement',
    'cluster-resource-placement-controller Resources have been applied to the selected clusters',
  ].map((text) => events.findIndex((line) => line.startsWith('Normal ') && line.endsWith(text)));
  expect(documented.every((line) => line > 0)).toBe(true);
  expect(documented).toEqual([...documented].sort((one, other) => one - other));
});

test('K18: Applied does not wait for what an object brings about', async () => {
  const held = 'described-held';
  await scenarios.placeHeld(held);
  await kubectlLine(
    scenarios.fleet,
    `patch crp ${held} --type=merge -p {"spec":{"strategy":{"type":"RollingUpdate"}}}`,
  );
  await waitFor(scenarios.fleet, 'condition=ClusterResourcePlacementApplied', `crp/${held}`);
  await waitFor(scenarios.fleet, 'condition=ClusterResourcePlacementAvailable=false', `crp/${held}`);
  await kubectlLine(scenarios.fleet, `delete crp ${held} --timeout=60s`);
});
