/** Kubernetes events about members: joined, not healthy, healthy again, left. */
import { conditionTypes, findCondition } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type { MemberClusterStatus } from '../../api/types/membercluster.ts';

/** An event to record; `rank` is its place among those of one moment, from 0. */
export interface MemberEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  rank: number;
}

/** Component that the events come from, as `kubectl describe` shows it. */
export const memberEventSource = 'member-cluster-controller';

/** Events for what has changed between two statuses; nothing is told twice that goes on. */
export function memberEvents(previous: MemberClusterStatus | undefined, next: MemberClusterStatus): MemberEvent[] {
  const [joinedBefore, joined] = [previous, next].map((status) =>
    findCondition(status?.conditions, conditionTypes.memberCluster.joined),
  );
  const [healthBefore, health] = [previous, next].map((status) =>
    findCondition(status?.agentStatus?.[0]?.conditions, 'Healthy'),
  );
  const isKnown = joinedBefore?.status === 'True';
  return [
    ...(joined?.status === 'True' && !isKnown ? [eventOf('Normal', joined, 0)] : []),
    // Of one that has never joined its condition says why, for as long as nobody has brought a kubeconfig.
    ...(health?.status === 'False' && healthBefore?.status === 'True' ? [eventOf('Warning', health, 1)] : []),
    ...(health?.status === 'True' && healthBefore?.status === 'False' && isKnown ? [eventOf('Normal', health, 2)] : []),
    ...(joined?.status === 'False' && joinedBefore?.status !== 'False' ? [eventOf('Normal', joined, 3)] : []),
  ];
}

function eventOf(type: MemberEvent['type'], { reason, message }: Condition, rank: number): MemberEvent {
  return { type, reason, message, rank };
}
