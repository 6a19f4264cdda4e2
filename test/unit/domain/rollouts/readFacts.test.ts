import { describe, expect, test } from '@jest/globals';
import { bindingConditions, conditionAt, isFalse } from '../../../../api/conditions.ts';
import type { ConditionContent } from '../../../../api/conditions.ts';
import { annotations } from '../../../../api/labels.ts';
import type { ApplyStrategy } from '../../../../api/types/clusterresourceplacement.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { ClusterFacts, RolloutFacts } from '../../../../domain/rollouts/facts.ts';
import type { RolloutPause } from '../../../../domain/rollouts/limits.ts';
import { hasWork, intentOf, isNewIntent } from '../../../../domain/rollouts/intent.ts';
import { readFacts } from '../../../../domain/rollouts/readFacts.ts';
import { nowMs, placement } from '../objects.ts';

const snapshot = { name: 'p-1-snapshot', index: '1' };
const force: ApplyStrategy = { type: 'ServerSideApply', serverSideApplyConfig: { force: true } };

interface BindingParts {
  state?: ClusterResourceBinding['spec']['state'];
  names?: string;
  applyStrategy?: ApplyStrategy;
  generation?: number;
  contentSince?: number;
  deleting?: boolean;
  /** Conditions and the generation that they are about. */
  reports?: [ConditionContent, number][];
  reportedAt?: number;
}

const available: [ConditionContent, number][] = [
  [bindingConditions.rolloutStarted(''), 2],
  [bindingConditions.applied(), 2],
  [bindingConditions.available(), 2],
];

const unobserved: [ConditionContent, number][] = [
  [bindingConditions.applied(), 2],
  [bindingConditions.availabilityNotTrackable('work'), 2],
];

function binding(cluster: string, parts: BindingParts = {}): ClusterResourceBinding {
  const { generation = 2, contentSince, deleting, reports = available, reportedAt = nowMs } = parts;
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourceBinding',
    metadata: {
      name: `binding-of-${cluster}`,
      generation,
      ...(contentSince !== undefined && { annotations: { [annotations.contentGeneration]: String(contentSince) } }),
      ...(deleting && { deletionTimestamp: '2025-07-22T21:00:00Z' }),
    },
    spec: {
      state: parts.state ?? 'Bound',
      targetCluster: cluster,
      schedulingPolicySnapshotName: 'policy',
      clusterDecision: { clusterName: cluster, selected: true, reason: '' },
      resourceSnapshotName: parts.names === '' ? undefined : (parts.names ?? snapshot.name),
      applyStrategy: parts.applyStrategy,
    },
    status: {
      conditions: reports.map(([content, at]) => conditionAt(content, at, new Date(reportedAt).toISOString())),
    },
  };
}

function rolling(strategy: object = {}): ReturnType<typeof placement> {
  const { spec, ...rest } = placement();
  return placement({ ...rest, spec: { ...spec, strategy: { type: 'RollingUpdate', ...strategy } } });
}

function read(bindings: ClusterResourceBinding[], of = rolling(), pause: RolloutPause = 'unobserved'): RolloutFacts {
  return readFacts({ placement: of, bindings, snapshot, pause, now: nowMs });
}

function readOne(parts: BindingParts): ClusterFacts | undefined {
  return read([binding('a', parts)]).clusters[0];
}

describe('the placement', () => {
  test('a strategy that is not given is RollingUpdate', () => {
    const { spec } = placement();
    expect(read([], placement({ spec: { ...spec, strategy: undefined } })).mode).toBe('rollingUpdate');
    expect(read([], placement()).mode).toBe('external');
  });

  test('a deleted placement lists all clusters, whatever state they are in', () => {
    const { metadata } = rolling();
    const deleted = { ...rolling(), metadata: { ...metadata, deletionTimestamp: '2025-07-22T21:00:00Z' } };
    expect(read([binding('a')], deleted)).toMatchObject({ mode: 'remove', settled: 0, clusters: [{ cluster: 'a' }] });
  });

  test('of a placement that is gone nothing is known', () => {
    const known = readFacts({ bindings: [binding('a')], snapshot, pause: 'unobserved', now: nowMs });
    expect(known).toMatchObject({ mode: 'gone', desired: 0, clusters: [] });
  });

  test('percentages are those of the clusters that are wanted, leaving ones do not count', () => {
    const bindings = ['a', 'b', 'c', 'd', 'e'].map((name) =>
      binding(name, { state: name < 'e' ? 'Bound' : 'Unscheduled' }),
    );
    const known = read(bindings, rolling({ rollingUpdate: { maxUnavailable: '50%', maxSurge: 3 } }));
    expect(known).toMatchObject({ desired: 4, limits: { maxUnavailable: 2, maxSurge: 3 } });
  });
});

test.each([
  [{ placementType: 'PickAll' as const }, 2],
  // Those that are missing do not count, and those that are being replaced count once.
  [{ placementType: 'PickN' as const, numberOfClusters: 3 }, 2],
  [{ placementType: 'PickN' as const, numberOfClusters: 1 }, 1],
  [{ placementType: 'PickFixed' as const, clusterNames: ['a', 'b', 'c', 'unknown'] }, 2],
  [{ placementType: 'PickFixed' as const, clusterNames: ['a'] }, 1],
])('%o asks for %i clusters', (policy, desired) => {
  const { spec } = rolling();
  const bindings = [binding('a'), binding('b'), binding('c', { state: 'Unscheduled' })];
  expect(read(bindings, placement({ spec: { ...spec, policy } })).desired).toBe(desired);
});

describe('a cluster', () => {
  test('that has the target and is available is counted, not listed', () => {
    expect(read([binding('b'), binding('a')])).toMatchObject({ settled: 2, clusters: [] });
  });

  test('that was chosen and has no copies', () => {
    expect(readOne({ state: 'Scheduled', names: '', reports: [] })).toEqual({
      cluster: 'a',
      binding: 'binding-of-a',
      selected: true,
      health: 'unavailable',
    });
  });

  test('that has another snapshot, or the same by another apply strategy', () => {
    const expected = { selected: true, placed: true, health: 'available' };
    expect(readOne({ names: 'p-0-snapshot' })).toEqual({ cluster: 'a', binding: 'binding-of-a', ...expected });
    expect(readOne({ applyStrategy: force })).toEqual({ cluster: 'a', binding: 'binding-of-a', ...expected });
    expect(read([binding('a', { applyStrategy: force })], rolling({ applyStrategy: force })).settled).toBe(1);
  });

  test('that is not wanted any more', () => {
    const { selected, deleting, health } = readOne({ state: 'Unscheduled', generation: 3, contentSince: 2 }) ?? {};
    expect({ selected, deleting, health }).toEqual({ selected: undefined, deleting: undefined, health: 'available' });
    expect(readOne({ deleting: true })).toMatchObject({ selected: true, deleting: true });
  });

  test('whose binding is being deleted comes before the binding that follows', () => {
    const both = [binding('a', { state: 'Scheduled', names: '' }), binding('a', { deleting: true })];
    for (const bindings of [both, both.toReversed()]) {
      expect(read(bindings)).toMatchObject({ desired: 1, clusters: [{ cluster: 'a', deleting: true }] });
    }
  });
});

describe('reports', () => {
  test('stand while the scheduler rewrites the binding', () => {
    expect(read([binding('a', { generation: 4, contentSince: 2 })]).settled).toBe(1);
  });

  test('are void from the moment at which the cluster is claimed for something else', () => {
    expect(readOne({ generation: 3, contentSince: 3 })).toMatchObject({ atTarget: true, health: 'unavailable' });
    expect(readOne({ generation: 3, contentSince: 3 })?.reached).toBeUndefined();
  });

  test('count for the generation only where nobody has written down since when the content is wanted', () => {
    expect(readOne({ generation: 3 })).toMatchObject({ atTarget: true, health: 'unavailable' });
  });

  const failures: [string, ConditionContent, ClusterFacts['health']][] = [
    ['refused objects', bindingConditions.notApplied('work'), 'failed'],
    ['objects that are not available yet', bindingConditions.notAvailable('work'), 'unavailable'],
    ['an apply that goes on', isFalse('Applied', 'ApplyInProgress', ''), 'unavailable'],
    ['failed overrides', isFalse('Overridden', 'OverriddenFailed', ''), 'failed'],
    ['content that cannot be made', isFalse('WorkSynchronized', 'SyncWorkFailed', ''), 'failed'],
  ];

  test.each(failures)('%s', (_, content, health) => {
    expect(readOne({ reports: [[content, 2]] })?.health).toBe(health);
    expect(readOne({ reports: [[content, 1]] })?.health).toBe('unavailable');
  });

  test('that nobody can make count from the end of the period', () => {
    expect(readOne({ reports: unobserved, reportedAt: nowMs - 20_000 })).toMatchObject({
      reached: true,
      health: 'available',
      countsFrom: nowMs + 40_999,
    });
    expect(read([binding('a', { reports: unobserved, reportedAt: nowMs - 61_000 })]).settled).toBe(1);
  });

  test('of any kind count from the end of the period where there is always a pause', () => {
    const reportedAt = nowMs - 20_000;
    const always = (strategy?: object) => read([binding('a', { reportedAt })], rolling(strategy), 'always');
    expect(always().clusters).toMatchObject([{ reached: true, health: 'available', countsFrom: nowMs + 40_999 }]);
    expect(always({ rollingUpdate: { unavailablePeriodSeconds: 0 } })).toMatchObject({ settled: 1, clusters: [] });
    const read1 = (parts: BindingParts) => read([binding('a', { reportedAt, ...parts })], rolling(), 'always');
    // A first placement delays nobody, and no pace of updates keeps what is to go.
    expect(read1({ contentSince: 2 })).toMatchObject({ settled: 1, clusters: [] });
    expect(read1({ state: 'Unscheduled' }).clusters[0]?.countsFrom).toBeUndefined();
  });
});

describe('who starts and wakes rolling updates', () => {
  const input = (bindings: ClusterResourceBinding[], of = rolling()) => ({ placement: of, bindings, snapshot });
  const before = intentOf(
    input([binding('a', { state: 'Scheduled', names: '' }), binding('b', { state: 'Unscheduled' })]),
  );

  test('sees nothing new in what a rolling update does itself', () => {
    const after = intentOf(input([binding('a')]));
    expect(isNewIntent(before, after)).toBe(false);
    expect(
      isNewIntent(before, intentOf(input([binding('a'), binding('b', { deleting: true, state: 'Unscheduled' })]))),
    ).toBe(false);
  });

  test('sees what others want', () => {
    const a = binding('a');
    expect(isNewIntent(undefined, before)).toBe(true);
    expect(isNewIntent(before, intentOf({ ...input([a]), snapshot: { name: 'p-2-snapshot', index: '2' } }))).toBe(true);
    expect(isNewIntent(before, intentOf(input([a], placement())))).toBe(true);
    expect(isNewIntent(before, intentOf(input([a], rolling({ applyStrategy: force }))))).toBe(true);
    expect(isNewIntent(before, intentOf(input([a], rolling({ rollingUpdate: { maxSurge: 9 } }))))).toBe(true);
    expect(isNewIntent(before, intentOf(input([a, binding('c')])))).toBe(true);
    expect(isNewIntent(before, intentOf(input([binding('a', { deleting: true })])))).toBe(true);
    const replaced = [binding('c'), binding('a', { state: 'Unscheduled' })];
    expect(isNewIntent(before, intentOf(input(replaced)))).toBe(true);
  });

  test('knows of placements that are settled that nothing is to be done', () => {
    expect(hasWork(read([binding('a')]))).toBe(false);
    expect(hasWork(read([binding('a', { reports: unobserved })]))).toBe(false);
    expect(hasWork(read([binding('a', { names: 'p-0-snapshot' })]))).toBe(true);
    expect(hasWork(read([binding('a', { names: 'p-0-snapshot' })], placement()))).toBe(false);
    // Whoever rolls out: a binding that was deleted waits for its copies to go.
    expect(hasWork(read([binding('a', { deleting: true })], placement()))).toBe(true);
    expect(hasWork(read([binding('a', { state: 'Unscheduled' })]))).toBe(true);
    const { metadata } = rolling();
    const deleted = { ...rolling(), metadata: { ...metadata, deletionTimestamp: '2025-07-22T21:00:00Z' } };
    expect(hasWork(read([binding('a')], deleted))).toBe(true);
    expect(hasWork(read([], deleted))).toBe(false);
    const unplaced = binding('a', { state: 'Scheduled', names: '', reports: [] });
    expect(hasWork(readFacts({ placement: rolling(), bindings: [unplaced], pause: 'unobserved', now: nowMs }))).toBe(
      false,
    );
  });
});
