import { describe, expect, test } from '@jest/globals';
import type { MemberCluster, MemberClusterStatus } from '../../../../api/types/membercluster.ts';
import { heartbeatDueAt, isWorthWriting, memberStatus } from '../../../../domain/members/status.ts';
import type { Probe } from '../../../../domain/members/status.ts';
import { reasonNotEligible } from '../../../../domain/scheduling/eligibility.ts';
import { member, now, nowMs } from '../objects.ts';

const later = '2025-07-22T21:32:00Z';
const amounts = { cpu: '8', memory: '32Gi' };
const resources = { nodeCount: 2, capacity: amounts, allocatable: amounts, available: amounts };
const healthy: Probe = { reached: true, observed: { kubernetesVersion: 'v1.35.0', nodes: resources } };
const unreachable: Probe = { reached: false, trouble: 'The connection was refused.' };
const fresh = member('member1', { status: undefined });
const joined = after(fresh, healthy);

describe('memberStatus', () => {
  test('the first answer makes a member of the cluster', () => {
    expect(joined.status).toEqual({
      conditions: [
        brief('ReadyToJoin', 'True', 'MemberClusterReadyToJoin', 'Member cluster is ready to join the fleet'),
        brief('Joined', 'True', 'MemberClusterJoined', 'Member cluster has successfully joined the fleet'),
        brief(
          'ClusterPropertyCollectionSucceeded',
          'True',
          'PropertiesCollected',
          'The latest cluster properties have been collected',
        ),
      ],
      agentStatus: [
        {
          type: 'MemberAgent',
          conditions: [
            brief('Joined', 'True', 'InternalMemberClusterJoined', 'The hub reaches the member cluster'),
            brief('Healthy', 'True', 'InternalMemberClusterHealthy', 'The API server of the member cluster is ready'),
          ],
          lastReceivedHeartbeat: now,
        },
      ],
      properties: {
        'kubernetes-fleet.io/node-count': { value: '2', observationTime: now },
        'k8s.io/k8s-version': { value: 'v1.35.0', observationTime: now },
      },
      resourceUsage: { capacity: amounts, allocatable: amounts, available: amounts, observationTime: now },
    });
    expect(reasonNotEligible(joined, nowMs)).toBeUndefined();
  });

  test('a cluster that was never reached is no member yet, and it says why', () => {
    const { conditions, agentStatus } = memberStatus(fresh, unreachable, now);
    expect(conditions).toMatchObject([
      { type: 'ReadyToJoin', status: 'False', reason: 'MemberClusterNotReadyToJoin' },
      { type: 'Joined', status: 'Unknown', reason: 'MemberClusterJoinStateUnknown' },
    ]);
    expect(conditions?.[0]?.message).toContain('The connection was refused.');
    expect(agentStatus?.[0]).not.toHaveProperty('lastReceivedHeartbeat');
    expect(reasonNotEligible(after(fresh, unreachable), nowMs)).toContain('not online yet');
  });

  test('a member that cannot be reached stays joined; its heartbeat stands still and it is unhealthy', () => {
    const { conditions, agentStatus, resourceUsage } = memberStatus(joined, unreachable, later);
    expect(conditions).toEqual(joined.status?.conditions);
    expect(resourceUsage).toEqual(joined.status?.resourceUsage);
    expect(agentStatus?.[0]).toMatchObject({
      lastReceivedHeartbeat: now,
      conditions: [
        { type: 'Joined', status: 'True', lastTransitionTime: now },
        { type: 'Healthy', status: 'False', message: 'The connection was refused.', lastTransitionTime: later },
      ],
    });
  });

  test('a member that answers without being ready is unhealthy, but alive', () => {
    const trouble = 'health probe failed with status code 500';
    const { agentStatus, resourceUsage } = memberStatus(joined, { reached: true, trouble }, later);
    expect(agentStatus?.[0]?.lastReceivedHeartbeat).toBe(later);
    expect(agentStatus?.[0]?.conditions?.[1]).toMatchObject({ type: 'Healthy', status: 'False', message: trouble });
    expect(resourceUsage).toEqual(joined.status?.resourceUsage);
  });
});

describe('isWorthWriting', () => {
  const at = (seconds: number): number => nowMs + seconds * 1000;
  const beat = memberStatus(joined, healthy, later);

  test('a new status is', () => {
    expect(isWorthWriting(fresh, beat, at(0))).toBe(true);
    expect(isWorthWriting(joined, memberStatus(joined, unreachable, later), at(1))).toBe(true);
  });

  test('new times alone wait for the heartbeat', () => {
    expect(isWorthWriting(joined, beat, at(59))).toBe(false);
    expect(isWorthWriting(joined, beat, at(60))).toBe(true);
  });

  test('the period of the member counts', () => {
    const quick = { ...joined, spec: { heartbeatPeriodSeconds: 10 } };
    expect(isWorthWriting(quick, beat, at(10))).toBe(true);
    expect(heartbeatDueAt(quick)).toBe(at(10));
    expect(heartbeatDueAt(fresh)).toBe(0);
  });

  test('a member that asks for rare heartbeats is not taken for lost between two of them', () => {
    const slow = { ...joined, spec: { heartbeatPeriodSeconds: 600 } };
    expect(reasonNotEligible(slow, heartbeatDueAt(slow) + 30_000)).toBeUndefined();
  });

  test('a member that stays unreachable is not written again and again', () => {
    const lost = after(joined, unreachable);
    expect(isWorthWriting(lost, memberStatus(lost, unreachable, later), at(3600))).toBe(false);
  });
});

function after(before: MemberCluster, probe: Probe): MemberCluster & { status?: MemberClusterStatus } {
  return { ...before, status: memberStatus(before, probe, now) };
}

function brief(type: string, status: string, reason: string, message: string) {
  return { type, status, reason, message, lastTransitionTime: now, observedGeneration: 1 };
}
