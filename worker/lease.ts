/**
 * The hub's Lease `flotilla`: the loops of one worker run, those of the others wait. It is short, held under a name that
 * survives a restart, and given back on stop, so that neither a restart nor a replacement has to wait for it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { kinds } from '../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../api/meta.ts';
import type { KubernetesClient } from '../kube/client.ts';
import { isAlreadyExists, isConflict } from '../kube/errors.ts';
import type { Logger } from './logger.ts';

/** `coordination.k8s.io/v1` Lease. Times are RFC 3339 with microseconds. */
interface Lease extends KubernetesObject {
  spec: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
}

const leaseDefinition: ResourceDefinition<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

const leaseName = 'flotilla';

export interface HubLeaseOptions {
  hub: KubernetesClient;
  namespace: string;
  /** See `identityOf` in configuration.ts. */
  identity: string;
  durationMs: number;
  log: Logger;
  /** The Lease is ours: start the loops. */
  onAcquired(): void;
  /** It is not any more: stop them. Awaited before the Lease is tried again. */
  onLost(): Promise<void>;
}

/** Competes for the Lease until stopped. */
export class HubLease {
  readonly #options: HubLeaseOptions;
  readonly #stopping = new AbortController();
  /** The Lease as we wrote it last; present while it is ours. */
  #held: Lease | undefined;
  /** When we wrote it, by the monotonic clock: clocks of two machines are not compared. */
  #renewedAt = 0;
  /** Another holder's Lease as first seen, and when: it is expired when it has not changed for its duration. */
  #observed: { resourceVersion?: string; at: number } | undefined;
  #toldHolder = '';
  #loop: Promise<void> | undefined;

  constructor(options: HubLeaseOptions) {
    this.#options = options;
  }

  get held(): boolean {
    return this.#held !== undefined;
  }

  start(): void {
    this.#loop = this.#run();
  }

  /** Stops the loops and gives the Lease back. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
    const held = this.#held;
    if (held === undefined) return;
    await this.#lose();
    const { hub } = this.#options;
    const returned = { ...held, spec: { ...held.spec, holderIdentity: '' } };
    await hub.replace(leaseDefinition, returned, { signal: AbortSignal.timeout(this.#interval) }).catch(() => {
      // Whoever comes next waits for the duration of the Lease instead.
    });
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      await this.#step();
      await sleep(this.#interval, undefined, { signal: this.#stopping.signal }).catch(() => {
        // Stopped while waiting.
      });
    }
  }

  /** A step takes at most one interval, and so does the pause: a holder that cannot renew knows before others may. */
  get #interval(): number {
    return this.#options.durationMs / 4;
  }

  async #step(): Promise<void> {
    const signal = AbortSignal.timeout(this.#interval);
    try {
      await (this.#held === undefined ? this.#acquire(signal) : this.#write(this.#held, 'replace', signal));
    } catch (error) {
      if (this.held && isConflict(error)) await this.#lose('another worker took the Lease of the hub');
      else this.#options.log.debug({ error }, 'The Lease of the hub could not be read or written');
    }
    if (this.held && performance.now() - this.#renewedAt > 3 * this.#interval) {
      await this.#lose('the Lease of the hub could not be renewed in time');
    }
  }

  async #acquire(signal: AbortSignal): Promise<void> {
    const { hub, namespace, identity } = this.#options;
    const lease = await hub.find(leaseDefinition, leaseName, namespace, signal);
    if (lease === undefined) {
      await this.#ensureNamespace(signal);
      await this.#write(newLease(namespace), 'create', signal);
      return;
    }
    const holder = lease.spec.holderIdentity ?? '';
    if (holder === '' || holder === identity || this.#isExpired(lease)) {
      await this.#write(lease, 'replace', signal);
    } else if (this.#toldHolder !== holder) {
      this.#options.log.info({ holder }, 'The loops of the hub run in another worker; this one stands by');
      this.#toldHolder = holder;
    }
  }

  async #write(lease: Lease, verb: 'create' | 'replace', signal: AbortSignal): Promise<void> {
    const { hub, identity, durationMs, log } = this.#options;
    const now = new Date().toISOString().replace('Z', '000Z');
    const began = performance.now();
    const renewal = this.held;
    const takesOver = lease.spec.holderIdentity !== identity;
    const next: Lease = {
      ...lease,
      spec: {
        ...lease.spec,
        holderIdentity: identity,
        leaseDurationSeconds: Math.ceil(durationMs / 1_000),
        acquireTime: renewal ? lease.spec.acquireTime : now,
        renewTime: now,
        leaseTransitions: (lease.spec.leaseTransitions ?? 0) + (takesOver ? 1 : 0),
      },
    };
    this.#held = await hub[verb](leaseDefinition, next, { signal });
    this.#renewedAt = began;
    if (renewal) return;
    this.#toldHolder = '';
    log.info({ identity }, 'The loops of the hub run in this worker');
    this.#options.onAcquired();
  }

  async #lose(reason?: string): Promise<void> {
    this.#held = undefined;
    this.#observed = undefined;
    if (reason !== undefined) this.#options.log.warn({ reason }, 'The loops of the hub stop in this worker');
    await this.#options.onLost();
  }

  #isExpired(lease: Lease): boolean {
    const { resourceVersion } = lease.metadata;
    if (this.#observed?.resourceVersion !== resourceVersion || this.#observed === undefined) {
      this.#observed = { resourceVersion, at: performance.now() };
    }
    const durationMs = (lease.spec.leaseDurationSeconds ?? 0) * 1_000;
    return performance.now() - this.#observed.at > durationMs;
  }

  async #ensureNamespace(signal: AbortSignal): Promise<void> {
    const { hub, namespace } = this.#options;
    if ((await hub.find(kinds.namespace, namespace, undefined, signal)) !== undefined) return;
    try {
      const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
      await hub.create(kinds.namespace, object, { signal });
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
    }
  }
}

function newLease(namespace: string): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: leaseName, namespace },
    spec: {},
  };
}
