/**
 * Kills the worker, and then the Temporal server, with SIGKILL at the moments in which a run can be: while a cluster is
 * being applied, in a timed wait, and while an approval is awaited. Nothing may be repeated, skipped or reordered.
 * A Service of type LoadBalancer is what makes the apply wait: it is available when somebody gives it an address.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findCondition } from '../../api/conditions.ts';
import { clusterKinds } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import { clusterClients } from '../../local/clusterClients.ts';
import type { Fleet } from '../../local/fleet.ts';
import { writesTo } from '../support/audit.ts';
import { getFleet } from '../support/fleet.ts';
import { apply, kubectl, waitFor } from '../support/kubectl.ts';
import { configMap, namespace, placement, remove, stage, strategy, updateRun } from '../support/scenario.ts';

const waitSeconds = 20;
const deadlineMs = 90_000;
/** In the order in which the run comes to them. */
const order = ['member2', 'member3', 'member1'];

const services: ResourceDefinition = {
  group: '',
  version: 'v1',
  kind: 'Service',
  plural: 'services',
  namespaced: true,
};
const configMaps: ResourceDefinition = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

let fleet: Fleet;
let clients: Map<string, KubernetesClient>;

beforeAll(async () => {
  fleet = await getFleet();
  clients = clusterClients(fleet);
}, 180_000);

afterAll(async () => {
  await Promise.all([...clients.values()].map((client) => client.close()));
});

/** Remembers, for every member, which objects of a namespace changed and in which order. */
class Changes {
  readonly seen: { cluster: string; object: string }[] = [];
  readonly #informers = new Map<string, Informer<KubernetesObject>>();

  constructor(name: string) {
    for (const cluster of fleet.members) {
      for (const definition of [configMaps, services]) {
        const informer = new Informer(clientOf(cluster), definition, {
          namespace: name,
          onEvent: ({ object }) => {
            if (isOurs(object)) this.seen.push({ cluster, object: `${object.kind}/${object.metadata.name}` });
          },
        });
        informer.start();
        this.#informers.set(`${cluster}/${definition.kind}`, informer);
      }
    }
  }

  synced(): Promise<unknown> {
    return Promise.all([...this.#informers.values()].map((informer) => informer.synced));
  }

  /** Resolves when the object is on the cluster, with the time in milliseconds. */
  async arrived(cluster: string, kind: 'ConfigMap' | 'Service'): Promise<number> {
    await this.#informers.get(`${cluster}/${kind}`)?.waitFor(isOurs, deadlineMs);
    return performance.now();
  }

  stop(): void {
    for (const informer of this.#informers.values()) informer.stop();
  }
}

function isOurs({ metadata }: KubernetesObject): boolean {
  return metadata.name !== 'kube-root-ca.crt';
}

function clientOf(cluster: string): KubernetesClient {
  const client = clients.get(cluster);
  if (client === undefined) throw new Error(`The fleet has no cluster ${cluster}.`);
  return client;
}

function gate(inNamespace: string): KubernetesObject & Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'gate', namespace: inNamespace },
    spec: { type: 'LoadBalancer', ports: [{ port: 80, name: 'http' }], selector: { app: 'none' } },
  };
}

async function openGate(cluster: string, name: string): Promise<void> {
  const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } } });
  await kubectl(fleet, [
    ...['patch', 'service', 'gate', '--context', cluster, '-n', name],
    ...['--subresource=status', '--type=merge', '-p', status],
  ]);
}

async function runBecomes(name: string, wanted: (run: ClusterStagedUpdateRun) => boolean): Promise<void> {
  const informer = new Informer(clientOf(fleet.hub), clusterKinds.run, { fieldSelector: `metadata.name=${name}` });
  informer.start();
  try {
    await informer.waitFor(wanted, deadlineMs);
  } finally {
    informer.stop();
  }
}

function timeOf(run: ClusterStagedUpdateRun, cluster: string, type: string): number {
  const clusters = run.status?.stagesStatus?.flatMap((each) => each.clusters) ?? [];
  const found = clusters.find(({ clusterName }) => clusterName === cluster);
  return Date.parse(findCondition(found?.conditions, type)?.lastTransitionTime ?? '');
}

function hasSucceeded(run: ClusterStagedUpdateRun, cluster: string): boolean {
  return !Number.isNaN(timeOf(run, cluster, 'Succeeded'));
}

/** SIGKILL, then a new start; returns when the kill was, in milliseconds. */
async function killAndStart(
  name: string,
  whileDead: () => Promise<unknown> = () => Promise.resolve(),
): Promise<number> {
  const process = fleet.process(name);
  const killed = performance.now();
  await process.kill('SIGKILL');
  await whileDead();
  await process.start();
  return killed;
}

const figures: string[] = [];

describe.each(['worker', 'temporal'])('kill -9 of the %s', (victim) => {
  const name = `kill-${victim}`;

  function note(moment: string, since: number, until: number): void {
    figures.push(`${victim} killed ${moment}: the run went on after ${((until - since) / 1_000).toFixed(1)} s`);
  }

  afterAll(async () => {
    await remove(fleet, `csur/${name} csus/${name} crp/${name} ns/${name}`);
    process.stdout.write(`${figures.splice(0).join('\n')}\n`);
  }, 120_000);

  test('repeats nothing, skips nothing, keeps order and wait', async () => {
    await apply(fleet, [namespace(name), configMap(name, 'settings', { key: 'one' }), gate(name)]);
    const staging = stage(
      'staging',
      { environment: 'staging' },
      {
        afterStageTasks: [{ type: 'TimedWait', waitTime: `${String(waitSeconds)}s` }],
      },
    );
    const canary = stage(
      'canary',
      { environment: 'canary' },
      {
        sortingLabelKey: 'order',
        afterStageTasks: [{ type: 'Approval' }],
      },
    );
    await apply(fleet, [placement(name, name), strategy(name, [staging, canary])]);
    await waitFor(fleet, 'create', `clusterresourcesnapshots/${name}-0-snapshot`);
    const changes = new Changes(name);
    try {
      await changes.synced();
      await apply(fleet, [updateRun(name, name, '0', name)]);

      await changes.arrived('member2', 'Service');
      const whileApplying = await killAndStart(victim);
      await openGate('member2', name);
      await runBecomes(name, (run) => hasSucceeded(run, 'member2'));
      note('while applying', whileApplying, performance.now());

      const inWait = await killAndStart(victim);
      note('in the timed wait', inWait, await changes.arrived('member3', 'ConfigMap'));
      await changes.arrived('member3', 'Service');
      await openGate('member3', name);
      await changes.arrived('member1', 'Service');
      await openGate('member1', name);

      await waitFor(fleet, 'create', `clusterapprovalrequests/${name}-canary`);
      const awaiting = await killAndStart(victim, () => approve(name));
      await runBecomes(name, (run) => findCondition(run.status?.conditions, 'Succeeded')?.status === 'True');
      note('awaiting approval', awaiting, performance.now());
    } finally {
      changes.stop();
    }
    const run = await clientOf(fleet.hub).get(clusterKinds.run, name);
    expectWaitKept(run);
    expectEachObjectChangedOnce(changes);
    await expectFinishedClustersLeftAlone(run, name);
  }, 300_000);
});

async function approve(name: string): Promise<void> {
  const condition = {
    type: 'Approved',
    status: 'True',
    reason: 'testPassed',
    message: 'lgtm',
    observedGeneration: 1,
    lastTransitionTime: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
  };
  const patch = JSON.stringify({ status: { conditions: [condition] } });
  const typed = ['patch', 'clusterapprovalrequests', `${name}-canary`, '--type=merge', '--subresource=status'];
  await kubectl(fleet, [...typed, '-p', patch]);
}

/** Conditions have whole seconds, so two of them can be a second further apart than they say. */
function expectWaitKept(run: ClusterStagedUpdateRun): void {
  const [staging] = run.status?.stagesStatus ?? [];
  const done = Date.parse(findCondition(staging?.conditions, 'Progressing')?.lastTransitionTime ?? '');
  const waited = (timeOf(run, 'member3', 'Started') - done) / 1_000;
  expect(waited).toBeGreaterThanOrEqual(waitSeconds);
  expect(waited).toBeLessThanOrEqual(waitSeconds + 3);
}

/** The Service changes a second time when its gate is opened, which is the test's own doing. */
function expectEachObjectChangedOnce({ seen }: Changes): void {
  const configMapChanges = seen.filter(({ object }) => object === 'ConfigMap/settings').map(({ cluster }) => cluster);
  expect(configMapChanges).toEqual(order);
  const serviceChanges = seen.filter(({ object }) => object === 'Service/gate').map(({ cluster }) => cluster);
  expect(serviceChanges).toEqual(order.flatMap((cluster) => [cluster, cluster]));
}

async function expectFinishedClustersLeftAlone(run: ClusterStagedUpdateRun, name: string): Promise<void> {
  for (const cluster of order) {
    const finished = timeOf(run, cluster, 'Succeeded') + 1_000;
    const late = (await writesTo(fleet, cluster, name)).filter(({ time }) => time > finished);
    expect(late).toEqual([]);
  }
}
