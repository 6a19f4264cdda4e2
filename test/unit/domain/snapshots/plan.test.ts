import { describe, expect, test } from '@jest/globals';
import type { ClusterResourceSnapshot } from '../../../../api/types/clusterresourcesnapshot.ts';
import type { KubernetesObject } from '../../../../api/meta.ts';
import { buildSnapshotGroup, maximumPartBytes, splitIntoParts } from '../../../../domain/snapshots/build.ts';
import { groupSnapshots, objectsOf } from '../../../../domain/snapshots/groups.ts';
import { resourceHash } from '../../../../domain/snapshots/hash.ts';
import { planSnapshot } from '../../../../domain/snapshots/plan.ts';
import type { SnapshotPlan, SnapshotPlanInput } from '../../../../domain/snapshots/plan.ts';

const owner = { name: 'example-placement', uid: 'e7d59513' };

describe('a snapshot of the tutorial', () => {
  const [snapshot] = plan({ objects: [manifest('test-cm')] }).create;

  test('N4, N8: name and kind', () => {
    expect(snapshot?.metadata.name).toBe('example-placement-0-snapshot');
    expect(snapshot?.kind).toBe('ClusterResourceSnapshot');
  });

  test('N5: exactly three labels', () => {
    expect(snapshot?.metadata.labels).toEqual({
      'kubernetes-fleet.io/is-latest-snapshot': 'true',
      'kubernetes-fleet.io/parent-CRP': 'example-placement',
      'kubernetes-fleet.io/resource-index': '0',
    });
  });

  test('N9: exactly three annotations', () => {
    expect(snapshot?.metadata.annotations).toEqual({
      'kubernetes-fleet.io/number-of-enveloped-object': '0',
      'kubernetes-fleet.io/number-of-resource-snapshots': '1',
      'kubernetes-fleet.io/resource-hash': resourceHash([manifest('test-cm')]),
    });
  });

  test('N10, N11: no finalizers, one owner', () => {
    expect(Object.keys(snapshot?.metadata ?? {}).sort()).toEqual(['annotations', 'labels', 'name', 'ownerReferences']);
    expect(snapshot?.metadata.ownerReferences).toEqual([
      {
        apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
        blockOwnerDeletion: true,
        controller: true,
        kind: 'ClusterResourcePlacement',
        name: 'example-placement',
        uid: 'e7d59513',
      },
    ]);
  });
});

describe('planSnapshot', () => {
  test('an unchanged selection needs nothing', () => {
    const existing = carriedOut([], plan({ objects: [manifest('a')] }));
    expect(plan({ existing, objects: [manifest('a')] })).toEqual(nothingToDo(0));
  });

  test('N7: a changed selection gets the next index and the old one loses its label', () => {
    const existing = carriedOut([], plan({ objects: [manifest('a')] }));
    const next = plan({ existing, objects: [manifest('b')] });
    expect(next).toMatchObject({ index: 1, isNewIndex: true, remove: [] });
    expect(names(next.loseLatestLabel)).toEqual(['example-placement-0-snapshot']);
    expect(names(next.create)).toEqual(['example-placement-1-snapshot']);
  });

  test('content that returns gets a new index, because only the latest is compared', () => {
    const existing = history('a', 'b');
    expect(plan({ existing, objects: [manifest('a')] })).toMatchObject({ index: 2, isNewIndex: true });
  });

  test('an index that something names is not given again, although its snapshot is gone', () => {
    const existing = history('a', 'b');
    expect(plan({ existing, objects: [manifest('c')], highestIndexNamed: 4 })).toMatchObject({ index: 5 });
    expect(plan({ existing, objects: [manifest('c')], highestIndexNamed: 0 })).toMatchObject({ index: 2 });
    expect(names(plan({ objects: [manifest('a')], highestIndexNamed: 0 }).create)).toEqual([
      'example-placement-1-snapshot',
    ]);
    expect(plan({ existing, objects: [manifest('b')], highestIndexNamed: 4 })).toEqual(nothingToDo(1));
  });

  test('an empty selection is a snapshot with nothing in it', () => {
    const { create } = plan({ objects: [] });
    expect(create.map(({ spec }) => spec.selectedResources)).toEqual([[]]);
  });

  test('a crash that left no label behind: it returns if the selection is still that of the highest index', () => {
    const existing = history('a', 'b').map(withoutLatestLabel);
    const unchanged = plan({ existing, objects: [manifest('b')] });
    expect(unchanged).toMatchObject({ index: 1, isNewIndex: false, create: [], loseLatestLabel: [] });
    expect(unchanged.regainLatestLabel?.metadata.name).toBe('example-placement-1-snapshot');
    expect(plan({ existing, objects: [manifest('c')] })).toMatchObject({ index: 2, loseLatestLabel: [] });
  });

  test('a crash in the middle of a group: the missing parts follow under the same index', () => {
    const objects = [manifest('a', maximumPartBytes), manifest('b', maximumPartBytes), manifest('c')];
    const [master, first, second] = plan({ objects }).create;
    expect(names([master, first, second])).toEqual([
      'example-placement-0-snapshot',
      'example-placement-0-0',
      'example-placement-0-1',
    ]);
    const repaired = plan({ existing: [master, second].filter((part) => part !== undefined), objects });
    expect(repaired).toEqual({ ...nothingToDo(0), create: [first] });
  });

  test('a chain of crashes never leaves two labels for long', () => {
    const labelledTwice = [
      ...plan({ objects: [manifest('a')] }).create,
      ...buildSnapshotGroup(owner, 1, [], resourceHash([])),
    ];
    const next = plan({ existing: labelledTwice, objects: [] });
    expect(next).toMatchObject({ index: 1, create: [] });
    expect(names(next.loseLatestLabel)).toEqual(['example-placement-0-snapshot']);
  });

  test('history keeps as many indexes as the limit says, the new one included', () => {
    const next = plan({ existing: history('a', 'b', 'c'), objects: [manifest('d')], revisionHistoryLimit: 2 });
    expect(names(next.remove)).toEqual(['example-placement-0-snapshot', 'example-placement-1-snapshot']);
    expect(next.index).toBe(3);
  });

  test('an index in use stays whatever its age', () => {
    const existing = history('a', 'b', 'c');
    const indexesInUse = new Set([0]);
    const next = plan({ existing, objects: [manifest('d')], revisionHistoryLimit: 1, indexesInUse });
    expect(names(next.remove)).toEqual(['example-placement-1-snapshot', 'example-placement-2-snapshot']);
  });
});

describe('splitIntoParts', () => {
  test('fills parts in order and gives a large object a part of its own', () => {
    const objects = [manifest('a', 300), manifest('b', 300), manifest('c', 2000), manifest('d', 300)];
    const parts = splitIntoParts(objects, 1000);
    expect(parts.map((part) => part.map(({ metadata }) => metadata.name))).toEqual([['a', 'b'], ['c'], ['d']]);
  });

  test('a group gives back its objects in order, in whatever order its parts are listed', () => {
    const objects = ['a', 'b', 'c', 'd'].map((name) => manifest(name, maximumPartBytes));
    const [group] = groupSnapshots(buildSnapshotGroup(owner, 7, objects, 'hash').toReversed());
    expect(group).toMatchObject({ index: 7, complete: true });
    expect(group && objectsOf(group)).toEqual(objects);
  });

  test('a group without all of its parts is not complete', () => {
    const parts = buildSnapshotGroup(owner, 0, [manifest('a', maximumPartBytes), manifest('b')], 'hash');
    expect(groupSnapshots(parts.slice(0, 1))[0]?.complete).toBe(false);
    expect(groupSnapshots(parts.slice(1))[0]).toMatchObject({ complete: false });
  });
});

function plan(input: Partial<SnapshotPlanInput> & Pick<SnapshotPlanInput, 'objects'>): SnapshotPlan {
  return planSnapshot({
    placement: owner,
    existing: [],
    hash: resourceHash(input.objects),
    revisionHistoryLimit: 10,
    indexesInUse: new Set(),
    ...input,
  });
}

/** Snapshots after one change after another. */
function history(...names: string[]): ClusterResourceSnapshot[] {
  return names.reduce<ClusterResourceSnapshot[]>(
    (existing, name) => carriedOut(existing, plan({ existing, objects: [manifest(name)] })),
    [],
  );
}

function carriedOut(existing: readonly ClusterResourceSnapshot[], done: SnapshotPlan): ClusterResourceSnapshot[] {
  return [
    ...existing
      .filter((snapshot) => !done.remove.includes(snapshot))
      .map((snapshot) => (done.loseLatestLabel.includes(snapshot) ? withoutLatestLabel(snapshot) : snapshot)),
    ...done.create,
  ];
}

function withoutLatestLabel(snapshot: ClusterResourceSnapshot): ClusterResourceSnapshot {
  const labels = { ...snapshot.metadata.labels, 'kubernetes-fleet.io/is-latest-snapshot': 'false' };
  return { ...snapshot, metadata: { ...snapshot.metadata, labels } };
}

function nothingToDo(index: number): SnapshotPlan {
  return { index, isNewIndex: false, loseLatestLabel: [], remove: [], create: [] };
}

function names(snapshots: readonly (ClusterResourceSnapshot | undefined)[]): (string | undefined)[] {
  return snapshots.map((snapshot) => snapshot?.metadata.name);
}

function manifest(name: string, bytes = 0): KubernetesObject {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'test' } };
  return bytes === 0 ? object : ({ ...object, data: { filling: 'x'.repeat(bytes - 99) } } as KubernetesObject);
}
