/** What the member loop is built from. */
import type { Logger } from 'pino';
import type { PriceList } from '../../domain/members/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { MemberPool } from '../../kube/pool.ts';
import type { HubCaches } from '../caches.ts';

export interface MemberSettings {
  /** Milliseconds between two looks at a healthy member. @default 10000 */
  probeIntervalMs?: number;
  /** Milliseconds between two looks at a member that is not healthy, so that its return shows soon. @default 2000 */
  troubledProbeIntervalMs?: number;
  /** Milliseconds after which a member that does not answer counts as unreachable. @default 5000 */
  probeTimeoutMs?: number;
  /**
   * Milliseconds between two lists of a member's pods. A member's heartbeat is the interval while a placement asks for
   * what members have left. @default 600000
   */
  usageIntervalMs?: number;
}

/** {@link MemberSettings.probeTimeoutMs} where the settings say nothing. */
export const defaultProbeTimeoutMs = 5_000;

/** A list of prices that may change at any time. */
export interface Prices {
  /** The one that holds now. */
  readonly list: PriceList;
  /** Has `listener` called after each change. Returns the way out. */
  onChange(listener: () => void): () => void;
}

export interface MemberControllerDependencies {
  hub: KubernetesClient;
  /** Owned by the caller; the loop subscribes to them. */
  caches: HubCaches;
  /** Owned by the caller. */
  pool: MemberPool;
  settings?: MemberSettings;
  /** Without them members have no properties of cost. */
  prices?: Prices;
  log: Logger;
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number;
}
