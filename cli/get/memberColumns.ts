/** Columns of `flotilla get members`. */
import { conditionTypes } from '../../api/conditions.ts';
import type { AgentStatus, MemberCluster } from '../../api/types/membercluster.ts';
import { isCordoned } from '../../domain/members/cordon.ts';
import { age } from './ages.ts';
import { ageColumn, conditionCell, nameColumn, type Column } from './columns.ts';

export const memberColumns: readonly Column<MemberCluster>[] = [
  nameColumn,
  { header: 'JOINED', cell: joined },
  { header: 'HEALTHY', cell: (member) => conditionCell(agentOf(member)?.conditions, 'Healthy') },
  { header: 'LAST-SEEN', cell: lastSeen },
  { header: 'NODES', cell: ({ status }) => status?.properties?.['kubernetes-fleet.io/node-count']?.value ?? '' },
  { header: 'FREE-CPU', cell: ({ status }) => status?.resourceUsage?.available?.cpu ?? '' },
  { header: 'FREE-MEMORY', cell: ({ status }) => status?.resourceUsage?.available?.memory ?? '' },
  ageColumn,
  { header: 'CPU', wide: true, cell: ({ status }) => status?.resourceUsage?.allocatable?.cpu ?? '' },
  { header: 'MEMORY', wide: true, cell: ({ status }) => status?.resourceUsage?.allocatable?.memory ?? '' },
  { header: 'TAINTS', wide: true, cell: taints },
  { header: 'LABELS', wide: true, cell: labels },
];

/** With kubectl's word for a node that takes nothing new. */
function joined(member: MemberCluster): string {
  const cell = conditionCell(member.status?.conditions, conditionTypes.memberCluster.joined);
  return [cell, ...(isCordoned(member) ? ['SchedulingDisabled'] : [])].filter((word) => word !== '').join(',');
}

/** There is one entry, for the hub's own loop that reaches the member. */
function agentOf({ status }: MemberCluster): AgentStatus | undefined {
  return status?.agentStatus?.[0];
}

function lastSeen(member: MemberCluster, now: number): string {
  const heartbeat = agentOf(member)?.lastReceivedHeartbeat;
  return heartbeat === undefined ? '' : age(heartbeat, now);
}

function taints({ spec }: MemberCluster): string {
  return (spec.taints ?? []).map(({ key, value, effect }) => `${key}=${value ?? ''}:${effect}`).join(',');
}

function labels({ metadata }: MemberCluster): string {
  return Object.entries(metadata.labels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}
