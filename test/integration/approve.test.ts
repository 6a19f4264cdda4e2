/** Starting, following and approving runs as a program and as a person at a terminal, against the real fleet. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { approveStage } from '../../cli/approveStage.ts';
import { connectFlotilla } from '../../client/index.ts';
import type { FlotillaClient, RunStatusView } from '../../client/index.ts';
import { KubernetesClient } from '../../kube/client.ts';
import { getFleet } from '../support/fleet.ts';

const deadlineMs = 45_000;
/** Of its own for each start of the tests, because Temporal remembers runs that are gone. */
const name = `approve-${randomUUID().slice(0, 8)}`;
/** Removed at the end, in this order. */
const made: { definition: ResourceDefinition; name: string }[] = [];

let hub: KubernetesClient;
let flotilla: FlotillaClient;
let temporalAddress: string;

beforeAll(async () => {
  const fleet = await getFleet();
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(fleet.kubeconfig);
  hub = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig, context: fleet.hub });
  temporalAddress = fleet.temporalAddress;
  flotilla = connectFlotilla({ address: temporalAddress, namespace: 'default', environment: {} });
  await create(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await create(
    clusterKinds.placement,
    fleetObject('ClusterResourcePlacement', name, {
      resourceSelectors: [{ group: '', version: 'v1', kind: 'Namespace', name }],
      policy: { placementType: 'PickAll' },
      strategy: { type: 'External' },
    }),
  );
  const approval = { type: 'Approval' };
  const first = { labelSelector: { matchLabels: { environment: 'staging' } } };
  const second = { labelSelector: { matchLabels: { environment: 'canary' } } };
  await create(
    clusterKinds.strategy,
    fleetObject('ClusterStagedUpdateStrategy', name, {
      stages: [
        { name: 'first', ...first, afterStageTasks: [approval] },
        { name: 'second', ...second, afterStageTasks: [approval] },
      ],
    }),
  );
  await create(
    clusterKinds.strategy,
    fleetObject('ClusterStagedUpdateStrategy', `${name}-free`, {
      stages: [{ name: 'all', labelSelector: {} }],
    }),
  );
}, 120_000);

afterAll(async () => {
  for (const { definition, name: object } of made.reverse()) {
    await hub.delete(definition, object);
    await gone(definition, object);
  }
  await Promise.all([hub.close(), flotilla.close()]);
}, 120_000);

async function gone(definition: ResourceDefinition, object: string): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while ((await hub.find(definition, object)) !== undefined) {
    if (performance.now() > deadline) throw new Error(`${definition.kind} ${object} does not go away.`);
    await delay(50);
  }
}

async function create(definition: ResourceDefinition, object: KubernetesObject): Promise<void> {
  await hub.create(definition, object);
  made.push({ definition, name: object.metadata.name });
}

function fleetObject(kind: string, objectName: string, spec: unknown): KubernetesObject & { spec: unknown } {
  return { apiVersion: 'placement.kubernetes-fleet.io/v1beta1', kind, metadata: { name: objectName }, spec };
}

async function startRun(run: string, strategy: string): Promise<void> {
  await flotilla.start({
    name: run,
    placementName: name,
    resourceSnapshotIndex: '0',
    stagedRolloutStrategyName: strategy,
  });
  made.push({ definition: clusterKinds.run, name: run });
}

/** Follows the run until it is as wanted. */
async function until(run: string, wanted: (view: RunStatusView) => boolean): Promise<RunStatusView[]> {
  const views: RunStatusView[] = [];
  for await (const view of flotilla.watch(run, { signal: AbortSignal.timeout(deadlineMs) })) {
    views.push(view);
    if (wanted(view)) return views;
  }
  throw new Error(`Run ${run} did not become as wanted; last seen: ${JSON.stringify(views.at(-1))}`);
}

const doors = () => ({ hub, flotilla: () => flotilla });

describe('a run with an approval after each of two stages', () => {
  const run = `${name}-run`;

  test('waits for the approval of its first stage; one for the second is kept until then', async () => {
    await startRun(run, name);
    await until(run, ({ phase }) => phase === 'AwaitingApproval');
    await expect(startRun(run, name)).rejects.toMatchObject({ name: 'FlotillaError', kind: 'exists' });
    const early = await approveStage(doors(), { run: { name: run }, stage: 'second', by: 'ana', comment: 'early' });
    expect(early).toMatch(/second/);
    expect((await flotilla.status(run)).phase).toBe('AwaitingApproval');

    expect(await approveStage(doors(), { run: { name: run }, stage: 'first', by: 'bo' })).toBe(
      `Stage first of run ${run} is approved.`,
    );
    expect(await approveStage(doors(), { run: { name: run }, stage: 'first' })).toBe(
      `Stage first of run ${run} was approved before.`,
    );
    await until(run, ({ phase }) => phase === 'Succeeded');
    expect(await flotilla.result(run)).toMatchObject({ succeeded: true });
  });

  test.each([
    ['first', 'ClusterApprovalRequest has been approved by bo'],
    ['second', 'ClusterApprovalRequest has been approved by ana: early'],
  ])('the request of stage %s says who approved and why, whichever door it came through', async (stage, message) => {
    const request = await hub.get(clusterKinds.approvalRequest, `${run}-${stage}`);
    expect(request.status?.conditions).toMatchObject([
      { type: 'Approved', status: 'True', reason: 'ClusterApprovalRequestApproved', message, observedGeneration: 1 },
      { type: 'ApprovalAccepted', status: 'True' },
    ]);
  });

  test.each([
    ['no-such-stage', `Run ${run} has no stage "no-such-stage". Stages that take an approval: first, second.`],
  ])('refuses stage %s', async (stage, message) => {
    await expect(approveStage(doors(), { run: { name: run }, stage })).rejects.toThrow(message);
  });
});

describe('sentences for what cannot be', () => {
  test('no such run', async () => {
    await expect(approveStage(doors(), { run: { name: 'no-such-run' }, stage: 'first' })).rejects.toThrow(
      'There is no ClusterStagedUpdateRun no-such-run on the hub; ',
    );
    await expect(flotilla.status('no-such-run')).rejects.toMatchObject({ kind: 'unknownRun' });
    await expect(flotilla.watch('no-such-run').next()).rejects.toThrow('There is no run no-such-run.');
  });

  test('a stage without an approval, and a run that has ended', async () => {
    const run = `${name}-free`;
    await startRun(run, `${name}-free`);
    const views = await until(run, ({ phase }) => phase === 'Succeeded');
    expect(views.at(-1)?.stages[0]?.state).toBe('succeeded');
    await expect(approveStage(doors(), { run: { name: run }, stage: 'all' })).rejects.toThrow(
      `Stage "all" of run ${run} needs no approval. This run needs no approval.`,
    );
    await flotilla.result(run);
    await expect(flotilla.approve(run, 'all')).rejects.toMatchObject({ kind: 'ended' });
  });

  test('Temporal is not there', async () => {
    const nowhere = connectFlotilla({ address: '127.0.0.1:1', environment: {}, timeoutMs: 2_000 });
    await expect(nowhere.status('any')).rejects.toMatchObject({
      kind: 'unreachable',
      message: 'Temporal does not answer at 127.0.0.1:1; start it or correct TEMPORAL_ADDRESS.',
    });
    await nowhere.close();
  });
});
