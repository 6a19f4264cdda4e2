/** Steering rollouts while only the hub is there: no worker, no Temporal, no members. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { rolloutSteps } from '../../api/conditions.ts';
import { clusterKinds, kinds, namespacedKinds } from '../../api/kinds.ts';
import { apiVersionOf, type KubernetesObject, type ResourceDefinition } from '../../api/meta.ts';
import { whyNotNoticed } from '../../cli/rollout/notice.ts';
import { rolloutStatus } from '../../cli/rollout/rolloutStatus.ts';
import { setState } from '../../cli/rollout/setState.ts';
import { startRun } from '../../cli/rollout/startRun.ts';
import type { Target } from '../../cli/rollout/target.ts';
import { whyOf } from '../../cli/why/whyOf.ts';
import { startHub, type TestHub } from './placementsHub.ts';
import { setWorkerLease } from './workerLease.ts';

const run: Target = { kind: 'run', reference: { name: 'web-run-1', namespace: 'shop' } };
const said: string[] = [];
let hub: TestHub;

beforeAll(async () => {
  hub = await startHub();
  await make(kinds.namespace, { name: 'shop' });
  const stages = [{ name: 'all', labelSelector: {} }];
  await make(namespacedKinds.strategy, { name: 'careful', namespace: 'shop' }, { spec: { stages } });
  const selectors = [{ group: '', version: 'v1', kind: 'ConfigMap', name: 'settings' }];
  const spec = { resourceSelectors: selectors, policy: { placementType: 'PickAll' }, strategy: { type: 'External' } };
  await make(namespacedKinds.placement, { name: 'web', namespace: 'shop' }, { spec });
}, 120_000);

afterAll(async () => {
  await (hub as TestHub | undefined)?.stop();
});

function make(
  definition: ResourceDefinition,
  metadata: KubernetesObject['metadata'],
  more = {},
): Promise<KubernetesObject> {
  return hub.client.create(definition, {
    apiVersion: apiVersionOf(definition),
    kind: definition.kind,
    metadata,
    ...more,
  });
}

function say(line: string): void {
  said.push(line.trimEnd());
}

test('a run is made, and the user is told that it starts later', async () => {
  const wish = { placement: { name: 'web', namespace: 'shop' }, strategy: 'careful', revision: 0 };
  await startRun(hub.client, wish, { dryRun: false, print: say, note: say });
  expect(said).toEqual([
    'sur/shop/web-run-1 created',
    'No worker is running: it is stored on the hub and takes effect when one runs.',
    'next: flotilla get run web-run-1 -n shop --watch\n      flotilla rollout status sur/shop/web-run-1',
  ]);
  expect(await whyOf(hub.client, run, Date.now())).toMatchObject({ cause: 'noWorker' });
});

test('it is paused and resumed all the same', async () => {
  expect((await setState(hub.client, run, 'Stop')).spec.state).toBe('Stop');
  const placement: Target = { kind: 'placement', reference: { name: 'web', namespace: 'shop' } };
  expect((await setState(hub.client, placement, 'Run')).spec.state).toBe('Run');
  await expect(setState(hub.client, run, 'Run')).rejects.toThrow('sur/shop/web-run-1 is not paused.');
});

test('while a worker runs and does not notice, it is Temporal that is named', async () => {
  const now = Date.now() + 60_000;
  await setWorkerLease(hub.client, { leaseDurationSeconds: 5, renewTime: new Date(now).toISOString() });
  const object = await hub.client.get(namespacedKinds.run, 'web-run-1', 'shop');
  expect(await whyNotNoticed(hub.client, object)).toContain('as when Temporal does not answer');
  expect(await whyOf(hub.client, run, now)).toMatchObject({
    cause: 'temporalUnreachable',
    command: 'temporal operator cluster health',
  });
});

test('a placement that rolls out by itself is followed until every step is true', async () => {
  const selectors = [{ group: '', version: 'v1', kind: 'Namespace', name: 'shop' }];
  const spec = { resourceSelectors: selectors, policy: { placementType: 'PickAll' } };
  await make(clusterKinds.placement, { name: 'rolling' }, { spec });
  const lines: string[] = [];
  const begun = Promise.withResolvers<undefined>();
  const followed = rolloutStatus(
    hub.client,
    { kind: 'placement', reference: { name: 'rolling' } },
    {
      timeoutMs: 20_000,
      watch: true,
      complain: say,
      say: (line) => {
        lines.push(line);
        begun.resolve(undefined);
      },
    },
  );
  await begun.promise;
  const condition = {
    status: 'True',
    reason: 'Test',
    message: '',
    lastTransitionTime: '2025-07-22T21:30:00Z',
    observedGeneration: 1,
  };
  const conditions = ['Scheduled', ...rolloutSteps].map((step) => ({
    ...condition,
    type: `ClusterResourcePlacement${step}`,
  }));
  const write = { subresource: 'status' } as const;
  for (const some of [conditions.slice(0, 1), conditions]) {
    await hub.client.patch(
      clusterKinds.placement,
      'rolling',
      { type: 'merge', body: { status: { conditions: some } } },
      write,
    );
  }
  expect(await followed).toBe('succeeded');
  expect(lines[0]).toContain('Waiting for crp/rolling to be scheduled');
  expect(lines.at(-1)).toBe('crp/rolling successfully rolled out');
});
