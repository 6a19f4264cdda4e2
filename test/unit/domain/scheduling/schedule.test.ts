import { describe, expect, test } from '@jest/globals';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../../../api/types/clusterschedulingpolicysnapshot.ts';
import type { MemberCluster } from '../../../../api/types/membercluster.ts';
import { buildPolicySnapshot } from '../../../../domain/scheduling/policySnapshots.ts';
import { schedule } from '../../../../domain/scheduling/schedule.ts';
import type { BindingOperation } from '../../../../domain/scheduling/placeBindings.ts';
import { member, now, nowMs, placement } from '../objects.ts';

const policySnapshot = buildPolicySnapshot(placement(), 0);
const newPolicy = buildPolicySnapshot(placement(), 1);
const offline = member('member2', { status: {} });

describe('PickAll', () => {
  test('binds every eligible cluster', () => {
    const { operations, status } = cycle({ clusters: [member('member2'), member('member1')] });
    expect(operations.map(({ type, binding }) => [type, binding.spec.targetCluster])).toEqual([
      ['create', 'member1'],
      ['create', 'member2'],
    ]);
    const decision = {
      clusterName: 'member1',
      selected: true,
      clusterScore: { affinityScore: 0, priorityScore: 0 },
      // K26: the name stands without quotes.
      reason:
        'Successfully scheduled resources for placement in member1 (affinity score: 0, topology spread score: 0): ' +
        'picked by scheduling policy',
    };
    expect(operations[0]?.binding).toEqual({
      apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
      kind: 'ClusterResourceBinding',
      metadata: {
        name: 'example-placement-member1-67dfeb48',
        labels: { 'kubernetes-fleet.io/parent-CRP': 'example-placement' },
        finalizers: ['kubernetes-fleet.io/work-cleanup'],
      },
      spec: {
        state: 'Scheduled',
        targetCluster: 'member1',
        schedulingPolicySnapshotName: 'example-placement-0',
        clusterDecision: decision,
      },
    });
    expect(status.targetClusters?.[0]).toEqual(decision);
  });

  test('K22: the status says that the policy is fulfilled, even with no cluster', () => {
    const { status } = cycle({ clusters: [] });
    expect(status).toEqual({
      observedCRPGeneration: 1,
      targetClusters: [],
      conditions: [
        {
          type: 'Scheduled',
          status: 'True',
          reason: 'SchedulingPolicyFulfilled',
          message: 'found all the clusters needed as specified by the scheduling policy',
          observedGeneration: 1,
          lastTransitionTime: now,
        },
      ],
    });
  });

  test('names why a cluster is left out, after those that are picked', () => {
    const { operations, status } = cycle({ clusters: [offline, member('member3')] });
    expect(operations).toHaveLength(1);
    expect(status.targetClusters?.map(({ clusterName, selected }) => [clusterName, selected])).toEqual([
      ['member3', true],
      ['member2', false],
    ]);
    expect(status.targetClusters?.[1]?.reason).toBe(
      'ClusterUnschedulable, cluster is not connected to the fleet: member agent not online yet',
    );
  });

  test('leaves out a cluster with a taint, and says which', () => {
    const taints = [{ key: 'maintenance', value: 'now', effect: 'NoSchedule' as const }];
    const { operations, status } = cycle({ clusters: [member('member1', { spec: { taints } })] });
    expect(operations).toEqual([]);
    expect(status.targetClusters?.[0]?.reason).toBe(
      'ClusterUnschedulable, taint &{Key:maintenance Value:now Effect:NoSchedule} cannot be tolerated',
    );
  });

  test('asks further rules; the first answer counts', () => {
    const refusing = (name: string, reason: string) => ({
      name,
      prepare: () => ({
        filter: ({ metadata }: MemberCluster) => (metadata.name === 'member1' ? reason : undefined),
      }),
    });
    const rules = [refusing('First', 'first'), refusing('Second', 'second')];
    const clusters = [member('member1'), member('member2')];
    const { status } = schedule({ placement: placement(), policySnapshot, clusters, bindings: [], now: nowMs }, rules);
    expect(status.targetClusters?.map(({ reason }) => reason)).toEqual([
      'Successfully scheduled resources for placement in member2 (affinity score: 0, topology spread score: 0): picked by scheduling policy',
      'ClusterUnschedulable, first',
    ]);
  });
});

describe('stability', () => {
  test('a second cycle changes nothing', () => {
    const clusters = [member('member1'), offline];
    const first = cycle({ clusters });
    const again = cycle({
      clusters,
      bindings: bindingsOf(first.operations),
      policySnapshot: { ...policySnapshot, status: first.status },
      now: nowMs + 60_000,
    });
    expect(again.operations).toEqual([]);
    expect(again.status).toEqual(first.status);
  });

  test('a picked cluster stays picked although it is no longer eligible', () => {
    const bindings = bindingsOf(cycle({ clusters: [member('member2')] }).operations);
    const { operations, status } = cycle({ clusters: [offline], bindings });
    expect(operations).toEqual([]);
    expect(status.targetClusters).toMatchObject([{ clusterName: 'member2', selected: true }]);
  });

  test('a reason that only counts more minutes stays as it was', () => {
    const silent = member('member1');
    const at = (minutes: number) => ({ clusters: [silent], now: nowMs + minutes * 60_000 });
    const first = cycle(at(10));
    expect(first.status.targetClusters?.[0]?.reason).toContain('(last received 10.00 minutes ago)');
    const later = cycle({ ...at(11), policySnapshot: { ...policySnapshot, status: first.status } });
    expect(later.status).toEqual(first.status);
  });
});

describe('clusters that leave and return', () => {
  const [created] = bindingsOf(cycle({ clusters: [member('member1')] }).operations);
  const bound: ClusterResourceBinding = {
    ...binding(created),
    spec: { ...binding(created).spec, state: 'Bound', resourceSnapshotName: 'example-placement-0-snapshot' },
  };

  test.each([
    ['gone', []],
    ['leaving', [member('member1', { metadata: { name: 'member1', deletionTimestamp: now } })]],
  ])('a cluster that is %s is marked, and what it was is remembered', (_description, clusters) => {
    const { operations } = cycle({ clusters, bindings: [bound] });
    expect(operations).toEqual([
      {
        type: 'unschedule',
        binding: {
          ...bound,
          metadata: { ...bound.metadata, annotations: { 'kubernetes-fleet.io/previous-binding-state': 'Bound' } },
          spec: { ...bound.spec, state: 'Unscheduled' },
        },
      },
    ]);
  });

  test('a marked binding is left alone', () => {
    const [mark] = cycle({ clusters: [], bindings: [bound] }).operations;
    expect(cycle({ clusters: [], bindings: bindingsOf(mark ? [mark] : []) }).operations).toEqual([]);
  });

  test('a cluster that returns gets its binding back in the state it had', () => {
    const [mark] = cycle({ clusters: [], bindings: [bound] }).operations;
    const { operations } = cycle({ clusters: [member('member1')], bindings: bindingsOf(mark ? [mark] : []) });
    expect(operations).toEqual([
      { type: 'restore', binding: { ...bound, metadata: { ...bound.metadata, annotations: {} } } },
    ]);
  });

  test('a binding that is being deleted holds up the new one', () => {
    const deleting = { ...bound, metadata: { ...bound.metadata, deletionTimestamp: now } };
    const { operations, awaitingDeletion } = cycle({ clusters: [member('member1')], bindings: [deleting] });
    expect(operations).toEqual([]);
    expect(awaitingDeletion).toEqual(['member1']);
  });
});

describe('a changed policy', () => {
  const bindings = bindingsOf(cycle({ clusters: [member('member1'), member('member2')] }).operations);

  test('takes over the bindings of clusters that it picks and marks the others', () => {
    const { operations } = cycle({ clusters: [member('member1'), offline], bindings, policySnapshot: newPolicy });
    expect(operations.map(({ type, binding: { spec } }) => [type, spec.targetCluster, spec.state])).toEqual([
      ['repoint', 'member1', 'Scheduled'],
      ['unschedule', 'member2', 'Unscheduled'],
    ]);
    expect(operations[0]?.binding.spec.schedulingPolicySnapshotName).toBe('example-placement-1');
    expect(operations[0]?.binding.metadata.name).toBe(bindings[0]?.metadata.name);
  });

  test('drops no cluster for a silence in which nobody listened', () => {
    const clusters = [member('member1'), member('member2')];
    const tenMinutesLater = { clusters, bindings, policySnapshot: newPolicy, now: nowMs + 600_000 };
    const types = (observedSince?: number): string[] =>
      cycle({ ...tenMinutesLater, observedSince }).operations.map(({ type }) => type);
    expect(types(tenMinutesLater.now)).toEqual(['repoint', 'repoint']);
    expect(types()).toEqual(['unschedule', 'unschedule']);
  });
});

function cycle(input: {
  clusters: readonly MemberCluster[];
  bindings?: readonly ClusterResourceBinding[];
  policySnapshot?: ClusterSchedulingPolicySnapshot;
  now?: number;
  observedSince?: number;
}) {
  return schedule({ placement: placement(), policySnapshot, bindings: [], now: nowMs, ...input });
}

function bindingsOf(operations: readonly BindingOperation[]): ClusterResourceBinding[] {
  return operations.map((operation) => operation.binding);
}

function binding(found: ClusterResourceBinding | undefined): ClusterResourceBinding {
  if (found === undefined) throw new Error('The cycle has made no binding.');
  return found;
}
