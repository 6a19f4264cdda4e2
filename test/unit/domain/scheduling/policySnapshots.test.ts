import { describe, expect, test } from '@jest/globals';
import type { ClusterResourcePlacement } from '../../../../api/types/clusterresourceplacement.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../../../api/types/clusterschedulingpolicysnapshot.ts';
import {
  buildPolicySnapshot,
  highestIndexOfNamesakes,
  planPolicySnapshot,
  policyHash,
  wantedClusters,
} from '../../../../domain/scheduling/policySnapshots.ts';
import { placement, scheduled } from '../objects.ts';

const first = buildPolicySnapshot(placement(), 0);

describe('planPolicySnapshot', () => {
  test('the first snapshot has index 0 and belongs to the placement', () => {
    const { create, latest, ...rest } = planPolicySnapshot(placement(), [], 10);
    expect(rest).toEqual({ loseLatestLabel: [], remove: [] });
    expect(latest).toBe(create);
    expect(create).toEqual({
      apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
      kind: 'ClusterSchedulingPolicySnapshot',
      metadata: {
        name: 'example-placement-0',
        labels: {
          'kubernetes-fleet.io/parent-CRP': 'example-placement',
          'kubernetes-fleet.io/is-latest-snapshot': 'true',
          'kubernetes-fleet.io/policy-index': '0',
        },
        annotations: { 'kubernetes-fleet.io/CRP-generation': '1' },
        ownerReferences: [
          {
            apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
            kind: 'ClusterResourcePlacement',
            name: 'example-placement',
            uid: 'e7d59513',
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      spec: { policy: { placementType: 'PickAll' }, policyHash: policyHash({ placementType: 'PickAll' }) },
    });
  });

  test('an unchanged policy needs nothing', () => {
    expect(planPolicySnapshot(placement(), [first], 10)).toEqual({ loseLatestLabel: [], remove: [], latest: first });
  });

  test('a new generation of the placement is noted, so that the scheduler reports that it has seen it', () => {
    const changed = placement({ metadata: { name: 'example-placement', uid: 'e7d59513', generation: 2 } });
    const { replace, create } = planPolicySnapshot(changed, [first], 10);
    expect(create).toBeUndefined();
    expect(replace?.metadata.annotations).toEqual({ 'kubernetes-fleet.io/CRP-generation': '2' });
    expect(replace?.spec).toEqual(first.spec);
  });

  test('K38: another number of clusters is noted on the snapshot, which stays', () => {
    const pickN = (numberOfClusters: number, generation: number) => {
      const base = placement();
      const policy = { placementType: 'PickN' as const, numberOfClusters };
      return { ...base, metadata: { ...base.metadata, generation }, spec: { ...base.spec, policy } };
    };
    const snapshot = buildPolicySnapshot(pickN(3, 1), 0);
    expect(wantedClusters(snapshot)).toBe(3);
    const { create, latest } = planPolicySnapshot(pickN(5, 2), [snapshot], 10);
    expect(create).toBeUndefined();
    expect(latest.metadata.annotations).toEqual({
      'kubernetes-fleet.io/CRP-generation': '2',
      'kubernetes-fleet.io/number-of-clusters': '5',
    });
    expect(latest.spec).toEqual(snapshot.spec);
    expect(wantedClusters(latest)).toBe(5);
  });

  test('another policy gets the next index; the old one loses its label and the oldest go', () => {
    const existing = [withHash(buildPolicySnapshot(placement(), 4)), withoutLabel(buildPolicySnapshot(placement(), 3))];
    const plan = planPolicySnapshot(placement(), existing, 2);
    expect(plan.create?.metadata.name).toBe('example-placement-5');
    expect(plan.loseLatestLabel).toEqual([existing[0]]);
    expect(plan.remove).toEqual([existing[1]]);
  });

  test('an index that bindings of a former placement of the name follow is not given again', () => {
    const bindingsOf = (of: ClusterResourcePlacement) => scheduled(of, ['member1', 'member2']).bindings;
    const metadata = { name: 'example-placement', uid: 'of-the-former-one', generation: 1 };
    const taken = highestIndexOfNamesakes(placement(), bindingsOf(placement({ metadata })));
    expect(taken).toBe(0);
    expect(planPolicySnapshot(placement(), [], 10, taken).create?.metadata.name).toBe('example-placement-1');
    // Its own bindings may find their snapshot again.
    expect(highestIndexOfNamesakes(placement(), bindingsOf(placement()))).toBeUndefined();
  });

  test('a label that a crash took off returns', () => {
    const { replace } = planPolicySnapshot(placement(), [withoutLabel(first)], 10);
    expect(replace).toEqual(first);
  });
});

test('the hash of a policy is 64 hexadecimal digits in base64, and no policy is PickAll', () => {
  expect(Buffer.from(policyHash(undefined), 'base64').toString()).toMatch(/^[0-9a-f]{64}$/);
  expect(policyHash(undefined)).toBe(policyHash({ placementType: 'PickAll' }));
});

function withHash(snapshot: ClusterSchedulingPolicySnapshot): ClusterSchedulingPolicySnapshot {
  return { ...snapshot, spec: { policyHash: 'of another policy' } };
}

function withoutLabel(snapshot: ClusterSchedulingPolicySnapshot): ClusterSchedulingPolicySnapshot {
  const labels = { ...snapshot.metadata.labels, 'kubernetes-fleet.io/is-latest-snapshot': 'false' };
  return { ...snapshot, metadata: { ...snapshot.metadata, labels } };
}
