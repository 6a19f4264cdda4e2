/** Evictions and disruption budgets against a real API server: what is refused, what is decided, what goes. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { bindingConditions, conditionAt, findCondition } from '../../api/conditions.ts';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import type { ClusterResourcePlacementEviction } from '../../api/types/clusterresourceplacementeviction.ts';
import { EvictionController } from '../../controllers/evictions/controller.ts';
import { buildBinding } from '../../domain/scheduling/bindings.ts';
import { rfc3339 } from '../../domain/time.ts';
import { Informer } from '../../kube/informer.ts';
import { deadlineMs, head, startHub, type TestHub } from './placementsHub.ts';

let hub: TestHub;
let controller: EvictionController;
let evictions: Informer<ClusterResourcePlacementEviction>;

beforeAll(async () => {
  hub = await startHub();
  controller = new EvictionController({ hub: hub.client, log: pino({ level: 'silent' }) });
  controller.start();
  evictions = new Informer(hub.client, kinds.eviction);
  evictions.start();
}, 60_000);

afterAll(async () => {
  evictions.stop();
  await controller.stop();
  await hub.stop();
});

/** A placement of two clusters that have its copies. */
async function placed(name: string): Promise<void> {
  const { client } = hub;
  const { uid = '' } = (
    await client.create(clusterKinds.placement, {
      ...head(clusterKinds.placement),
      metadata: { name },
      spec: {
        resourceSelectors: [{ group: '', version: 'v1', kind: 'Namespace', name }],
        policy: { placementType: 'PickN', numberOfClusters: 2 },
      },
    })
  ).metadata;
  for (const cluster of ['member1', 'member2']) {
    const decision = { clusterName: cluster, selected: true, reason: 'picked' };
    const binding = buildBinding({ name, uid }, cluster, `${name}-0`, decision);
    const created = await client.create(clusterKinds.binding, {
      ...binding,
      spec: { ...binding.spec, state: 'Bound', resourceSnapshotName: `${name}-0-snapshot` },
    });
    const available = conditionAt(bindingConditions.available(), 1, rfc3339(Date.now()));
    await client.replaceStatus(clusterKinds.binding, { ...created, status: { conditions: [available] } });
  }
}

/** Evicts and waits for the decision. */
async function evict(name: string, placementName: string, clusterName: string): Promise<string> {
  const metadata = { name };
  await hub.client.create(kinds.eviction, { ...head(kinds.eviction), metadata, spec: { placementName, clusterName } });
  const decided = ({ metadata: { name: of }, status }: ClusterResourcePlacementEviction): boolean =>
    of === name && (status?.conditions ?? []).some(({ type, status: is }) => type === 'Executed' || is === 'False');
  const { status } = await evictions.waitFor(decided, deadlineMs);
  const last = findCondition(status?.conditions, 'Executed') ?? findCondition(status?.conditions, 'Valid');
  return `${last?.type ?? ''} ${last?.status ?? ''} ${last?.message ?? ''}`;
}

test('a budget lets one cluster go, and keeps the next', async () => {
  const name = 'guarded';
  await placed(name);
  await hub.client.create(kinds.disruptionBudget, {
    ...head(kinds.disruptionBudget),
    metadata: { name },
    spec: { maxUnavailable: 1 },
  });
  expect(await evict('first', name, 'member1')).toBe(
    'Executed True Eviction is allowed by specified ClusterResourcePlacementDisruptionBudget, availablePlacements: 2, totalPlacements: 2',
  );
  const { items } = await hub.client.list(clusterKinds.binding);
  const leaving = items.filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  expect(leaving.map(({ spec }) => spec.targetCluster)).toEqual(['member1']);
  expect(await evict('again', name, 'member1')).toContain('is currently being removed from cluster');
  // What is on its way out is not available, whatever it reports.
  expect(await evict('second', name, 'member2')).toBe(
    'Executed False Eviction is blocked by specified ClusterResourcePlacementDisruptionBudget, availablePlacements: 1, totalPlacements: 2',
  );
});

/** The API server's own words. */
function says(text: string): { detail: string } {
  return { detail: expect.stringContaining(text) as unknown as string };
}

test('what makes no sense is said', async () => {
  expect(await evict('astray', 'no-such-placement', 'member1')).toBe(
    'Valid False Failed to find ClusterResourcePlacement targeted by eviction',
  );
});

test.each<[string, Record<string, unknown>, string]>([
  ['both limits', { maxUnavailable: 1, minAvailable: 1 }, 'Both MaxUnavailable and MinAvailable cannot be specified'],
  [
    'a share that is none',
    { maxUnavailable: '101%' },
    "If supplied value is String should match regex '^(100|[0-9]{1,2})%$'",
  ],
  ['a negative number', { minAvailable: -1 }, 'If supplied value is Integer must be greater than or equal to 0'],
])('a budget with %s is refused', async (_, spec, text) => {
  const budget = { ...head(kinds.disruptionBudget), metadata: { name: 'refused' }, spec };
  await expect(hub.client.create(kinds.disruptionBudget, budget)).rejects.toMatchObject(says(text));
});

test('an eviction stays about what it was made for', async () => {
  const body = { spec: { clusterName: 'member2' } };
  await expect(hub.client.patch(kinds.eviction, 'astray', { type: 'merge', body })).rejects.toMatchObject(
    says('The ClusterName field is immutable'),
  );
});
