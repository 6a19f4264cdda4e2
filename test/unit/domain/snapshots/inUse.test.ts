import { describe, expect, test } from '@jest/globals';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { ClusterStagedUpdateRun } from '../../../../api/types/clusterstagedupdaterun.ts';
import { buildSnapshotGroup } from '../../../../domain/snapshots/build.ts';
import { highestIndexNamed, indexesInUse } from '../../../../domain/snapshots/inUse.ts';
import { condition } from '../objects.ts';

const placement = 'example-placement';
const existing = [3, 4, 5].flatMap((index) => buildSnapshotGroup({ name: placement, uid: 'e7d59513' }, index, [], ''));

describe('indexes in use', () => {
  test('those that bindings point at, as long as they exist', () => {
    expect(inUse({ bindings: [bound('example-placement-3-snapshot'), bound('example-placement-1-snapshot')] })).toEqual(
      [3],
    );
    expect(inUse({ bindings: [bound(undefined)] })).toEqual([]);
  });

  test('the one that a run names', () => {
    expect(inUse({ runs: [run({ spec: { resourceSnapshotIndex: '4' } })] })).toEqual([4]);
  });

  test('the one that a run without an index has taken', () => {
    expect(inUse({ runs: [run({ status: { resourceSnapshotIndexUsed: '3' } })] })).toEqual([3]);
    const emptyText = run({ spec: { resourceSnapshotIndex: '' }, status: { resourceSnapshotIndexUsed: '3' } });
    expect(inUse({ runs: [emptyText] })).toEqual([3]);
  });

  test('the latest, while a run without an index has not said which one it took', () => {
    expect(inUse({ runs: [run({})] })).toEqual([5]);
    expect(inUse({ runs: [run({})], existing: [] })).toEqual([]);
  });

  test('none of a run that is over, of another placement, or with an index that is no number', () => {
    const over = run({ status: { resourceSnapshotIndexUsed: '3', conditions: [condition('Succeeded', 'True')] } });
    const elsewhere = run({ spec: { placementName: 'other', resourceSnapshotIndex: '4' } });
    expect(inUse({ runs: [over, elsewhere, run({ spec: { resourceSnapshotIndex: 'newest' } })] })).toEqual([]);
  });
});

describe('the highest index that anything names', () => {
  test('is that of a binding whose snapshot is gone', () => {
    expect(named({ bindings: [bound('example-placement-9-snapshot'), bound(undefined)] })).toBe(9);
    expect(named({ bindings: [bound('other-9-snapshot'), bound('example-placement-9-0')] })).toBeUndefined();
  });

  test('is that of a run, over or not, that has taken it', () => {
    const over = run({ status: { resourceSnapshotIndexUsed: '7', conditions: [condition('Succeeded', 'True')] } });
    expect(named({ runs: [over], bindings: [bound('example-placement-2-snapshot')] })).toBe(7);
    expect(named({ runs: [over], placement: { name: 'other' } })).toBeUndefined();
    expect(named({ runs: [over], placement: { name: placement, namespace: 'shop' } })).toBeUndefined();
  });

  test('is not one that a run asks for, since it may be the next', () => {
    expect(named({ runs: [run({ spec: { resourceSnapshotIndex: '9' } })] })).toBeUndefined();
  });

  test('is not that of a run about a placement of the same name that is gone', () => {
    const former = run({ status: { resourceSnapshotIndexUsed: '7' } });
    former.metadata.creationTimestamp = '2026-01-01T00:00:00Z';
    expect(named({ runs: [former], createdAt: '2026-01-01T00:00:01Z' })).toBeUndefined();
    expect(named({ runs: [former], createdAt: '2026-01-01T00:00:00Z' })).toBe(7);
  });
});

function named(names: Partial<Parameters<typeof highestIndexNamed>[0]>): number | undefined {
  return highestIndexNamed({ placement: { name: placement }, createdAt: undefined, bindings: [], runs: [], ...names });
}

function inUse(use: Partial<Parameters<typeof indexesInUse>[0]>): number[] {
  return [...indexesInUse({ placement: { name: placement }, existing, bindings: [], runs: [], ...use })];
}

function bound(resourceSnapshotName: string | undefined): ClusterResourceBinding {
  return { spec: { resourceSnapshotName } } as ClusterResourceBinding;
}

function run(more: {
  spec?: Partial<ClusterStagedUpdateRun['spec']>;
  status?: ClusterStagedUpdateRun['status'];
}): ClusterStagedUpdateRun {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterStagedUpdateRun',
    metadata: { name: 'example-run' },
    spec: { placementName: placement, stagedRolloutStrategyName: 'example-strategy', ...more.spec },
    ...(more.status && { status: more.status }),
  };
}
