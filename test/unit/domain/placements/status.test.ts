import { describe, expect, test } from '@jest/globals';
import { bindingConditions, conditionAt } from '../../../../api/conditions.ts';
import type { ConditionContent } from '../../../../api/conditions.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { PlacementStatus } from '../../../../api/types/clusterresourceplacement.ts';
import { invalidSelectorsStatus, placementStatus } from '../../../../domain/placements/status.ts';
import type { PlacementStatusInput } from '../../../../domain/placements/status.ts';
import { buildSnapshotGroup } from '../../../../domain/snapshots/build.ts';
import { buildPolicySnapshot } from '../../../../domain/scheduling/policySnapshots.ts';
import { schedule } from '../../../../domain/scheduling/schedule.ts';
import { condition, configMap, member, namespace, now, nowMs, placement, scheduled } from '../objects.ts';

const later = '2025-07-22T21:45:00Z';
const owner = { name: 'example-placement', uid: 'e7d59513' };
const objects = [namespace('test-namespace'), configMap('test-namespace', 'test-cm')];
const resourceSnapshots = [0, 1].flatMap((index) => buildSnapshotGroup(owner, index, objects, String(index)));
const selectedResources = [
  { version: 'v1', kind: 'Namespace', name: 'test-namespace' },
  { version: 'v1', kind: 'ConfigMap', name: 'test-cm', namespace: 'test-namespace' },
];

const finished = [
  bindingConditions.rolloutStarted('started'),
  bindingConditions.notOverridden(),
  bindingConditions.workSynchronized(),
  bindingConditions.applied(),
  bindingConditions.available(),
];

describe('an External placement before any run', () => {
  test('P8, P9: it is scheduled, and nothing says Available', () => {
    const status = statusOf(['member2', 'member1']);
    expect(brief(status)).toEqual([
      ['ClusterResourcePlacementScheduled', 'True', 'SchedulingPolicyFulfilled', 1],
      ['ClusterResourcePlacementRolloutStarted', 'Unknown', 'RolloutControlledByExternalController', 1],
    ]);
    expect(status.conditions?.[1]?.message).toBe(
      'Rollout is controlled by an external controller and no resource snapshot name is observed across clusters, ' +
        'probably rollout has not started yet',
    );
    expect(status).toMatchObject({ selectedResources: [] });
    expect(status.observedResourceIndex).toBeUndefined();
  });

  test('E9, K26: clusters stand by name, each with its decision', () => {
    const entries = statusOf(['member2', 'member1']).placementStatuses ?? [];
    expect(entries.map(({ clusterName }) => clusterName)).toEqual(['member1', 'member2']);
    expect(entries[0]?.conditions).toEqual([
      condition('Scheduled', 'True', {
        reason: 'Scheduled',
        message:
          'Successfully scheduled resources for placement in member1 (affinity score: 0, topology spread score: 0): ' +
          'picked by scheduling policy',
      }),
      condition('RolloutStarted', 'Unknown', {
        reason: 'RolloutStartedUnknown',
        message: 'In the process of deciding whether to roll out some version of the resources or not',
      }),
    ]);
  });

  test('while it is not scheduled it says so and shows what is selected now', () => {
    const status = placementStatus({
      placement: placement(),
      bindings: [],
      resourceSnapshots,
      profile: 'documented',
      now,
    });
    expect(status).toEqual({
      observedResourceIndex: '1',
      selectedResources,
      placementStatuses: [],
      conditions: [
        condition('ClusterResourcePlacementScheduled', 'Unknown', {
          reason: 'SchedulePending',
          message: 'Scheduling has not completed',
        }),
      ],
    });
  });

  test('a scheduler that has not seen the latest generation counts as not scheduled; the rest stays as it was', () => {
    const { policySnapshot, bindings } = scheduled(placement(), ['member1']);
    const before = [
      condition('ClusterResourcePlacementScheduled', 'True'),
      condition('ClusterResourcePlacementApplied', 'True'),
    ];
    const edited = placement({
      metadata: { name: 'example-placement', generation: 2 },
      status: { conditions: before },
    });
    const status = placementStatus({
      placement: edited,
      policySnapshot,
      bindings,
      resourceSnapshots,
      profile: 'documented',
      now,
    });
    expect(brief(status)).toEqual([
      ['ClusterResourcePlacementScheduled', 'Unknown', 'SchedulePending', 2],
      ['ClusterResourcePlacementApplied', 'True', 'Test', 1],
    ]);
  });

  test('with no cluster to go to, scheduled is all there is to say', () => {
    const status = statusOf([]);
    expect(brief(status)).toEqual([['ClusterResourcePlacementScheduled', 'True', 'SchedulingPolicyFulfilled', 1]]);
    expect(status).toMatchObject({ observedResourceIndex: '1', selectedResources, placementStatuses: [] });
  });
});

describe('an External placement during a run', () => {
  test('clusters on different snapshots', () => {
    const status = statusOf(['member1', 'member2'], { member1: bound(1, finished) });
    expect(status.conditions?.[1]).toMatchObject({
      status: 'Unknown',
      reason: 'RolloutControlledByExternalController',
      message:
        'Rollout is controlled by an external controller and different resource snapshot versions are observed across clusters',
    });
    expect(status.selectedResources).toEqual([]);
    expect(status.placementStatuses?.map(({ observedResourceIndex }) => observedResourceIndex)).toEqual([
      '1',
      undefined,
    ]);
    expect(status.placementStatuses?.[0]?.conditions?.at(-1)).toMatchObject({ type: 'Available', status: 'True' });
  });

  test('a cluster whose binding says nothing about its newest spec', () => {
    const stale: Change = (binding) => ({
      ...bound(1, finished)(binding),
      metadata: { ...binding.metadata, generation: 9 },
    });
    const status = statusOf(['member1', 'member2'], { member1: bound(1, finished), member2: stale });
    expect(status.conditions?.[1]?.message).toBe(
      'Rollout is controlled by an external controller and cluster member2 is in RolloutStarted Unknown state',
    );
    expect(status).toMatchObject({ observedResourceIndex: '1', selectedResources });
  });

  test('a cluster that fails shows what failed, and the placement stops there', () => {
    const failedPlacements = [
      { version: 'v1', kind: 'ConfigMap', name: 'test-cm', condition: condition('Applied', 'False') },
    ];
    const failing = bound(1, [...finished.slice(0, 3), bindingConditions.notApplied('w')], failedPlacements);
    const status = statusOf(['member1', 'member2'], { member1: bound(1, finished), member2: failing });
    expect(brief(status).slice(-1)).toEqual([['ClusterResourcePlacementApplied', 'False', 'ApplyFailed', 1]]);
    expect(status.conditions?.at(-1)?.message).toBe(
      'Failed to apply resources to 1 cluster(s), please check the `failedPlacements` status',
    );
    expect(status.placementStatuses?.map((entry) => entry.failedPlacements)).toEqual([undefined, failedPlacements]);
  });

  test('failures of an earlier attempt are not shown once the cluster is fine', () => {
    const failedPlacements = [
      { version: 'v1', kind: 'ConfigMap', name: 'test-cm', condition: condition('Applied', 'False') },
    ];
    const status = statusOf(['member1'], { member1: bound(1, finished, failedPlacements) });
    expect(status.placementStatuses?.[0]).not.toHaveProperty('failedPlacements');
  });

  test('Unknown outranks False', () => {
    const failing = bound(1, [...finished.slice(0, 3), bindingConditions.notApplied('w')]);
    const undecided = bound(1, finished.slice(0, 3));
    const status = statusOf(['member1', 'member2'], { member1: failing, member2: undecided });
    expect(brief(status).slice(-1)).toEqual([['ClusterResourcePlacementApplied', 'Unknown', 'ApplyPending', 1]]);
  });
});

describe('an External placement after a run', () => {
  const everywhere = { member1: bound(1, finished), member2: bound(1, finished) };

  test('C2: Available is True for generation 1, after all that leads to it', () => {
    const status = statusOf(['member1', 'member2'], everywhere);
    expect(brief(status)).toEqual([
      ['ClusterResourcePlacementScheduled', 'True', 'SchedulingPolicyFulfilled', 1],
      ['ClusterResourcePlacementRolloutStarted', 'True', 'RolloutStarted', 1],
      ['ClusterResourcePlacementOverridden', 'True', 'NoOverrideSpecified', 1],
      ['ClusterResourcePlacementWorkSynchronized', 'True', 'WorkSynchronized', 1],
      ['ClusterResourcePlacementApplied', 'True', 'ApplySucceeded', 1],
      ['ClusterResourcePlacementAvailable', 'True', 'ResourceAvailable', 1],
    ]);
    expect(status).toMatchObject({ observedResourceIndex: '1', selectedResources });
  });

  test('K24: the message counts the clusters', () => {
    const status = statusOf(['member1', 'member2'], everywhere);
    expect(status.conditions?.at(-2)?.message).toBe('Successfully applied resources to 2 member clusters');
  });

  test('the index is the one that was rolled out, also after a rollback', () => {
    const status = statusOf(['member1'], { member1: bound(0, finished) });
    expect(status.observedResourceIndex).toBe('0');
  });

  test('a binding whose snapshot is gone has no index', () => {
    const status = statusOf(['member1'], { member1: bound(7, finished) });
    expect(status.conditions?.[1]).toMatchObject({ status: 'Unknown' });
  });

  test('bindings that are leaving or belong to another policy do not count', () => {
    const leaving: Change = (binding) => ({ ...binding, metadata: { ...binding.metadata, deletionTimestamp: now } });
    const obsolete: Change = (binding) => ({
      ...binding,
      spec: { ...binding.spec, schedulingPolicySnapshotName: 'old' },
    });
    const status = statusOf(['member1', 'member2'], {
      member1: (binding) => leaving(bound(1, finished)(binding)),
      member2: (binding) => obsolete(bound(1, finished)(binding)),
    });
    expect(status.placementStatuses?.map(({ observedResourceIndex }) => observedResourceIndex)).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('times stay as long as the status of a condition does', () => {
    const before = statusOf(['member1', 'member2'], everywhere);
    const withStatus = { placement: placement({ status: before }), now: later };
    expect(statusOf(['member1', 'member2'], everywhere, withStatus)).toEqual(before);
    const [scheduledBefore, rolloutNow] = statusOf(['member1', 'member2'], {}, withStatus).conditions ?? [];
    expect(scheduledBefore?.lastTransitionTime).toBe(now);
    expect(rolloutNow?.lastTransitionTime).toBe(later);
  });
});

describe('a placement that rolls out by itself', () => {
  const rolling = placement({ spec: { resourceSelectors: [] } });
  const done = { member1: bound(1, finished), member2: bound(1, finished) };

  test('K22–K29: the conditions of the document come first and read as printed, those of later generations after them', () => {
    const status = statusOf(['member2', 'member1'], done, { placement: rolling });
    expect(brief(status)).toEqual([
      ['ClusterResourcePlacementScheduled', 'True', 'SchedulingPolicyFulfilled', 1],
      ['ClusterResourcePlacementSynchronized', 'True', 'SynchronizeSucceeded', 1],
      ['ClusterResourcePlacementApplied', 'True', 'ApplySucceeded', 1],
      ['ClusterResourcePlacementRolloutStarted', 'True', 'RolloutStarted', 1],
      ['ClusterResourcePlacementOverridden', 'True', 'NoOverrideSpecified', 1],
      ['ClusterResourcePlacementWorkSynchronized', 'True', 'WorkSynchronized', 1],
      ['ClusterResourcePlacementAvailable', 'True', 'ResourceAvailable', 1],
    ]);
    expect(status.conditions?.slice(1, 3).map(({ message }) => message)).toEqual([
      'All 2 cluster(s) are synchronized to the latest resources on the hub cluster',
      'Successfully applied resources to 2 member clusters',
    ]);
    expect(status.placementStatuses?.map(({ clusterName }) => clusterName)).toEqual(['member1', 'member2']);
    const [entry] = status.placementStatuses ?? [];
    expect(entry?.conditions?.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      'ResourceScheduled ScheduleSucceeded',
      'WorkSynchronized WorkSynchronizeSucceeded',
      'ResourceApplied ApplySucceeded',
      'Scheduled Scheduled',
      'RolloutStarted RolloutStarted',
      'Overridden NoOverrideSpecified',
      'Applied AllWorkHaveBeenApplied',
      'Available AllWorkAreAvailable',
    ]);
    expect(entry?.conditions?.slice(0, 3).map(({ message }) => message)).toEqual([
      'Successfully scheduled resources for placement in member1 (affinity score: 0, topology spread score: 0): picked by scheduling policy',
      'Successfully Synchronized work(s) for placement',
      'Successfully applied resources',
    ]);
    expect(status).toMatchObject({ observedResourceIndex: '1', selectedResources });
  });

  test('in the profile "upstream" it has those of the later generations alone', () => {
    const status = statusOf(['member1', 'member2'], done, { placement: rolling, profile: 'upstream' });
    expect(brief(status).map(([type]) => type)).toEqual(
      ['Scheduled', 'RolloutStarted', 'Overridden', 'WorkSynchronized', 'Applied', 'Available'].map(
        (step) => `ClusterResourcePlacement${step}`,
      ),
    );
    expect(status.placementStatuses?.[0]?.conditions?.map(({ type, reason }) => `${type} ${reason}`)).toEqual([
      'Scheduled Scheduled',
      'RolloutStarted RolloutStarted',
      'Overridden NoOverrideSpecified',
      'WorkSynchronized AllWorkSynced',
      'Applied AllWorkHaveBeenApplied',
      'Available AllWorkAreAvailable',
    ]);
  });

  test('a cluster with an older snapshot is blocked by the strategy, of one with none it is not decided', () => {
    const changes = { member1: bound(1, finished), member2: bound(0, finished) };
    const status = statusOf(['member1', 'member2', 'member3'], changes, { placement: rolling });
    const rollouts = status.placementStatuses?.map(({ observedResourceIndex, conditions }) => {
      const started = conditions?.find(({ type }) => type === 'RolloutStarted');
      return `${observedResourceIndex ?? '-'} ${started?.status ?? ''} ${started?.reason ?? ''}`;
    });
    expect(rollouts).toEqual([
      '1 True RolloutStarted',
      '0 False RolloutNotStartedYet',
      '- Unknown RolloutStartedUnknown',
    ]);
    expect(brief(status).slice(1)).toEqual([
      ['ClusterResourcePlacementSynchronized', 'False', 'SynchronizePending', 1],
      ['ClusterResourcePlacementApplied', 'Unknown', 'ApplyPending', 1],
      ['ClusterResourcePlacementRolloutStarted', 'Unknown', 'RolloutStartedUnknown', 1],
    ]);
  });

  test('a cluster that refuses an object shows in both generations of conditions', () => {
    const failing = bound(1, [...finished.slice(0, 3), bindingConditions.notApplied('w')]);
    const status = statusOf(['member1', 'member2'], { ...done, member2: failing }, { placement: rolling });
    expect(brief(status).slice(1, 3)).toEqual([
      ['ClusterResourcePlacementSynchronized', 'True', 'SynchronizeSucceeded', 1],
      ['ClusterResourcePlacementApplied', 'False', 'ApplyFailed', 1],
    ]);
    expect(status.conditions?.[2]?.message).toBe(
      'Failed to apply manifests to 1 clusters, please check the `failedPlacements` status',
    );
    const types = status.placementStatuses?.[1]?.conditions?.map(({ type, status: is }) => `${type} ${is}`);
    expect(types).toEqual(expect.arrayContaining(['ResourceApplied False', 'Applied False']));
  });
});

test('clusters beyond those that a policy snapshot can list count as well', () => {
  const clusters = Array.from({ length: 1_002 }, (_, i) => `member${String(i).padStart(4, '0')}`);
  const { policySnapshot } = scheduled(placement(), clusters);
  expect(policySnapshot.status?.targetClusters).toHaveLength(1_000);
  const changes = Object.fromEntries(clusters.map((name) => [name, bound(1, finished)]));
  const allButOne = { ...changes, member1001: bound(1, finished.slice(0, 3)) };
  const status = statusOf(clusters, allButOne);
  expect(status.placementStatuses?.map(({ clusterName }) => clusterName)).toEqual(clusters);
  expect(status.conditions?.at(-1)).toMatchObject({
    type: 'ClusterResourcePlacementApplied',
    status: 'Unknown',
    message: expect.stringContaining('still 1 cluster(s)') as unknown,
  });
  const left: Change = (binding) => ({ ...binding, spec: { ...binding.spec, state: 'Unscheduled' } });
  expect(statusOf(clusters, { ...changes, member1001: left }).placementStatuses).toHaveLength(1_001);
});

test('under a policy with a fault clusters go on to show what is placed on them', () => {
  const clusters = ['member1', 'member2'];
  const { policySnapshot, bindings } = scheduled(placement(), clusters);
  const placed = bindings.map(bound(1, finished));
  const metadata = { name: 'example-placement', uid: 'e7d59513', generation: 2 };
  const requirement = { name: 'a', operator: 'Gt' as const, values: ['x'] };
  const terms = [{ propertySelector: { matchExpressions: [requirement] } }];
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { clusterSelectorTerms: terms } };
  const policy = { placementType: 'PickAll' as const, affinity: { clusterAffinity: required } };
  const before = placementStatus({
    placement: placement(),
    policySnapshot,
    bindings: placed,
    resourceSnapshots,
    profile: 'documented',
    now,
  });
  const faulty = placement({ metadata, spec: { ...placement().spec, policy }, status: before });
  const latest = buildPolicySnapshot(faulty, 1);
  const input = { placement: faulty, policySnapshot: latest, clusters: clusters.map((name) => member(name)) };
  const cycle = schedule({ ...input, bindings: placed, now: nowMs });
  expect(cycle.operations).toEqual([]);
  const status = placementStatus({
    placement: faulty,
    policySnapshot: { ...latest, status: cycle.status },
    bindings: placed,
    resourceSnapshots,
    profile: 'documented',
    now: later,
  });
  expect(brief(status)).toEqual([
    ['ClusterResourcePlacementScheduled', 'False', 'InvalidSchedulingPolicy', 2],
    ...brief(before)
      .slice(1)
      .map(([type, is, reason]) => [type, is, reason, 2]),
  ]);
  expect(
    status.placementStatuses?.map(({ clusterName, observedResourceIndex }) => [clusterName, observedResourceIndex]),
  ).toEqual([
    ['member1', '1'],
    ['member2', '1'],
  ]);
});

describe('a placement whose selectors are wrong', () => {
  test('invalid selectors leave everything else as it was', () => {
    const before = statusOf(['member1'], { member1: bound(1, finished) });
    const status = invalidSelectorsStatus(placement({ status: before }), 'found duplicate resource x', later);
    expect(status).toEqual({
      ...before,
      conditions: [
        condition('ClusterResourcePlacementScheduled', 'False', {
          reason: 'InvalidResourceSelectors',
          message:
            'The resource selectors are invalid: failed to process the request due to a client error: found duplicate resource x',
          lastTransitionTime: later,
        }),
        ...(before.conditions ?? []).slice(1),
      ],
    });
  });
});

type Change = (binding: ClusterResourceBinding) => ClusterResourceBinding;

/** Status with the three clusters scheduled and their bindings changed as a run would. */
function statusOf(
  clusters: readonly string[],
  changes: Record<string, Change> = {},
  more: Partial<PlacementStatusInput> = {},
): PlacementStatus {
  const { policySnapshot, bindings } = scheduled(placement(), clusters);
  return placementStatus({
    placement: placement(),
    policySnapshot,
    bindings: bindings.map((binding) => changes[binding.spec.targetCluster]?.(binding) ?? binding),
    resourceSnapshots,
    profile: 'documented',
    now,
    ...more,
  });
}

/** What a run makes of a binding. */
function bound(
  index: number,
  contents: readonly ConditionContent[],
  failedPlacements?: NonNullable<ClusterResourceBinding['status']>['failedPlacements'],
): Change {
  return (binding) => ({
    ...binding,
    metadata: { ...binding.metadata, generation: 2 },
    spec: { ...binding.spec, state: 'Bound', resourceSnapshotName: `example-placement-${String(index)}-snapshot` },
    status: {
      conditions: contents.map((content) => conditionAt(content, 2, now)),
      ...(failedPlacements && { failedPlacements }),
    },
  });
}

function brief({ conditions = [] }: PlacementStatus) {
  return conditions.map(({ type, status, reason, observedGeneration }) => [type, status, reason, observedGeneration]);
}
