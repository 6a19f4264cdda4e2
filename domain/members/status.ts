/** Status of a MemberCluster from what a probe of its API server found. */
import {
  agentConditions,
  conditionAt,
  conditionTypes,
  isConditionTrue,
  memberClusterConditions,
  setCondition,
} from '../../api/conditions.ts';
import type { ConditionContent } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type { AgentStatus, MemberCluster, MemberClusterStatus } from '../../api/types/membercluster.ts';
import { goJson } from '../snapshots/goJson.ts';
import type { Observation } from './observation.ts';
import { observedProperties, observedUsage, observationConditions } from './observation.ts';

/** What a probe found. */
export type Probe =
  | {
      reached: true;
      /** What is wrong although the API server answers, one sentence; absent when it is ready. */
      trouble?: string;
      /** Absent if nobody has looked, which keeps what was known. */
      observed?: Observation;
    }
  /** Why the API server does not answer, or why nobody knows how to reach it; one sentence. */
  | { reached: false; trouble: string };

/**
 * New status of a member. A member that has joined stays joined while it cannot be reached: its heartbeat stands
 * still and it turns unhealthy, and after a while the scheduler gives it nothing new.
 * @param now RFC 3339, whole seconds
 */
export function memberStatus(member: MemberCluster, probe: Probe, now: string): MemberClusterStatus {
  const before = member.status ?? {};
  const hasJoined = isConditionTrue(before.conditions, conditionTypes.memberCluster.joined);
  const observed = probe.reached ? probe.observed : undefined;
  const contents = [...joinContents(member, probe, hasJoined), ...(observed ? observationConditions(observed) : [])];
  return {
    ...before,
    conditions: withoutStaleCosts(withContents(member, before.conditions, contents, now), observed),
    agentStatus: [agentStatus(member, probe, now)],
    ...(observed && {
      properties: observedProperties(before.properties, observed, now),
      ...observedUsage(before.resourceUsage, observed, now),
    }),
  };
}

/**
 * Whether a new status is worth a write: something other than times has changed, or the heartbeat is due.
 * @param now epoch milliseconds
 */
export function isWorthWriting(member: MemberCluster, next: MemberClusterStatus, now: number): boolean {
  if (goJson(withoutTimes(member.status ?? {})) !== goJson(withoutTimes(next))) return true;
  const beats = agentOf(next).lastReceivedHeartbeat !== agentOf(member.status ?? {}).lastReceivedHeartbeat;
  return beats && now >= heartbeatDueAt(member);
}

/** When the next heartbeat is due, epoch milliseconds; 0 if there was none yet. */
export function heartbeatDueAt(member: MemberCluster): number {
  const last = agentOf(member.status ?? {}).lastReceivedHeartbeat;
  return last === undefined ? 0 : Date.parse(last) + heartbeatPeriodMs(member);
}

/** The scheduler takes a member for lost after five minutes without a heartbeat, whatever period the member names. */
const longestPeriodMs = 4 * 60 * 1000;

/** Time between two heartbeats in milliseconds. */
export function heartbeatPeriodMs({ spec }: MemberCluster): number {
  return Math.min((spec.heartbeatPeriodSeconds ?? 60) * 1000, longestPeriodMs);
}

function joinContents({ metadata }: MemberCluster, probe: Probe, hasJoined: boolean): ConditionContent[] {
  if (probe.reached) return [memberClusterConditions.readyToJoin(), memberClusterConditions.joined()];
  if (hasJoined) return [];
  return [
    memberClusterConditions.notReadyToJoin(probe.trouble),
    memberClusterConditions.joinStateUnknown(metadata.name),
  ];
}

function agentStatus(member: MemberCluster, probe: Probe, now: string): AgentStatus {
  const agent = agentOf(member.status ?? {});
  const contents = [
    ...(probe.reached ? [agentConditions.joined()] : []),
    probe.trouble === undefined ? agentConditions.healthy() : agentConditions.unhealthy(probe.trouble),
  ];
  return {
    ...agent,
    conditions: withContents(member, agent.conditions, contents, now),
    ...(probe.reached && { lastReceivedHeartbeat: now }),
  };
}

function agentOf({ agentStatus: agents }: MemberClusterStatus): AgentStatus {
  return agents?.[0] ?? { type: 'MemberAgent' };
}

function withContents(
  { metadata }: MemberCluster,
  conditions: readonly Condition[] | undefined,
  contents: readonly ConditionContent[],
  now: string,
): Condition[] {
  return contents.reduce<Condition[]>(
    (list, content) => setCondition(list, conditionAt(content, metadata.generation ?? 1, now)),
    [...(conditions ?? [])],
  );
}

/** The worker may have lost its price list. */
function withoutStaleCosts(conditions: Condition[], observed: Observation | undefined): Condition[] {
  if (observed?.nodes === undefined || observed.costs !== undefined) return conditions;
  return conditions.filter(({ type }) => type !== conditionTypes.memberCluster.costs);
}

function withoutTimes({ resourceUsage, properties, agentStatus: agents, ...rest }: MemberClusterStatus): unknown {
  return {
    ...rest,
    resourceUsage: { ...resourceUsage, observationTime: undefined },
    properties: Object.entries(properties ?? {}).map(([name, { value }]) => ({ name, value })),
    agentStatus: agents?.map((agent) => ({ ...agent, lastReceivedHeartbeat: undefined })),
  };
}
