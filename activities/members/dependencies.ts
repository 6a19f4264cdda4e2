/** What the activities for members are built from. */
import type { KubernetesClient } from '../../kube/client.ts';
import type { MemberPool } from '../../kube/pool.ts';
import type { ClusterReport } from './targets.ts';

export interface MemberDependencies {
  hub: KubernetesClient;
  members: Pick<MemberPool, 'client'>;
  /** Tells the workflow why a cluster waits. It may fail; the next report repairs what is lost. */
  reportCluster(report: ClusterReport): Promise<void>;
  log: MemberLog;
  settings?: Partial<MemberSettings>;
}

/** The part of a pino logger that is used here. */
export interface MemberLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** All times in milliseconds. */
export interface MemberSettings {
  /** A cluster that waits is looked at again after at most this time, even if no event came. @default 5000 */
  checkIntervalMs: number;
  /** Pause after the first failed attempt; doubles up to `checkIntervalMs`. @default 100 */
  firstRetryMs: number;
  /** A member that has not answered the first request for so long is reported. @default 700 */
  silenceMs: number;
  /** Objects may be unavailable, or take to go away, for so long before that is reported. @default 1000 */
  patienceMs: number;
  /** Reports about one cluster keep this distance, except the first. @default 2000 */
  reportIntervalMs: number;
  /** Temporal hears from a running activity this often, and more rarely while there are many. @default 500 */
  heartbeatMs: number;
  /** Requests in flight to one member for one placement. @default 16 */
  parallelRequests: number;
  /** Clusters that are claimed on the hub at the same time, of all runs together. @default 32 */
  parallelClaims: number;
}

export const defaultMemberSettings: MemberSettings = {
  checkIntervalMs: 5_000,
  firstRetryMs: 100,
  silenceMs: 700,
  patienceMs: 1_000,
  reportIntervalMs: 2_000,
  heartbeatMs: 500,
  parallelRequests: 16,
  parallelClaims: 32,
};
