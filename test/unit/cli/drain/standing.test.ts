import { describe, expect, test } from '@jest/globals';
import { bindingConditions } from '../../../../api/conditions.ts';
import { evictionExecution, evictionValidity } from '../../../../api/evictionConditions.ts';
import { annotations } from '../../../../api/labels.ts';
import { drainEvictionName } from '../../../../api/names.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement, PlacementPolicy } from '../../../../api/types/clusterresourceplacement.ts';
import type { PlacementDisruptionBudgetSpec } from '../../../../api/types/clusterresourceplacementdisruptionbudget.ts';
import { groundsOf, nextStep } from '../../../../cli/drain/attempts.ts';
import { describeEnd } from '../../../../cli/drain/drainEnd.ts';
import { drainEviction } from '../../../../cli/drain/drainEviction.ts';
import { standingOf, type PlacementThere } from '../../../../cli/drain/standing.ts';
import { namespacedText, standingText } from '../../../../cli/drain/words.ts';
import { memberChoice } from '../../../../cli/members/chosenMembers.ts';
import { isCordoned, withCordon } from '../../../../domain/members/index.ts';
import { condition } from '../../domain/objects.ts';

const api = 'placement.kubernetes-fleet.io/v1beta1';
const gone = { deletionTimestamp: '2026-03-01T12:00:00Z' };

function binding(
  cluster: string,
  more: { state?: 'Bound' | 'Scheduled' | 'Unscheduled'; metadata?: Partial<ClusterResourceBinding['metadata']> } = {},
): ClusterResourceBinding {
  const { type, status, ...rest } = bindingConditions.available();
  return {
    apiVersion: api,
    kind: 'ClusterResourceBinding',
    metadata: { name: `web-${cluster}`, uid: cluster, generation: 1, ...more.metadata },
    spec: {
      state: more.state ?? 'Bound',
      targetCluster: cluster,
      schedulingPolicySnapshotName: 'web-0',
      resourceSnapshotName: 'web-0-snapshot',
      clusterDecision: { clusterName: cluster, selected: true, reason: '' },
    },
    status: { conditions: [condition(type, status, rest)] },
  };
}

interface World {
  policy?: PlacementPolicy;
  strategy?: 'External' | 'RollingUpdate';
  budget?: PlacementDisruptionBudgetSpec;
  own?: ClusterResourceBinding;
  metadata?: Partial<ClusterResourcePlacement['metadata']>;
}

function there({ policy, strategy = 'RollingUpdate', budget, own, metadata }: World = {}): PlacementThere {
  const target = own ?? binding('member1');
  return {
    name: 'web',
    cluster: 'member1',
    placement: {
      apiVersion: api,
      kind: 'ClusterResourcePlacement',
      metadata: { name: 'web', generation: 1, ...metadata },
      spec: { resourceSelectors: [], policy: policy ?? { placementType: 'PickAll' }, strategy: { type: strategy } },
    },
    binding: target,
    bindings: [target, binding('member2')],
    budget: budget && {
      apiVersion: api,
      kind: 'ClusterResourcePlacementDisruptionBudget',
      metadata: { name: 'web', resourceVersion: '7' },
      spec: budget,
    },
  };
}

function said(world: World): string | undefined {
  return standingText('web', 'member1', standingOf(there(world)));
}

describe('how a placement stands', () => {
  test('without a budget, and with one that allows it, it can be evicted', () => {
    expect(standingOf(there())).toEqual({ state: 'free' });
    expect(standingOf(there({ budget: { minAvailable: 1 } }))).toEqual({ state: 'free' });
  });

  test('a budget holds it, and says what it wants', () => {
    expect(said({ budget: { minAvailable: 2 } })).toBe(
      'crp/web waits for crpdb/web: minAvailable 2, and it is available on 2 of 2 clusters',
    );
    const policy = { placementType: 'PickN', numberOfClusters: 2 } as const;
    expect(said({ policy, budget: { maxUnavailable: '0%' } })).toBe(
      'crp/web waits for crpdb/web: maxUnavailable 0%, and it is available on 2 of 2 clusters',
    );
    expect(said({ budget: { maxUnavailable: 1 } })).toBe(
      'crp/web waits for crpdb/web, which cannot be counted: a PickAll placement needs minAvailable as a number',
    );
  });

  test('a removal that is under way needs no eviction; what keeps it is told', () => {
    const own = binding('member1', { metadata: gone });
    expect(said({ own })).toBe('crp/web is being removed');
    expect(said({ metadata: gone })).toBe('crp/web is being removed');
    const removed = { type: 'Removed', status: 'False' as const, reason: 'x', message: 'Cluster is away.' };
    const kept = { ...own, status: { conditions: [condition(removed.type, removed.status, removed)] } };
    expect(said({ own: kept })).toBe('crp/web is being removed: Cluster is away');
  });

  test('PickFixed stays until its policy lets go of the cluster', () => {
    const policy: PlacementPolicy = { placementType: 'PickFixed', clusterNames: ['member1'] };
    expect(said({ policy })).toBe(
      'crp/web stays, because PickFixed cannot be evicted: take member1 out of its spec.policy.clusterNames',
    );
    const metadata = { annotations: { [annotations.previousBindingState]: 'Bound' } };
    const own = binding('member1', { state: 'Unscheduled', metadata });
    expect(standingOf(there({ policy, own })).state).toBe('arriving');
    expect(said({ policy, own, strategy: 'External' })).toBe(
      'crp/web stays until a run takes it away, because its policy has let go of member1: ' +
        'flotilla run web --strategy STRATEGY',
    );
  });

  test('what tolerates the taint would come back at once', () => {
    const everything: PlacementPolicy = { placementType: 'PickAll', tolerations: [{ operator: 'Exists' }] };
    expect(said({ policy: everything })).toContain('it tolerates cordon-key=cordon-value:NoSchedule');
    const other: PlacementPolicy = { placementType: 'PickAll', tolerations: [{ key: 'gpu', operator: 'Exists' }] };
    expect(standingOf(there({ policy: other })).state).toBe('free');
  });

  test('what is not there yet: a rolling update brings it, a run may', () => {
    const own = binding('member1', { state: 'Scheduled' });
    expect(standingOf(there({ own })).state).toBe('arriving');
    expect(said({ own, strategy: 'External' })).toMatch(/^crp\/web has nothing on member1, but a run would still/);
  });

  test('placements in namespaces are named with what to do', () => {
    expect(namespacedText({ name: 'web', namespace: 'shop' }, 'member1')).toMatch(
      /^rp\/shop\/web stays, because there are no evictions in namespaces: /,
    );
  });
});

describe('when an eviction is asked for', () => {
  const world = there({ budget: { minAvailable: 1 } });
  const attempt = { eviction: 'e', binding: 'member1', grounds: groundsOf(world) };
  const answered = (content: ReturnType<typeof evictionExecution.notPlaced>) => ({
    ...drainEviction('web', 'member1', '01234567'),
    status: { conditions: [condition(content.type, content.status, content)] },
  });
  const step = (eviction?: ReturnType<typeof answered>, grounds = attempt.grounds) =>
    nextStep(attempt, world.binding, grounds, eviction);

  test('at first, and again for a binding that has come back', () => {
    expect(nextStep(undefined, world.binding, attempt.grounds, undefined)).toEqual({ step: 'ask' });
    expect(nextStep({ ...attempt, binding: 'old' }, world.binding, attempt.grounds, undefined).step).toBe('ask');
  });

  test('not while the answer is still to come, nor after a yes', () => {
    expect(step()).toEqual({ step: 'wait' });
    expect(step(answered(evictionExecution.noBudget()), 'other')).toEqual({ step: 'wait' });
  });

  test('after a no once something has changed', () => {
    const no = answered(evictionExecution.overBudget(1, 2));
    expect(step(no)).toMatchObject({ step: 'refused', message: expect.stringContaining('Eviction is blocked') });
    const raised = groundsOf({ ...world, budget: undefined });
    expect(step(no, raised)).toEqual({ step: 'ask' });
    expect(step(answered(evictionValidity.pickFixed()), raised)).toEqual({ step: 'ask' });
  });
});

test('names of evictions are those of the documents, and never longer than a name may be', () => {
  expect(drainEvictionName('web', 'member1', '01234567')).toBe('drain-eviction-web-member1-01234567');
  const long = drainEvictionName(`${'a'.repeat(200)}.${'b'.repeat(52)}`, 'm'.repeat(50), '01234567');
  expect(long).toHaveLength(15 + 178 + 1 + 50 + 1 + 8);
  expect(long).toMatch(/^drain-eviction-a+-m{50}-01234567$/);
  const atDot = drainEvictionName(`${'a'.repeat(177)}.${'b'.repeat(75)}`, 'm'.repeat(50), '01234567');
  expect(atDot).toMatch(/^drain-eviction-a{177}-m{50}-01234567$/);
});

describe('cordoning', () => {
  const gpu = { key: 'gpu', value: 'yes', effect: 'NoSchedule' as const };
  const same = { key: 'cordon-key', value: 'other', effect: 'NoSchedule' as const };

  test('adds one taint, and takes exactly that away', () => {
    const taints = withCordon([gpu, same], true);
    expect(taints).toEqual([gpu, same, { key: 'cordon-key', value: 'cordon-value', effect: 'NoSchedule' }]);
    expect(withCordon(taints, true)).toEqual(taints);
    expect(withCordon(taints, false)).toEqual([gpu, same]);
  });

  test('only that taint makes a cordoned member', () => {
    expect(isCordoned({ spec: { taints: [gpu, same] } })).toBe(false);
    expect(isCordoned({ spec: { taints: withCordon([], true) } })).toBe(true);
  });
});

describe('which members are meant', () => {
  test('names with and without their kind, each once', () => {
    expect(memberChoice(['member1', 'cluster/member2', 'member/member1'], undefined)).toEqual({
      names: ['member1', 'member2'],
    });
    expect(memberChoice([], 'zone=a')).toEqual({ names: [], selector: 'zone=a' });
  });

  test.each([
    [[], undefined, 'Say which member is meant'],
    [['member1'], 'zone=a', 'leave the names out'],
    [[], '', 'would mean every member'],
    [[''], undefined, 'is empty'],
    [['crp/web'], undefined, 'names nothing that this command knows'],
  ])('%j with -l %s is refused', (typed, selector, sentence) => {
    expect(() => memberChoice(typed, selector)).toThrow(sentence);
  });
});

describe('how it ends', () => {
  const end = (left: { kept?: string[]; unfinished?: string[] }, isInterrupted = false, isWorkerMissing = false) =>
    describeEnd(
      { member: 'member1', left: { kept: [], unfinished: [], ...left }, timeoutMs: 300_000, isInterrupted },
      isWorkerMissing,
    );

  test('with nothing left', () => {
    expect(end({})).toEqual({
      said: 'member/member1 drained',
      complaint: 'next: flotilla uncordon member1',
      code: 0,
    });
  });

  test('with something that nothing can evict', () => {
    expect(end({ kept: ['crp/base', 'rp/shop/web'] })).toEqual({
      complaint:
        'error: member/member1 is drained but for crp/base, rp/shop/web, which cannot be evicted\n' +
        'next: flotilla drain member1\n      flotilla uncordon member1',
      code: 1,
    });
  });

  test('out of time, or interrupted', () => {
    const unfinished = ['crp/web waits for crpdb/web: minAvailable 2'];
    expect(end({ unfinished, kept: ['crp/base'] })).toEqual({
      complaint:
        'error: timed out after 5m0s; member/member1 stays cordoned, and is not drained: ' +
        'crp/web waits for crpdb/web: minAvailable 2; crp/base cannot be evicted\n' +
        'next: flotilla uncordon member1\n      flotilla drain member1',
      code: 2,
    });
    expect(end({ unfinished }, true).complaint).toMatch(/^error: interrupted; member\/member1 stays cordoned/);
    expect(end({ unfinished }, false, true).complaint).toContain('no worker is running');
  });
});
