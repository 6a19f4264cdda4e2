/** What `updateCluster` does when a cluster cannot have what it should have: tell it, wait, go on. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/activity';
import { kinds } from '../../api/kinds.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import {
  TestPlacement,
  allIsWell,
  cluster,
  configMapObject,
  configMaps,
  deployments,
  eventually,
  namespaceObject,
  pods,
  run,
  runOf,
  start,
  startTestFleet,
  widgetDefinition,
  widgetObject,
  widgets,
  type TestFleet,
} from './updateClusterFleet.ts';

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await startTestFleet();
}, 120_000);

afterAll(async () => {
  await (fleet as TestFleet | undefined)?.stop();
});

beforeEach(async () => {
  fleet.reset();
  await fleet.door.open();
});

async function placementOf(name: string, objects: KubernetesObject[]): Promise<TestPlacement> {
  const placement = new TestPlacement(fleet.client, name);
  await placement.schedule();
  await placement.snapshot(0, objects);
  return placement;
}

/** Waits for a report and returns it. */
function reported(text: string): Promise<{ cluster: string; reason: string; since: string }> {
  return eventually(() => fleet.reports.find(({ reason }) => reason.includes(text)), `a report of "${text}"`);
}

/** Waits until the member has answered a write. */
function written(write: string): Promise<true> {
  return eventually(() => (fleet.memberWrites.made.includes(write) ? true : undefined), write);
}

/** Waits until the binding has a fresh condition of this text. */
function told(placement: TestPlacement, condition: string): Promise<true> {
  return eventually(
    async () => ((await placement.conditions()).includes(condition) ? true : undefined),
    `the condition "${condition}"`,
  );
}

describe('a member that is away', () => {
  test('is reported within a second; the update goes on when it is back', async () => {
    const placement = await placementOf('away', [namespaceObject('away'), configMapObject('away', 'a', { key: '1' })]);
    await fleet.door.refuse();
    const begun = Date.now();
    const { outcome } = start(fleet.activities.updateCluster, placement.target(0, runOf('run')));
    const report = await reported('Cluster member1 cannot be reached (ECONNREFUSED).');

    expect(Date.now() - begun).toBeLessThan(1_000);
    expect(report.cluster).toBe(cluster);
    expect(Date.parse(report.since)).toBeGreaterThanOrEqual(begun);
    await told(placement, 'Applied False NotAllWorkHaveBeenApplied');
    await fleet.door.open();
    expect(await outcome).toMatchObject({ result: 'updated', changed: true });
    expect(await placement.conditions()).toEqual(allIsWell);
    expect(fleet.reports.at(-1)).toMatchObject({ cluster, reason: '' });
  });

  test('is reported within a second even if it takes connections and says nothing', async () => {
    const placement = await placementOf('silent', [namespaceObject('silent')]);
    fleet.door.beSilent();
    const begun = Date.now();
    const { outcome } = start(fleet.activities.updateCluster, placement.target(0, runOf('run')));
    await reported('Cluster member1 cannot be reached (no answer yet).');

    expect(Date.now() - begun).toBeLessThan(1_000);
    await fleet.door.open();
    expect(await outcome).toMatchObject({ result: 'updated' });
  });

  test('may go away in the middle; no object changes twice', async () => {
    const placement = await placementOf('flaky', [
      namespaceObject('flaky'),
      configMapObject('flaky', 'a', { key: '1' }),
      configMapObject('flaky', 'b', { key: '1' }),
    ]);
    fleet.memberWrites.intercept = async (write, moment) => {
      if (write === 'apply ConfigMap a' && moment === 'after') await fleet.door.refuse();
    };
    const { outcome } = start(fleet.activities.updateCluster, placement.target(0, runOf('run')));
    await reported('cannot be reached');
    const before = await fleet.client.get(configMaps, 'a', 'flaky');
    fleet.memberWrites.intercept = undefined;
    await fleet.door.open();
    await outcome;

    expect((await fleet.client.get(configMaps, 'a', 'flaky')).metadata).toEqual(before.metadata);
    expect(await placement.conditions()).toEqual(allIsWell);
  });

  test('gives way to a newer holder while it is away', async () => {
    const placement = await placementOf('contended', [namespaceObject('contended')]);
    await placement.snapshot(1, [namespaceObject('contended'), configMapObject('contended', 'a', { key: '2' })]);
    await fleet.door.refuse();
    const older = start(fleet.activities.updateCluster, placement.target(0, runOf('older')));
    await reported('cannot be reached');
    const newer = start(fleet.activities.updateCluster, placement.target(1, runOf('newer', 1)));

    expect(await older.outcome).toEqual({ result: 'displaced', by: 'ClusterStagedUpdateRun/newer' });
    await fleet.door.open();
    expect(await newer.outcome).toMatchObject({ result: 'updated', changed: true });
  });
});

describe('an object that the member does not take', () => {
  test('is named without its content; the others arrive; it follows once the member takes it', async () => {
    const group = 'strict.example.com';
    const definition = widgetDefinition(group, ['red']);
    const placement = await placementOf('strict', [
      definition,
      widgetObject(group, 'odd', { colour: 'secret-green' }),
      namespaceObject('strict'),
      configMapObject('strict', 'a', { key: '1' }),
    ]);
    const { outcome } = start(fleet.activities.updateCluster, placement.target(0, runOf('run')));
    const { reason } = await reported('Widget odd');

    expect(reason).toContain('Cluster member1 could not apply Widget odd: the server rejects it');
    expect(JSON.stringify(fleet.reports)).not.toContain('secret-green');
    await told(placement, 'Applied False NotAllWorkHaveBeenApplied');
    const { status } = await placement.binding();
    expect(status?.failedPlacements).toMatchObject([
      {
        group,
        version: 'v1',
        kind: 'Widget',
        name: 'odd',
        condition: { type: 'Applied', status: 'False', reason: 'ManifestApplyFailed' },
      },
    ]);
    expect(status?.failedPlacements?.[0]?.condition.message).toContain('secret-green');
    expect((await fleet.client.get(configMaps, 'a', 'strict')).data).toEqual({ key: '1' });
    expect(fleet.memberWrites.made.filter((write) => write === 'apply ConfigMap a')).toHaveLength(1);

    const relaxed = widgetDefinition(group, ['red', 'secret-green']);
    await fleet.client.patch(kinds.customResourceDefinition, `widgets.${group}`, { type: 'merge', body: relaxed });
    expect(await outcome).toMatchObject({ result: 'updated', changed: true });
    expect((await fleet.client.get(widgets(group), 'odd')).spec).toEqual({ colour: 'secret-green' });
    expect((await placement.binding()).status?.failedPlacements).toBeUndefined();
    expect(fleet.reports.at(-1)?.reason).toBe('');
  });

  test('because its kind is not served there, or its namespace is missing', async () => {
    const group = 'later.example.com';
    const placement = await placementOf('later', [
      widgetObject(group, 'early', { colour: 'red' }),
      configMapObject('not-yet', 'a', { key: '1' }),
    ]);
    const { outcome } = start(fleet.activities.updateCluster, placement.target(0, runOf('run')));

    await reported('Cluster member1 does not serve kind Widget of later.example.com/v1');
    await told(placement, 'Applied False NotAllWorkHaveBeenApplied');
    await fleet.client.create(kinds.customResourceDefinition, widgetDefinition(group, ['red']));
    await reported('Namespace not-yet does not exist on cluster member1, so ConfigMap not-yet/a cannot be applied.');
    await fleet.client.create(kinds.namespace, namespaceObject('not-yet'));
    expect(await outcome).toMatchObject({ result: 'updated', changed: true });
    expect(await placement.conditions()).toContain('Available True NotAllWorkAreAvailabilityTrackable');
  });

  test('because its namespace is being deleted; the wait can be cancelled', async () => {
    await fleet.client.create(kinds.namespace, namespaceObject('ending'));
    await fleet.client.delete(kinds.namespace, 'ending');
    const placement = await placementOf('ending', [configMapObject('ending', 'a', { key: '1' })]);
    const { outcome, environment } = start(fleet.activities.updateCluster, placement.target(0, runOf('run')));

    await reported('Namespace ending on cluster member1 is being deleted, so ConfigMap ending/a cannot be applied.');
    environment.cancel();
    await expect(outcome).rejects.toBeInstanceOf(CancelledFailure);
  });

  test('because another placement has it', async () => {
    const objects = [namespaceObject('disputed')];
    const owner = await placementOf('owner', objects);
    await run(fleet.activities.updateCluster, owner.target(0, runOf('run')));
    const placement = await placementOf('intruder', objects);
    const { outcome, environment } = start(fleet.activities.updateCluster, placement.target(0, runOf('run')));

    await reported(
      'Namespace disputed on cluster member1 already belongs to another placement (AppliedWork owner-work), so it is left alone.',
    );
    environment.cancel();
    await expect(outcome).rejects.toBeInstanceOf(CancelledFailure);
  });
});

describe('availability', () => {
  function deployment(name: string): KubernetesObject {
    const labels = { app: name };
    const container = { name: 'main', image: 'registry.example/app:1' };
    const spec = {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container] } },
    };
    return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: name }, spec } as KubernetesObject;
  }

  function becomeAvailable(name: string): Promise<unknown> {
    const status = { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };
    const patch = { type: 'merge', body: { status } } as const;
    return fleet.client.patch(deployments, name, patch, { namespace: name, subresource: 'status' });
  }

  test('of a Deployment is awaited by its status, not by looking now and then', async () => {
    const placement = await placementOf('slow', [namespaceObject('slow'), deployment('slow')]);
    const { updateCluster } = fleet.activitiesWith({ checkIntervalMs: 60_000, patienceMs: 60_000 });
    const { outcome } = start(updateCluster, placement.target(0, runOf('run')));
    await written('apply Deployment slow');
    await becomeAvailable('slow');

    expect(await outcome).toMatchObject({ result: 'updated', changed: true });
    expect(await placement.conditions()).toEqual(allIsWell);
    expect(fleet.hubWrites.made).toHaveLength(3);
    expect(fleet.reports).toEqual([]);
  });

  test('that takes long is reported, with the object and what is missing', async () => {
    const placement = await placementOf('longer', [namespaceObject('longer'), deployment('longer')]);
    const { outcome } = start(fleet.activities.updateCluster, placement.target(0, runOf('run')));
    await reported('Deployment longer/longer on cluster member1 is not available yet: ');
    await told(placement, 'Available False NotAllWorkAreAvailable');

    expect(await placement.conditions()).toContain('Applied True AllWorkHaveBeenApplied');
    expect((await placement.binding()).status?.failedPlacements).toMatchObject([
      { kind: 'Deployment', name: 'longer', condition: { type: 'Available', reason: 'ManifestNotAvailableYet' } },
    ]);
    await becomeAvailable('longer');
    await outcome;
    expect(await placement.conditions()).toEqual(allIsWell);
    expect(fleet.memberWrites.made.filter((write) => write.startsWith('apply'))).toHaveLength(2);
  });

  test('of a Deployment names the container and why it waits; what the member says of it stays on the hub', async () => {
    const name = 'looping';
    const placement = await placementOf(name, [namespaceObject(name), deployment(name)]);
    const { updateCluster } = fleet.activitiesWith({ checkIntervalMs: 200, reportIntervalMs: 0 });
    const { outcome } = start(updateCluster, placement.target(0, runOf('run')));
    await written(`apply Deployment ${name}`);
    const labels = { app: name };
    const pod = {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'looping-1', namespace: name, labels } },
      spec: { containers: [{ name: 'main', image: 'registry.example/app:1' }] },
    };
    await fleet.client.create(pods, pod);
    await reported('Pod looping-1 has not been given to a node.');
    const state = { waiting: { reason: 'CrashLoopBackOff', message: 'secret-words of the kubelet' } };
    const containerStatuses = [{ name: 'main', image: '', imageID: '', ready: false, restartCount: 3, state }];
    const patch = { type: 'merge', body: { status: { phase: 'Running', containerStatuses } } } as const;
    await fleet.client.patch(pods, 'looping-1', patch, { namespace: name, subresource: 'status' });

    const { reason } = await reported('CrashLoopBackOff');
    expect(reason).toBe(
      'Deployment looping/looping on cluster member1 is not available yet: Its controller has not seen the latest ' +
        'change; container main of Pod looping-1 waits (CrashLoopBackOff).',
    );
    expect(JSON.stringify(fleet.reports)).not.toContain('secret-words');
    const { message } = await eventually(
      async () =>
        (await placement.binding()).status?.failedPlacements?.find(({ condition }) =>
          condition.message.includes('CrashLoopBackOff'),
        )?.condition,
      'the binding',
    );
    expect(message).toBe(
      'Manifest is not yet available; Fleet will check again later: Its controller has not seen the latest change; ' +
        'container main of Pod looping-1 waits (CrashLoopBackOff): secret-words of the kubelet',
    );
    await becomeAvailable(name);
    await outcome;
    expect((await placement.binding()).status?.failedPlacements).toBeUndefined();
  });

  test('is awaited again after the worker has died; an object deleted meanwhile comes back', async () => {
    const placement = await placementOf('again', [namespaceObject('again'), deployment('again')]);
    const first = start(fleet.activities.updateCluster, placement.target(0, runOf('run')));
    await reported('is not available yet');
    first.environment.cancel('WORKER_SHUTDOWN');
    await expect(first.outcome).rejects.toBeInstanceOf(CancelledFailure);
    fleet.reset();
    const second = start(fleet.activities.updateCluster, placement.target(0, runOf('run')));
    await reported('is not available yet');
    expect(fleet.memberWrites.made).toEqual([]);
    await fleet.client.delete(deployments, 'again', { namespace: 'again' });
    await written('apply Deployment again');
    await eventually(() => becomeAvailable('again').catch(() => undefined), 'its status');

    expect(await second.outcome).toMatchObject({ result: 'updated', changed: true });
  });

  test('can wait for ever: the activity says all along that it lives, and stops at once when it is cancelled', async () => {
    const placement = await placementOf('patient', [namespaceObject('patient'), deployment('patient')]);
    const { updateCluster } = fleet.activitiesWith({ heartbeatMs: 20, checkIntervalMs: 60_000, patienceMs: 60_000 });
    const { outcome, environment } = start(updateCluster, placement.target(0, runOf('run')));
    let beats = 0;
    environment.on('heartbeat', () => (beats += 1));
    await eventually(() => (beats > 5 ? true : undefined), 'heartbeats');
    await written('apply Deployment patient');
    const cancelledAt = Date.now();
    environment.cancel();

    await expect(outcome).rejects.toBeInstanceOf(CancelledFailure);
    expect(Date.now() - cancelledAt).toBeLessThan(500);
  });
});
