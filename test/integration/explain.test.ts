/** `flotilla explain` as a person types it, against a hub where nothing else runs. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clusterKinds, kinds, namespacedKinds } from '../../api/kinds.ts';
import type { PlacementPolicy } from '../../api/types/clusterresourceplacement.ts';
import { exitCodes } from '../../cli/exitCodes.ts';
import type { ExplainedPlacement } from '../../cli/explainPlacement.ts';
import { run, type CommandResult } from '../support/command.ts';
import {
  addMember,
  createNamespace,
  head,
  placementOf,
  setMemberHealth,
  startHub,
  startLoop,
  waitForScheduled,
  type TestHub,
} from './placementsHub.ts';
import { microseconds, setWorkerLease } from './workerLease.ts';

const checkout = path.join(import.meta.dirname, '../..');

let hub: TestHub;

beforeAll(async () => {
  hub = await startHub();
  await addLabelled('berlin', { environment: 'production', region: 'europe' });
  await addLabelled('dublin', { environment: 'production', region: 'europe' }, ['maintenance']);
  await addLabelled('osaka', { environment: 'production', region: 'asia' });
  await addLabelled('test', { environment: 'staging' });
  await hub.client.create(kinds.memberCluster, {
    ...head(kinds.memberCluster),
    metadata: { name: 'zurich', labels: { environment: 'production' } },
    spec: {},
  });
  await createNamespace(hub.client, 'shop');
  const loop = await startLoop(hub.client);
  for (const [name, policy] of Object.entries(policies)) {
    await hub.client.create(clusterKinds.placement, placementOf(name, 'shop', { policy }));
    await waitForScheduled(hub.client, name, name === 'named' ? 'False' : 'True');
  }
  await loop.stop();
  // From here on nobody schedules anything.
  await addMember(hub.client, 'late');
  await hub.client.create(clusterKinds.placement, placementOf('unseen', 'shop'));
  const { placement } = namespacedKinds;
  const configMaps = { group: '', version: 'v1', kind: 'ConfigMap' };
  await hub.client.create(placement, {
    ...head(placement),
    metadata: { name: 'prices', namespace: 'shop' },
    spec: { resourceSelectors: [configMaps], policy: { placementType: 'PickFixed', clusterNames: ['osaka'] } },
  });
}, 120_000);

afterAll(async () => {
  await (hub as TestHub | undefined)?.stop();
});

const production = {
  clusterAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: {
      clusterSelectorTerms: [{ labelSelector: { matchLabels: { environment: 'production' } } }],
    },
  },
};

const policies: Record<string, PlacementPolicy> = {
  everywhere: { placementType: 'PickAll', affinity: production },
  best: { placementType: 'PickN', numberOfClusters: 1, affinity: production },
  named: { placementType: 'PickFixed', clusterNames: ['berlin', 'tokyo'] },
};

async function addLabelled(name: string, labels: Record<string, string>, taints: string[] = []): Promise<void> {
  const created = await hub.client.create(kinds.memberCluster, {
    ...head(kinds.memberCluster),
    metadata: { name, labels },
    spec: { taints: taints.map((key) => ({ key, effect: 'NoSchedule' as const })) },
  });
  await setMemberHealth(hub.client, created, 'True');
}

function explain(...args: string[]): Promise<CommandResult> {
  return flotilla('explain', ...args);
}

function flotilla(...args: string[]): Promise<CommandResult> {
  const typed = [path.join(checkout, 'cli/flotilla.js'), ...args];
  return run(process.execPath, typed, { environment: { KUBECONFIG: hub.server.kubeconfig }, mayFail: true });
}

describe('the text', () => {
  test.each([
    ['everywhere', ['placement', 'everywhere']],
    ['best', ['placement', 'best']],
    ['named', ['placement', 'named']],
    ['one-cluster', ['placement', 'everywhere', '--cluster', 'dublin']],
    ['unseen', ['placement', 'unseen', '--cluster', 'late']],
    ['namespaced', ['placement', 'prices', '-n', 'shop', '--cluster', 'osaka']],
  ])('%s is as in test/integration/explained', async (golden, args) => {
    const { code, stdout, stderr } = await explain(...args);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toBe(readFileSync(path.join(import.meta.dirname, 'explained', `${golden}.txt`), 'utf8'));
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

test('-o json has the same as data', async () => {
  const { stdout } = await explain('placement', 'everywhere', '-o', 'json', '--cluster', 'test');
  const explained = JSON.parse(stdout) as ExplainedPlacement;
  expect(explained).toMatchObject({
    placement: 'everywhere',
    placementType: 'PickAll',
    selected: ['berlin', 'osaka'],
    notes: [],
    clusters: [{ cluster: 'test', outcome: 'refused', refusals: [{ plugin: 'ClusterAffinity' }] }],
  });
  expect(explained.clusters).toHaveLength(1);
  expect(explained.clusters[0]?.explanation).toMatch(/^test is out: /);
});

describe('a name that does not exist', () => {
  test.each([
    [['everywere'], 'There is no ClusterResourcePlacement everywere on the hub; did you mean everywhere?'],
    [['x'], 'There is no ClusterResourcePlacement x on the hub; there are best, everywhere, named, unseen.'],
    [
      ['prices'],
      'There is no ClusterResourcePlacement prices on the hub; with -n shop you mean the ResourcePlacement of that name.',
    ],
    [
      ['best', '-n', 'shop'],
      'There is no ResourcePlacement shop/best on the hub; without -n shop you mean the ClusterResourcePlacement of that name.',
    ],
    [['price', '-n', 'shop'], 'There is no ResourcePlacement shop/price on the hub; did you mean shop/prices?'],
    [['prices', '-n', 'shopp'], 'There is no ResourcePlacement shopp/prices on the hub; did you mean shop/prices?'],
    [['best', '--cluster', 'belin'], 'The fleet has no member belin; did you mean berlin?'],
  ])('%j', async (args, sentence) => {
    const { code, stdout, stderr } = await explain('placement', ...args);
    expect(stderr).toBe(`${sentence}\n`);
    expect(stdout).toBe('');
    expect(code).toBe(exitCodes.notFound);
  });

  test('of a subject, of a format', async () => {
    expect((await explain('placment', 'best')).stderr).toBe("Unknown command 'placment'; did you mean placement?\n");
    expect((await explain('placement', 'best', '-o', 'yaml')).stderr).toContain('allowed choices are json;');
  });
});

describe('a member that nobody has heard of for ten minutes', () => {
  const tenMinutesAgo = new Date(Date.now() - 600_000).toISOString().replace(/\.\d+/, '');
  const justNow = (): string => new Date().toISOString();

  beforeAll(async () => {
    const created = await addMember(hub.client, 'silent');
    const agentStatus = created.status?.agentStatus?.map((agent) => ({
      ...agent,
      lastReceivedHeartbeat: tenMinutesAgo,
      conditions: agent.conditions?.map((condition) => ({
        ...condition,
        lastTransitionTime: tenMinutesAgo,
        ...(condition.type === 'Healthy' && { status: 'False' as const, message: 'It did not answer.' }),
      })),
    }));
    await hub.client.replaceStatus(kinds.memberCluster, { ...created, status: { agentStatus } });
  });

  async function refusals(): Promise<{ notes: string[]; because: string }> {
    const { stdout } = await explain('placement', 'everywhere', '--cluster', 'silent', '-o', 'json');
    const { notes, clusters } = JSON.parse(stdout) as ExplainedPlacement;
    return { notes, because: (clusters[0]?.refusals ?? []).map(({ because }) => because).join() };
  }

  test('is silent where a worker listens', async () => {
    await setWorkerLease(hub.client, { acquireTime: tenMinutesAgo });
    const { notes, because } = await refusals();
    expect(notes).toEqual([]);
    expect(because).toContain('no recent heartbeat signals');
    expect((await flotilla('why', 'cluster/silent')).stdout).toContain('cluster/silent cannot be reached');
  });

  test('is given time by a worker that has just begun to listen', async () => {
    await setWorkerLease(hub.client, { acquireTime: justNow() });
    const { notes, because } = await refusals();
    expect(notes).toEqual([]);
    expect(because).not.toContain('heartbeat');
  });

  test('is not blamed where no worker runs, and it is said who is missing', async () => {
    await setWorkerLease(hub.client, { holderIdentity: '', renewTime: tenMinutesAgo });
    const { notes, because } = await refusals();
    const gone = microseconds(tenMinutesAgo);
    expect(notes).toEqual([
      `No worker has run since ${gone}, so nobody listens to the members; their silence counts against none of them.`,
    ]);
    expect(because).not.toContain('heartbeat');
    const { stdout } = await flotilla('why', 'cluster/silent');
    expect(stdout).toContain(`cluster/silent waits for a worker, since ${gone} (10m`);
    expect(stdout).toContain('and nobody does, so nobody looks at silent either; ');
  });
});
