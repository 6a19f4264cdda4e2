/** Fake activities of a rolling update on a modelled hub, some of them in the hands of the test. */
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { ClusterOutcome, ClusterTarget } from '../../../activities/members/index.ts';
import type { RolloutLook } from '../../../activities/placements/index.ts';
import { ModelledHub } from '../../unit/domain/rollouts/model/modelledHub.ts';
import type { FakeRolloutActivities } from '../environment.ts';
import { holdActivity, type HeldActivity } from './heldActivity.ts';

const stoppingMs = 1_000;

/** One update of a cluster that has begun. `at` is epoch milliseconds of the workflow's clock. */
export interface Start {
  cluster: string;
  index: string;
  at: number;
}

export class RolloutHub extends ModelledHub {
  readonly placement: { name: string; uid: string };
  readonly starts: Start[] = [];
  readonly removed: string[] = [];
  /** Clusters on which one update began while another had not ended. */
  readonly overlaps: string[] = [];
  /** Clusters that do not get done before the test ends their work. */
  readonly holding = new Set<string>();
  /** Work that the test has to end, by cluster. */
  readonly held = new Map<string, HeldActivity>();
  readonly #inWork = new Set<string>();
  #change = Promise.withResolvers<undefined>();

  constructor(name: string, clusters: number) {
    super();
    this.placement = { name, uid: `uid-of-${name}` };
    for (let number = 1; number <= clusters; number += 1) this.select(`member${String(number).padStart(3, '0')}`);
  }

  readonly fakes: FakeRolloutActivities = {
    readRollout: ({ uid, now }) => Promise.resolve(this.#look(uid, now)),
    updateCluster: (target) => this.#alone(target.cluster, () => this.#update(target)),
    removeCluster: ({ cluster }) => {
      this.beginRemoval(cluster);
      this.endRemoval(cluster);
      this.removed.push(cluster);
      return Promise.resolve({ result: 'updated', changed: true });
    },
  };

  /** Resolves when `wanted` holds. */
  async becomes(wanted: () => boolean): Promise<void> {
    while (!wanted()) await this.#change.promise;
  }

  /** Ends the work on a cluster that is held, well. */
  finish(cluster: string): void {
    this.holding.delete(cluster);
    const held = this.held.get(cluster);
    this.held.delete(cluster);
    held?.end({ result: 'updated', changed: true });
  }

  #look(uid: string, now: number): RolloutLook {
    const facts = this.facts(now);
    const kind = 'ClusterResourcePlacement';
    const claim = { kind, ...this.placement, createdAt: '2026-01-01T00:00:00Z', strategyGeneration: 1 } as const;
    if (uid === this.placement.uid) return { facts, claim, searchAttributes: false };
    return { facts: { ...facts, mode: 'gone', clusters: [], settled: 0, desired: 0 }, searchAttributes: false };
  }

  async #alone<T>(cluster: string, work: () => Promise<T>): Promise<T> {
    if (this.#inWork.has(cluster)) this.overlaps.push(cluster);
    this.#inWork.add(cluster);
    this.#changed();
    try {
      return await work();
    } finally {
      this.#inWork.delete(cluster);
    }
  }

  async #update(target: ClusterTarget): Promise<ClusterOutcome> {
    const { cluster, resourceSnapshotIndex: index, resourceSnapshotName: snapshot, applyStrategy } = target;
    const at = Context.current().info.currentAttemptScheduledTimestampMs;
    const wanted = { snapshot, index, ...(applyStrategy && { applyStrategy }) };
    this.starts.push({ cluster, index, at });
    this.claim(cluster, wanted);
    this.beginUpdate(cluster, wanted);
    if (this.holding.has(cluster)) {
      const { held, outcome } = holdActivity();
      this.held.set(cluster, held);
      this.#changed();
      await outcome.catch(async (error: unknown) => {
        await this.#stop();
        throw error;
      });
    }
    const available = this.endUpdate(cluster, true, at);
    this.#changed();
    return { result: 'updated', changed: true, available };
  }

  /** What is interrupted takes its time: so long that whoever does not wait for it is noticed. */
  async #stop(): Promise<void> {
    await Promise.race([this.becomes(() => this.overlaps.length > 0), delay(stoppingMs, undefined, { ref: false })]);
  }

  #changed(): void {
    this.#change.resolve(undefined);
    this.#change = Promise.withResolvers<undefined>();
  }
}
