import { findCondition } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { SchedulerPlugin } from './plugins.ts';

/** A cluster that has been silent or unhealthy for longer than this takes no new placements. */
const toleratedTroubleMs = 5 * 60 * 1000;

/** Refuses clusters that have left, have not joined, are silent or have been unhealthy for long. */
export const clusterEligibility: SchedulerPlugin = {
  name: 'ClusterEligibility',
  prepare: ({ now, observedSince }) => ({
    filter: (cluster) => reasonNotEligible(cluster, now, observedSince),
    explain: (cluster) => ({
      because: (reasonNotEligible(cluster, now, observedSince) ?? '').replace(/^cluster /, 'it '),
      remedies: [
        cluster.metadata.deletionTimestamp === undefined
          ? 'the hub could reach it and its API server were ready'
          : 'it joined the fleet again',
      ],
    }),
  }),
};

/**
 * Why a cluster takes no new placements; undefined if it does. Times in epoch milliseconds.
 * @param observedSince since when heartbeats are written down without a break: silence before that says nothing about
 * the cluster. Absent: for as long as the cluster is silent
 */
export function reasonNotEligible(cluster: MemberCluster, now: number, observedSince?: number): string | undefined {
  if (cluster.metadata.deletionTimestamp !== undefined) return 'cluster has left the fleet';
  const reason = connectionTrouble(cluster, now, observedSince ?? -Infinity);
  return reason === undefined ? undefined : `cluster is not connected to the fleet: ${reason}`;
}

/**
 * Whether nothing has been heard of a cluster for longer than is tolerated. Times as for {@link reasonNotEligible}.
 * False for one that has never been heard of.
 */
export function isSilent(cluster: MemberCluster, now: number, observedSince = -Infinity): boolean {
  const heartbeat = cluster.status?.agentStatus?.[0]?.lastReceivedHeartbeat;
  return heartbeat !== undefined && now - Math.max(Date.parse(heartbeat), observedSince) > toleratedTroubleMs;
}

function connectionTrouble(cluster: MemberCluster, now: number, observedSince: number): string | undefined {
  const agent = cluster.status?.agentStatus?.[0];
  if (agent?.lastReceivedHeartbeat === undefined) return 'member agent not online yet';
  if (isSilent(cluster, now, observedSince)) {
    const silentMs = now - Date.parse(agent.lastReceivedHeartbeat);
    return `no recent heartbeat signals (last received ${minutes(silentMs)} minutes ago)`;
  }
  if (findCondition(agent.conditions, 'Joined')?.status !== 'True') return 'member agent not joined yet';
  return healthTrouble(findCondition(agent.conditions, 'Healthy'), now);
}

function healthTrouble(healthy: Condition | undefined, now: number): string | undefined {
  if (healthy === undefined) return 'health condition from member agent is not available';
  const unhealthyMs = healthy.status === 'True' ? 0 : now - Date.parse(healthy.lastTransitionTime);
  if (unhealthyMs <= toleratedTroubleMs) return undefined;
  return `unhealthy for a prolonged period of time (last transitioned ${minutes(unhealthyMs)} minutes ago)`;
}

function minutes(milliseconds: number): string {
  return (milliseconds / 60_000).toFixed(2);
}
