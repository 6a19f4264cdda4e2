/** What the worker shows of itself, and how several of them share a hub and a Temporal namespace. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { NativeConnection } from '@temporalio/worker';
import { parseAllDocuments } from 'yaml';
import { kinds } from '../../api/kinds.ts';
import { KubernetesClient } from '../../kube/client.ts';
import type { Fleet } from '../../local/fleet.ts';
import { HubLease } from '../../worker/lease.ts';
import { createLogger } from '../../worker/logger.ts';
import { ForeignNamespaceError, claimNamespace, registerSearchAttributes } from '../../worker/temporalNamespace.ts';
import { getFleet } from '../support/fleet.ts';

const log = createLogger({ logLevel: 'error', logFormat: 'json', destination: { write: () => undefined } });
let fleet: Fleet;
let hub: KubernetesClient;

beforeAll(async () => {
  fleet = await getFleet();
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(fleet.kubeconfig);
  hub = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig, context: fleet.hub });
}, 120_000);

afterAll(async () => {
  await hub.close();
});

describe('the port of the worker', () => {
  test('/readyz names every dependency', async () => {
    const response = await fetch(new URL('/readyz', fleet.metricsUrl));
    expect(await response.json()).toEqual({
      ready: true,
      dependencies: ['hub', 'caches', 'temporal', 'workers'].map((name) => ({ name, ready: true })),
    });
  });

  test('/metrics holds those of the process, of Flotilla and of the Temporal SDK', async () => {
    const text = await (await fetch(fleet.metricsUrl)).text();
    for (const name of ['process_cpu_seconds_total', 'flotilla_kubernetes_requests_total', 'temporal_num_pollers']) {
      expect(text).toContain(`# TYPE ${name} `);
    }
    expect(text).toMatch(/^flotilla_leader 1$/m);
    expect(text).toMatch(
      /flotilla_kubernetes_requests_total\{side="hub",verb="list",resource="memberclusters",status="200"\}/,
    );
    expect(text).toMatch(/flotilla_kubernetes_requests_total\{side="member",/);
  });
});

test('the rights in deploy/kubernetes cover every request that the worker has made to the hub so far', async () => {
  const manifests = parseAllDocuments(readFileSync('deploy/kubernetes/rbac.yaml', 'utf8'));
  const rules = manifests.flatMap((document) => (document.toJS() as { rules?: Rule[] }).rules ?? []);
  const text = await (await fetch(fleet.metricsUrl)).text();
  const requests = text.matchAll(/flotilla_kubernetes_requests_total\{side="hub",verb="(.*?)",resource="(.*?)"/g);
  const seen = [...requests].map(([, verb = '', resource = '']) => ({ verb, resource }));
  expect(seen.length).toBeGreaterThan(10);
  const forbidden = seen.filter(({ verb, resource }) => {
    const covers = ({ resources = [], verbs }: Rule) =>
      verbs.includes(verb) && (resources.includes(resource) || resources.includes('*'));
    return !rules.some(covers);
  });
  expect(forbidden).toEqual([]);
});

interface Rule {
  resources?: string[];
  verbs: string[];
}

describe('the Lease', () => {
  const namespace = `lease-test-${randomUUID().slice(0, 8)}`;
  const leases: HubLease[] = [];

  /** A competitor whose coming and going can be awaited. */
  function compete(identity: string) {
    const acquired = Promise.withResolvers<number>();
    const lost = Promise.withResolvers<undefined>();
    const lease = new HubLease({
      hub,
      namespace,
      identity,
      durationMs: 1_000,
      log,
      onAcquired: () => acquired.resolve(performance.now()),
      onLost() {
        lost.resolve(undefined);
        return Promise.resolve();
      },
    });
    leases.push(lease);
    lease.start();
    return { lease, acquired: acquired.promise, lost: lost.promise };
  }

  afterEach(async () => {
    await Promise.all(leases.splice(0).map((lease) => lease.stop()));
  });

  afterAll(async () => {
    await hub.delete(kinds.namespace, namespace);
  });

  test('has one holder; whoever stands by follows as soon as it is given back', async () => {
    const first = compete('first');
    await first.acquired;
    const second = compete('second');
    const given = performance.now();
    // Longer than a Lease that is not renewed would live.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect([first.lease.held, second.lease.held]).toEqual([true, false]);
    await first.lease.stop();
    expect(await second.acquired).toBeGreaterThan(given + 1_500);
    expect([first.lease.held, second.lease.held]).toEqual([false, true]);
  });

  test('a worker that comes back under its name does not wait, and the one it replaces stops', async () => {
    const before = compete('same');
    await before.acquired;
    const again = compete('same');
    await again.acquired;
    await before.lost;
    expect(again.lease.held).toBe(true);
  });

  test('of a worker that died is taken when its time is over', async () => {
    const died = compete('died');
    await died.acquired;
    const lease = { group: 'coordination.k8s.io', version: 'v1', kind: 'Lease', plural: 'leases', namespaced: true };
    await died.lease.stop();
    const patch = { spec: { holderIdentity: 'died', leaseDurationSeconds: 1 } };
    await hub.patch(lease, 'flotilla', { type: 'merge', body: patch }, { namespace });
    const began = performance.now();
    expect(await compete('heir').acquired).toBeGreaterThan(began + 1_000);
  });
});

describe('the Temporal namespace', () => {
  const namespace = `claim-test-${randomUUID().slice(0, 8)}`;
  let connection: NativeConnection;

  beforeAll(async () => {
    connection = await NativeConnection.connect({ address: fleet.temporalAddress });
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 as never },
    });
  });

  afterAll(async () => {
    await connection.operatorService.deleteNamespace({ namespace });
    await connection.close();
  });

  test('belongs to the hub that came first', async () => {
    await eventually(() => claimNamespace(connection, namespace, 'hub-1', log));
    await claimNamespace(connection, namespace, 'hub-1', log);
    await expect(claimNamespace(connection, namespace, 'hub-2', log)).rejects.toThrow(ForeignNamespaceError);
    await expect(claimNamespace(connection, namespace, 'hub-2', log)).rejects.toThrow(
      `temporal operator namespace update --namespace ${namespace} --data flotilla-hub=hub-2`,
    );
  });

  test('gets its search attributes once', async () => {
    expect(await registerSearchAttributes(connection, namespace, log)).toBe(true);
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    for (const name of ['FlotillaPlacement', 'FlotillaRun', 'FlotillaStage', 'FlotillaPhase']) {
      expect(customAttributes).toHaveProperty(name, 2);
    }
    expect(await registerSearchAttributes(connection, namespace, log)).toBe(true);
  });

  test('that is missing is one sentence', async () => {
    await expect(claimNamespace(connection, 'no-such-namespace', 'hub-1', log)).rejects.toThrow(
      'Temporal has no namespace no-such-namespace: run temporal operator namespace create --namespace no-such-namespace',
    );
  });
});

/** A namespace is known to every part of the server only a moment after it was made. */
async function eventually(attempt: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
