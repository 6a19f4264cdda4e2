import { describe, expect, test } from '@jest/globals';
import { bindingConditions, conditionAt, findCondition } from '../../../../api/conditions.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { PlacementStatus } from '../../../../api/types/clusterresourceplacement.ts';
import { removalStatus, removalTrouble } from '../../../../domain/placements/removal.ts';
import { condition, now, placement } from '../objects.ts';

const later = '2025-07-22T21:31:00Z';
const available = condition('ClusterResourcePlacementAvailable', 'True');
const before: PlacementStatus = { selectedResources: [], conditions: [available] };
const leaving = (status: PlacementStatus = before) =>
  placement({ metadata: { name: 'web', generation: 3, deletionTimestamp: now }, status });

function binding(targetCluster: string, trouble?: string): ClusterResourceBinding {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourceBinding',
    metadata: { name: `web-${targetCluster}`, generation: 1 },
    spec: {
      state: 'Bound',
      targetCluster,
      schedulingPolicySnapshotName: 'web-0',
      clusterDecision: { clusterName: targetCluster, selected: true, reason: '' },
    },
    status: {
      conditions: trouble === undefined ? [] : [conditionAt(bindingConditions.notRemoved(trouble), 1, now)],
    },
  };
}

describe('removalStatus', () => {
  test('is nothing new while nothing is in the way', () => {
    expect(removalStatus(leaving(), [binding('one'), binding('two')], later)).toBeUndefined();
  });

  test('names what keeps the first cluster, and counts the others', () => {
    const bindings = [binding('two', 'Two waits.'), binding('three'), binding('one', 'One waits.')];
    expect(removalStatus(leaving(), bindings, later)).toEqual({
      ...before,
      conditions: [
        available,
        {
          type: 'ClusterResourcePlacementRemoved',
          status: 'False',
          reason: 'CopiesRemain',
          message: 'One waits. The copies on 1 more cluster are held up as well.',
          observedGeneration: 3,
          lastTransitionTime: later,
        },
      ],
    });
  });

  test('is named after the kind in a namespace, and keeps the time of the first trouble', () => {
    const namespaced = leaving();
    namespaced.metadata.namespace = 'shop';
    const first = removalStatus(namespaced, [binding('one', 'One waits.')], now);
    const status = removalStatus({ ...namespaced, ...(first && { status: first }) }, [binding('one', 'Still.')], later);
    expect(findCondition(status?.conditions, 'ResourcePlacementRemoved')).toMatchObject({
      message: 'Still.',
      lastTransitionTime: now,
    });
  });

  test('says it no longer once nothing is in the way', () => {
    const troubled = removalStatus(leaving(), [binding('one', 'One waits.')], now);
    expect(removalStatus(leaving(troubled), [binding('two')], later)).toEqual(before);
  });
});

test('a binding from which the copies have gone has no trouble', () => {
  const gone = binding('one');
  gone.status = { conditions: [condition('Removed', 'True')] };
  expect(removalTrouble(gone)).toBeUndefined();
  expect(removalTrouble(binding('one', 'One waits.'))?.message).toBe('One waits.');
});
