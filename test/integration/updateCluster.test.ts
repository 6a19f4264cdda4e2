/** What `updateCluster` brings to a member, what it writes for that, and who may do so. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import { annotations, finalizers } from '../../api/labels.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import { parseClaim } from '../../domain/claims.ts';
import { stringifyJson } from '../../kube/json.ts';
import {
  TestPlacement,
  allIsWell,
  configMapObject,
  configMaps,
  namespaceObject,
  run,
  runOf,
  startTestFleet,
  widgetDefinition,
  widgetObject,
  widgets,
  type ConfigMap,
  type TestFleet,
} from './updateClusterFleet.ts';

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await startTestFleet();
}, 120_000);

afterAll(async () => {
  await (fleet as TestFleet | undefined)?.stop();
});

beforeEach(() => {
  fleet.reset();
});

/** A scheduled placement of one namespace, with a first snapshot of it and its ConfigMaps. */
async function placementOf(name: string, data: Record<string, string>): Promise<TestPlacement> {
  const placement = new TestPlacement(fleet.client, name);
  await placement.schedule();
  await placement.snapshot(0, contentOf(name, data));
  return placement;
}

/** Namespace `name` with a ConfigMap for each key of `data`. */
function contentOf(name: string, data: Record<string, string>): KubernetesObject[] {
  return [
    namespaceObject(name),
    ...Object.entries(data).map(([key, value]) => configMapObject(name, key, { key: value })),
  ];
}

function find(namespace: string, name: string): Promise<ConfigMap | undefined> {
  return fleet.client.find(configMaps, name, namespace);
}

async function valueOf(namespace: string, name: string): Promise<string | undefined> {
  return (await find(namespace, name))?.data?.key;
}

describe('the first snapshot', () => {
  test('is applied in waves with its inventory as owner, and the binding tells so', async () => {
    const placement = await placementOf('first', { a: '1', b: '2' });
    const outcome = await run(fleet.activities.updateCluster, placement.target(0, runOf('run')));

    expect(outcome).toMatchObject({ result: 'updated', changed: true });
    const work = await fleet.client.get(kinds.appliedWork, placement.workName);
    const copy = await fleet.client.get(configMaps, 'a', 'first');
    expect(copy.data).toEqual({ key: '1' });
    expect(copy.metadata.ownerReferences).toEqual([
      {
        apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
        kind: 'AppliedWork',
        name: 'first-work',
        uid: work.metadata.uid,
        blockOwnerDeletion: true,
      },
    ]);
    expect(
      work.status?.appliedResources?.map(({ resource, name, uid }) => [resource, name, uid !== undefined]),
    ).toEqual([
      ['namespaces', 'first', true],
      ['configmaps', 'a', true],
      ['configmaps', 'b', true],
    ]);
    expect(work.status?.claim).toMatchObject({ kind: 'ClusterStagedUpdateRun', name: 'run' });

    const { metadata, spec } = await placement.binding();
    expect(spec).toMatchObject({ state: 'Bound', resourceSnapshotName: 'first-0-snapshot' });
    expect(metadata.finalizers).toEqual([finalizers.work]);
    expect(parseClaim(metadata.annotations?.[annotations.claim])).toMatchObject({ name: 'run' });
    expect(metadata.annotations?.[annotations.contentHash]).toBe(work.status?.contentHash);
    expect(await placement.conditions()).toEqual(allIsWell);
  });

  test('costs three writes on the hub and, on the member, one for each object plus three', async () => {
    const placement = await placementOf('counted', { a: '1', b: '2' });
    await run(fleet.activities.updateCluster, placement.target(0, runOf('run')));

    const { bindingName } = placement;
    expect(fleet.hubWrites.made).toEqual([
      `replace ClusterResourceBinding ${bindingName}`,
      `replaceStatus ClusterResourceBinding ${bindingName}`,
      `replaceStatus ClusterResourceBinding ${bindingName}`,
    ]);
    expect(fleet.memberWrites.made).toEqual([
      'create AppliedWork counted-work',
      'replaceStatus AppliedWork counted-work',
      'apply Namespace counted',
      'apply ConfigMap a',
      'apply ConfigMap b',
      'replaceStatus AppliedWork counted-work',
    ]);
    expect(fleet.reports).toEqual([]);
  });

  test('arrives unchanged: HTML characters, 64-bit integers, and a kind that it brings itself', async () => {
    const group = 'exact.example.com';
    const placement = new TestPlacement(fleet.client, 'exact');
    await placement.schedule();
    await placement.snapshot(0, [
      widgetDefinition(group, ['red']),
      widgetObject(group, 'big', { size: JSON.rawJSON('9007199254740993'), colour: 'red' }),
      namespaceObject('exact'),
      configMapObject('exact', 'page', { html: '<a href="?x=1&y=2">\u2028</a>' }),
    ]);
    await run(fleet.activities.updateCluster, placement.target(0, runOf('run')));

    const widget = await fleet.client.get(widgets(group), 'big');
    expect(stringifyJson(widget.spec)).toBe('{"colour":"red","size":9007199254740993}');
    expect((await find('exact', 'page'))?.data).toEqual({ html: '<a href="?x=1&y=2">\u2028</a>' });
    expect(await placement.conditions()).toContain('Available True NotAllWorkAreAvailabilityTrackable');
  });

  test('may come in several parts', async () => {
    const placement = new TestPlacement(fleet.client, 'parts');
    await placement.schedule();
    const half = 'x'.repeat(500_000);
    await placement.snapshot(0, contentOf('parts', { a: half, b: half, c: 'small' }));
    await run(fleet.activities.updateCluster, placement.target(0, runOf('run')));

    expect(await valueOf('parts', 'b')).toBe(half);
    expect(await valueOf('parts', 'c')).toBe('small');
  });
});

describe('the next snapshot', () => {
  test('changes what has changed and takes away what is no longer there', async () => {
    const placement = await placementOf('second', { stays: '1', goes: '1' });
    await run(fleet.activities.updateCluster, placement.target(0, runOf('first')));
    await placement.snapshot(1, contentOf('second', { stays: '2', comes: '1' }));
    fleet.reset();
    await run(fleet.activities.updateCluster, placement.target(1, runOf('second', 1)));

    expect(await valueOf('second', 'stays')).toBe('2');
    expect(await valueOf('second', 'comes')).toBe('1');
    expect(await find('second', 'goes')).toBeUndefined();
    expect(fleet.hubWrites.made).toHaveLength(3);
    expect(fleet.memberWrites.made).toEqual([
      'replaceStatus AppliedWork second-work',
      'apply Namespace second',
      'apply ConfigMap stays',
      'apply ConfigMap comes',
      'delete ConfigMap goes',
      'replaceStatus AppliedWork second-work',
    ]);
    expect(await placement.conditions()).toEqual(allIsWell);
  });

  test('leaves to others what they own as well, and what is no longer ours', async () => {
    const placement = await placementOf('owners', { shared: '1', released: '1' });
    await run(fleet.activities.updateCluster, placement.target(0, runOf('first')));
    const other = { apiVersion: 'v1', kind: 'Namespace', name: 'owners', uid: '00000000-0000-0000-0000-000000000001' };
    const add = { op: 'add', path: '/metadata/ownerReferences/-', value: other };
    const release = { op: 'remove', path: '/metadata/ownerReferences' };
    await fleet.client.patch(configMaps, 'shared', { type: 'json', body: [add] }, { namespace: 'owners' });
    await fleet.client.patch(configMaps, 'released', { type: 'json', body: [release] }, { namespace: 'owners' });
    await placement.snapshot(1, contentOf('owners', {}));
    await run(fleet.activities.updateCluster, placement.target(1, runOf('second', 1)));

    expect((await find('owners', 'shared'))?.metadata.ownerReferences).toEqual([other]);
    expect((await find('owners', 'released'))?.metadata.ownerReferences).toBeUndefined();
  });

  test('with the same content under another index writes no object', async () => {
    const placement = await placementOf('same', { a: '1' });
    await run(fleet.activities.updateCluster, placement.target(0, runOf('first')));
    await placement.snapshot(1, contentOf('same', { a: '1' }));
    fleet.reset();
    const outcome = await run(fleet.activities.updateCluster, placement.target(1, runOf('second', 1)));

    expect(outcome).toMatchObject({ result: 'updated', changed: false });
    expect(fleet.memberWrites.made).toEqual(['replaceStatus AppliedWork same-work']);
    expect(await placement.conditions()).toEqual(allIsWell);
  });
});

describe('a repetition', () => {
  test('writes nothing, neither here nor there, whoever asks for it', async () => {
    const placement = await placementOf('repeated', { a: '1' });
    await run(fleet.activities.updateCluster, placement.target(0, runOf('run', 1)));
    fleet.reset();
    const outcomes = [
      await run(fleet.activities.updateCluster, placement.target(0, runOf('run', 1))),
      await run(fleet.activities.updateCluster, placement.target(0, runOf('older', 0))),
      await run(fleet.activities.updateCluster, placement.target(0, runOf('newer', 2))),
    ];

    expect(outcomes).toMatchObject(Array(3).fill({ result: 'updated', changed: false }));
    expect([...fleet.hubWrites.made, ...fleet.memberWrites.made]).toEqual([]);
  });

  test('brings back an object that somebody has deleted on the member, if the binding is not fresh', async () => {
    const placement = await placementOf('healed', { a: '1', b: '1' });
    await run(fleet.activities.updateCluster, placement.target(0, runOf('run')));
    await fleet.client.delete(configMaps, 'a', { namespace: 'healed' });
    const { status: _status, ...binding } = await placement.binding();
    await fleet.client.replaceStatus(clusterKinds.binding, { ...binding, status: {} });
    await run(fleet.activities.updateCluster, placement.target(0, runOf('run')));

    expect(await valueOf('healed', 'a')).toBe('1');
    expect(await placement.conditions()).toEqual(allIsWell);
  });
});

describe('a worker that is killed', () => {
  const killed = new Error('killed');

  // Two hub writes, six member writes, one hub write: each is where a worker may die, just before or just after it.
  const moments = Array.from({ length: 9 }, (_, write) => write).flatMap((write) =>
    (['before', 'after'] as const).map((moment) => ({ write, moment })),
  );

  test.each(moments)(
    '$moment write $write: the next one finishes and changes no object twice',
    async ({ write, moment }) => {
      const name = `killed-${moment}-${String(write)}`;
      const placement = await placementOf(name, { a: '1', b: '2' });
      let writes = 0;
      const kill = (_write: string, now: 'before' | 'after'): void => {
        if (now === 'before') writes += 1;
        // A dead worker does nothing more, so every later request fails as well.
        if (writes - 1 > write || (writes - 1 === write && now === moment)) throw killed;
      };
      fleet.hubWrites.intercept = kill;
      fleet.memberWrites.intercept = kill;
      await expect(run(fleet.activities.updateCluster, placement.target(0, runOf('run')))).rejects.toThrow('killed');
      const before = await Promise.all(['a', 'b'].map((key) => find(name, key)));
      fleet.reset();
      const outcome = await run(fleet.activities.updateCluster, placement.target(0, runOf('run')));

      expect(outcome).toMatchObject({ result: 'updated' });
      expect(await placement.conditions()).toEqual(allIsWell);
      const after = await Promise.all(['a', 'b'].map((key) => find(name, key)));
      expect(after.map((object) => object?.data)).toEqual([{ key: '1' }, { key: '2' }]);
      before.forEach((object, i) => {
        if (object !== undefined) expect(after[i]?.metadata.resourceVersion).toBe(object.metadata.resourceVersion);
      });
      const work = await fleet.client.get(kinds.appliedWork, placement.workName);
      expect(work.status?.appliedResources?.map(({ uid }) => uid)).toEqual([
        (await fleet.client.get(kinds.namespace, name)).metadata.uid,
        ...after.map((object) => object?.metadata.uid),
      ]);
    },
  );

  test('between two waves of a pruning snapshot: nothing is left behind', async () => {
    const placement = await placementOf('pruned', { old: '1' });
    await run(fleet.activities.updateCluster, placement.target(0, runOf('first')));
    await placement.snapshot(1, contentOf('pruned', { new: '1' }));
    await placement.snapshot(2, contentOf('pruned', { newest: '1' }));
    fleet.memberWrites.intercept = (write, moment) => {
      if (write === 'apply ConfigMap new' && moment === 'after') throw killed;
    };
    await expect(run(fleet.activities.updateCluster, placement.target(1, runOf('second', 1)))).rejects.toThrow(
      'killed',
    );
    fleet.reset();
    await run(fleet.activities.updateCluster, placement.target(2, runOf('third', 2)));

    const { items } = await fleet.client.list(configMaps, { namespace: 'pruned' });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(['newest']);
  });
});

describe('of two holders', () => {
  test('the older finds the cluster taken and is told by whom', async () => {
    const placement = await placementOf('taken', { a: '1' });
    await placement.snapshot(1, contentOf('taken', { a: '2' }));
    await run(fleet.activities.updateCluster, placement.target(1, runOf('newer', 1)));
    fleet.reset();
    const outcome = await run(fleet.activities.updateCluster, placement.target(0, runOf('older')));

    expect(outcome).toEqual({ result: 'displaced', by: 'ClusterStagedUpdateRun/newer' });
    expect([...fleet.hubWrites.made, ...fleet.memberWrites.made]).toEqual([]);
    expect(await valueOf('taken', 'a')).toBe('2');
  });

  test('the older stops between two waves when the newer begins', async () => {
    const placement = await placementOf('overtaken', { a: '1' });
    await placement.snapshot(1, contentOf('overtaken', { a: '2' }));
    fleet.memberWrites.intercept = async (write, moment) => {
      if (write !== 'apply Namespace overtaken' || moment !== 'after') return;
      fleet.memberWrites.intercept = undefined;
      await run(fleet.activities.updateCluster, placement.target(1, runOf('newer', 1)));
    };
    const outcome = await run(fleet.activities.updateCluster, placement.target(0, runOf('older')));

    expect(outcome).toEqual({ result: 'displaced', by: 'ClusterStagedUpdateRun/newer' });
    expect(await valueOf('overtaken', 'a')).toBe('2');
    expect(await placement.conditions()).toEqual(allIsWell);
  });

  test('the older lets the newer finish when both want the same, and is done with it', async () => {
    const placement = await placementOf('agreed', { a: '1' });
    fleet.memberWrites.intercept = async (write, moment) => {
      if (write !== 'apply Namespace agreed' || moment !== 'after') return;
      fleet.memberWrites.intercept = undefined;
      await run(fleet.activities.updateCluster, placement.target(0, runOf('newer', 1)));
    };
    const outcome = await run(fleet.activities.updateCluster, placement.target(0, runOf('older')));

    expect(outcome.result).toBe('updated');
    expect(fleet.memberWrites.made.filter((write) => write === 'apply ConfigMap a')).toHaveLength(1);
    expect(await placement.conditions()).toEqual(allIsWell);
  });

  test('one that meets a changed binding reads it again and goes on', async () => {
    const placement = await placementOf('edited', { a: '1' });
    fleet.hubWrites.intercept = async (_write, moment) => {
      if (moment !== 'before') return;
      fleet.hubWrites.intercept = undefined;
      const patch = { type: 'merge', body: { metadata: { labels: { edited: 'yes' } } } } as const;
      await fleet.client.patch(clusterKinds.binding, placement.bindingName, patch);
    };
    await run(fleet.activities.updateCluster, placement.target(0, runOf('run')));

    expect((await placement.binding()).metadata.labels).toMatchObject({ edited: 'yes' });
    expect(await placement.conditions()).toEqual(allIsWell);
  });

  test('one whose claim is lost while the inventory is created leaves nothing on the member', async () => {
    const placement = await placementOf('vanished', { a: '1' });
    fleet.memberWrites.intercept = async (write, moment) => {
      if (write !== 'create AppliedWork vanished-work' || moment !== 'before') return;
      const patch = { type: 'merge', body: { metadata: { finalizers: [] } } } as const;
      await fleet.client.patch(clusterKinds.binding, placement.bindingName, patch);
      await fleet.client.delete(clusterKinds.binding, placement.bindingName);
    };
    await expect(run(fleet.activities.updateCluster, placement.target(0, runOf('run')))).rejects.toMatchObject({
      type: 'BindingGone',
    });
    expect(fleet.memberWrites.made).toEqual(['create AppliedWork vanished-work', 'delete AppliedWork vanished-work']);
    expect(await find('vanished', 'a')).toBeUndefined();
  });
});

describe('what cannot be updated ends at once, with a sentence', () => {
  test('a binding that is not there, is being deleted, or is to be removed', async () => {
    const placement = await placementOf('unbound', { a: '1' });
    const target = placement.target(0, runOf('run'));
    const missing = { ...target, binding: 'nowhere' };
    await expect(run(fleet.activities.updateCluster, missing)).rejects.toMatchObject({
      type: 'BindingGone',
      nonRetryable: true,
      message: 'Binding nowhere of cluster member1 does not exist any more, so there is nothing to update.',
    });
    const binding = await placement.binding();
    await fleet.client.replace(clusterKinds.binding, { ...binding, spec: { ...binding.spec, state: 'Unscheduled' } });
    await expect(run(fleet.activities.updateCluster, target)).rejects.toMatchObject({ type: 'BindingGone' });
    await fleet.client.delete(clusterKinds.binding, placement.bindingName);
    await expect(run(fleet.activities.updateCluster, target)).rejects.toThrow('is being deleted');
    expect(fleet.hubWrites.made).toEqual([]);
  });

  test('a snapshot that is not there, or is one of a former placement of the same name', async () => {
    const placement = await placementOf('unsnapped', { a: '1' });
    const target = placement.target(7, runOf('run'));
    await expect(run(fleet.activities.updateCluster, target)).rejects.toMatchObject({
      type: 'SnapshotGone',
      nonRetryable: true,
    });
    const former = { ...placement.target(0, runOf('run')), placement: { name: 'unsnapped', uid: 'another' } };
    await expect(run(fleet.activities.updateCluster, former)).rejects.toMatchObject({ type: 'SnapshotGone' });
    expect(fleet.hubWrites.made).toEqual([]);
  });
});
