import { describe, expect, test } from '@jest/globals';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { ClusterStagedUpdateRun } from '../../../../api/types/clusterstagedupdaterun.ts';
import { buildSnapshotGroup } from '../../../../domain/snapshots/build.ts';
import { indexesInUse } from '../../../../domain/snapshots/inUse.ts';
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
