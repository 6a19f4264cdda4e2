import { describe, expect, test } from '@jest/globals';
import { annotations } from '../../../../api/labels.ts';
import { bindingConditions, conditionAt } from '../../../../api/conditions.ts';
import { leftBehind } from '../../../../domain/members/forgetting.ts';
import { hasLeft, leaveModeOf, leavingStatus, leftStatus } from '../../../../domain/members/leaving.ts';
import { memberNameFault } from '../../../../domain/members/names.ts';
import { standingReports } from '../../../../domain/rollouts/reports.ts';
import { buildBinding, restored } from '../../../../domain/scheduling/bindings.ts';
import { member, now } from '../objects.ts';

const decision = { clusterName: 'member1', selected: true, reason: '' };
const scheduled = buildBinding({ name: 'web', uid: 'uid' }, 'member1', 'web-0', decision);
const bound = {
  ...scheduled,
  metadata: {
    ...scheduled.metadata,
    generation: 2,
    annotations: { [annotations.contentHash]: 'abc', [annotations.contentGeneration]: '2', other: 'kept' },
  },
  spec: { ...scheduled.spec, state: 'Bound' as const, resourceSnapshotName: 'web-0-snapshot' },
  status: { conditions: [conditionAt(bindingConditions.available(), 2, now)] },
};

describe('leaveModeOf', () => {
  test.each([
    ['Remove', 'Remove'],
    ['Unreachable', 'Unreachable'],
    ['Keep', 'Keep'],
    ['remove', 'Keep'],
    [undefined, 'Keep'],
  ])('%s means %s', (text, mode) => {
    const metadata = { name: 'm', ...(text !== undefined && { annotations: { [annotations.leave]: text } }) };
    expect(leaveModeOf({ ...member('m'), metadata })).toBe(mode);
  });
});

describe('status', () => {
  test('says what the leaving waits for, and then that the member has left', () => {
    const cluster = member('m');
    const leaving = { ...cluster, status: leavingStatus(cluster, 'Still removing.', now) };
    expect(leaving.status.agentStatus?.[0]?.conditions).toContainEqual(
      expect.objectContaining({
        type: 'Joined',
        status: 'Unknown',
        reason: 'InternalMemberClusterFailedToLeave',
        message: 'Still removing.',
      }),
    );
    expect(hasLeft(leaving)).toBe(false);
    const left = { ...leaving, status: leftStatus(leaving, now) };
    expect(left.status.agentStatus?.[0]?.conditions).toContainEqual(
      expect.objectContaining({ type: 'Joined', status: 'False', reason: 'InternalMemberClusterLeft' }),
    );
    expect(hasLeft(left)).toBe(true);
  });
});

describe('leftBehind', () => {
  test('a binding is unscheduled and forgets what was on the cluster', () => {
    const { metadata, spec } = leftBehind(bound) ?? bound;
    expect(spec).toEqual({ ...bound.spec, state: 'Unscheduled' });
    expect(metadata.annotations).toEqual({
      other: 'kept',
      [annotations.previousBindingState]: 'Bound',
      [annotations.contentGeneration]: '3',
    });
  });

  test('so is one that the scheduler has unscheduled', () => {
    const unscheduled = { ...bound, spec: { ...bound.spec, state: 'Unscheduled' as const } };
    expect(leftBehind(unscheduled)?.metadata.annotations).toEqual({
      other: 'kept',
      [annotations.contentGeneration]: '3',
    });
  });

  test.each([
    ['the member loop', bound, 3],
    ['the scheduler', { ...bound, spec: { ...bound.spec, state: 'Unscheduled' as const } }, 2],
  ])('nothing reported before holds for the next cluster of the name, after %s', (_description, before, generation) => {
    expect(standingReports(bound)).toHaveLength(1);
    const left = leftBehind(before) ?? before;
    const back = restored({ ...left, metadata: { ...left.metadata, generation } }, 'web-0', decision);
    // Each change of the spec is a generation.
    expect(standingReports({ ...back, metadata: { ...back.metadata, generation: generation + 1 } })).toEqual([]);
  });

  test('what is so already, or is being deleted, is left alone', () => {
    const done = leftBehind(bound);
    expect(done === undefined ? undefined : leftBehind(done)).toBeUndefined();
    expect(leftBehind({ ...bound, metadata: { ...bound.metadata, deletionTimestamp: now } })).toBeUndefined();
  });
});

describe('memberNameFault', () => {
  test.each(['a', 'member-1', '1', 'a'.repeat(50)])('%s may be a name', (name) => {
    expect(memberNameFault(name)).toBeUndefined();
  });

  test.each(['', 'A', 'a.b', '-a', 'a-', 'a_b'])('"%s" may not', (name) => {
    expect(memberNameFault(name)).toContain('lower case letters, digits and dashes');
  });

  test('the namespace on the hub needs room', () => {
    expect(memberNameFault('a'.repeat(51))).toContain('at most 50 characters');
  });
});
