import { describe, expect, test } from '@jest/globals';
import { memberClusterConditions } from '../../../../api/conditions.ts';
import type { MemberCluster } from '../../../../api/types/membercluster.ts';
import { memberEvents } from '../../../../domain/members/events.ts';
import { leavingStatus, leftStatus } from '../../../../domain/members/leaving.ts';
import { memberStatus, type Probe } from '../../../../domain/members/status.ts';
import { member, now } from '../objects.ts';

const healthy: Probe = { reached: true };
const away: Probe = { reached: false, trouble: 'Nobody answers.' };
const fresh = member('one', { status: undefined });
const joined = after(fresh, healthy);

function after(before: MemberCluster, probe: Probe): MemberCluster {
  return { ...before, status: memberStatus(before, probe, now) };
}

function told(before: MemberCluster, next: MemberCluster): string[] {
  return memberEvents(before.status, next.status ?? {}).map(({ type, reason }) => `${type} ${reason}`);
}

describe('memberEvents', () => {
  test('a member joins', () => {
    expect(memberEvents(fresh.status, joined.status ?? {})).toEqual([
      { type: 'Normal', reason: 'MemberClusterJoined', message: memberClusterConditions.joined().message, rank: 0 },
    ]);
  });

  test('one that has no kubeconfig yet is no event, and joins as any other', () => {
    const waiting = after(fresh, away);
    expect(told(fresh, waiting)).toEqual([]);
    expect(told(waiting, joined)).toEqual(['Normal MemberClusterJoined']);
  });

  test('it is away, for whatever reason, and is back', () => {
    const lost = after(joined, away);
    const lostOtherwise = after(lost, { reached: true, trouble: 'It is not ready.' });
    expect(memberEvents(joined.status, lost.status ?? {})).toEqual([
      { type: 'Warning', reason: 'InternalMemberClusterUnhealthy', message: 'Nobody answers.', rank: 1 },
    ]);
    expect(told(lost, lostOtherwise)).toEqual([]);
    expect(told(lostOtherwise, after(lostOtherwise, healthy))).toEqual(['Normal InternalMemberClusterHealthy']);
  });

  test('it leaves: once, when it has left', () => {
    const leaving = { ...joined, status: leavingStatus(joined, 'It waits.', now) };
    const left = { ...leaving, status: leftStatus(leaving, now) };
    expect(told(joined, leaving)).toEqual([]);
    expect(told(leaving, left)).toEqual(['Normal MemberClusterLeft']);
    expect(told(left, left)).toEqual([]);
  });

  test('nothing new, no event', () => {
    expect(told(joined, after(joined, healthy))).toEqual([]);
  });
});
