/** How a member leaves: what becomes of its copies, and what its status says until it is gone. */
import {
  agentConditions,
  conditionAt,
  conditionTypes,
  findCondition,
  memberClusterConditions,
  setCondition,
} from '../../api/conditions.ts';
import { annotations } from '../../api/labels.ts';
import type { MemberCluster, MemberClusterStatus } from '../../api/types/membercluster.ts';

/**
 * - `Keep`: the copies and their inventories stay on the cluster, as the documents have it
 * - `Remove`: the copies go first, for which the cluster must be reached
 * - `Unreachable`: as `Keep`, and the cluster is not even asked to forget the hub
 */
export const leaveModes = ['Keep', 'Remove', 'Unreachable'] as const;
export type LeaveMode = (typeof leaveModes)[number];

/** What a member's annotation says; without one, or with another word, the copies stay: nothing is lost by that. */
export function leaveModeOf({ metadata }: MemberCluster): LeaveMode {
  const text = metadata.annotations?.[annotations.leave];
  return leaveModes.find((mode) => mode === text) ?? 'Keep';
}

/** Whether the cluster itself has nothing more to do with the leaving. */
export function hasLeft({ status }: MemberCluster): boolean {
  return findCondition(status?.conditions, conditionTypes.memberCluster.joined)?.reason === 'MemberClusterLeft';
}

/** Status while the copies are being removed. @param trouble one sentence on what is waited for; `now` RFC 3339 */
export function leavingStatus(member: MemberCluster, trouble: string, now: string): MemberClusterStatus {
  return withAgent(member, agentConditions.leaving(trouble), now);
}

/** Status when only the hub has still to forget the member. @param now RFC 3339, whole seconds */
export function leftStatus(member: MemberCluster, now: string): MemberClusterStatus {
  const status = withAgent(member, agentConditions.left(), now);
  const left = conditionAt(memberClusterConditions.left(), member.metadata.generation ?? 1, now);
  return { ...status, conditions: setCondition(status.conditions, left) };
}

function withAgent(
  { metadata, status = {} }: MemberCluster,
  content: Parameters<typeof conditionAt>[0],
  now: string,
): MemberClusterStatus {
  const agent = status.agentStatus?.[0] ?? { type: 'MemberAgent' as const };
  const condition = conditionAt(content, metadata.generation ?? 1, now);
  return { ...status, agentStatus: [{ ...agent, conditions: setCondition(agent.conditions, condition) }] };
}
