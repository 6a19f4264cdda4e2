/**
 * Starts and wakes rolling updates. It compares what the hub asks of a placement with what it was, so that settled
 * placements, and the traces of a rolling update's own work, send nothing to Temporal.
 */
import { annotations } from '../../api/labels.ts';
import { nameOf, referenceOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { parseClaim } from '../../domain/claims.ts';
import { hasWork, intentOf, isNewIntent, type RolloutIntent } from '../../domain/rollouts/intent.ts';
import { readFacts, type RolloutInput } from '../../domain/rollouts/readFacts.ts';
import { groupSnapshots, isLabelledLatest, latestGroup } from '../../domain/snapshots/index.ts';
import { WorkQueue, type Requeue } from '../../kube/workqueue.ts';
import type { PlacementControllerDependencies, RolledOutPlacement } from './dependencies.ts';
import { ownedBy } from './ownership.ts';

type Dependencies = Pick<PlacementControllerDependencies, 'caches' | 'rollouts' | 'settings' | 'log'>;

/** `begin` has one look at the hub, whether it runs already or not; `wake` only one that runs. */
interface Call {
  how: 'begin' | 'wake';
  placement: RolledOutPlacement;
}

interface Known {
  uid: string;
  intent: RolloutIntent;
  /** When a rolling update was asked for last, epoch milliseconds. */
  askedAt: number;
}

const defaultRolloutRepairMs = 600_000;
const defaultRemovalRepairMs = 30_000;

const concurrency = 16;
const firstRetryMs = 50;
const longestRetryMs = 5_000;
/** Failures in a row from which on one is worth a line in the log. */
const suspiciousFailures = 5;

/** Rolling updates of all placements. Calls have a queue of their own: while Temporal is away, nothing else waits. */
export class Rollouts {
  readonly #dependencies: Dependencies;
  readonly #queue: WorkQueue;
  readonly #known = new Map<string, Known>();
  readonly #calls = new Map<string, Call>();

  constructor(dependencies: Dependencies) {
    this.#dependencies = dependencies;
    this.#queue = new WorkQueue({
      concurrency,
      firstRetryMs,
      maxRetryMs: longestRetryMs,
      process: (key) => this.#process(key),
      onError: (placement, error, attempt) => {
        dependencies.log[attempt < suspiciousFailures ? 'debug' : 'warn'](
          { err: error, placement, attempt },
          'Could not reach the rolling update of a placement; trying again.',
        );
      },
    });
  }

  /**
   * Tells the placement's rolling update what concerns it.
   * @param bindings of the placement, as they are known
   * @param now epoch milliseconds
   * @returns when to come back, since a rolling update that somebody has ended begins again only then
   */
  consider(
    placement: ClusterResourcePlacement,
    bindings: readonly ClusterResourceBinding[],
    now: number,
  ): Requeue | undefined {
    const key = nameOf(placement);
    const { uid = '', deletionTimestamp } = placement.metadata;
    const input = { placement, bindings, snapshot: this.#latestSnapshot(placement) };
    const facts = readFacts({ ...input, pause: 'unobserved', now });
    const intent = intentOf(input);
    const found = this.#known.get(key);
    const before = found?.uid === uid ? found : undefined;
    const isNew = isNewIntent(before?.intent, intent);
    const known: Known = { uid, intent, askedAt: before?.askedAt ?? -Infinity };
    this.#known.set(key, known);
    const call = { ...referenceOf(placement), uid };
    if (!hasWork(facts)) {
      // What it has begun before runs were given the rollout comes to its end, but nothing more begins.
      const isHandedOver = facts.mode === 'external' && facts.clusters.length > 0;
      if (isNew && isHandedOver && bindings.some((binding) => isClaimedBy(binding, uid))) {
        this.#call(key, { how: 'wake', placement: call });
      }
      return undefined;
    }
    const repairMs = this.#repairMs(deletionTimestamp !== undefined);
    if (isNew || now - known.askedAt >= repairMs) {
      known.askedAt = now;
      this.#call(key, { how: 'begin', placement: call });
    }
    return { requeueAfterMs: Math.max(known.askedAt + repairMs - now, 0) };
  }

  /** @param key the placement's reference as text */
  forget(key: string): void {
    this.#known.delete(key);
  }

  /** Resolves when nothing is left to be said for now. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  async stop(): Promise<void> {
    await this.#queue.stop();
  }

  #call(key: string, call: Call): void {
    this.#calls.set(key, call);
    this.#queue.add(key);
  }

  async #process(key: string): Promise<void> {
    const call = this.#calls.get(key);
    if (call === undefined) return;
    await this.#dependencies.rollouts[call.how](call.placement);
    if (this.#calls.get(key) === call) this.#calls.delete(key);
  }

  #repairMs(isRemoval: boolean): number {
    const { removalRepairMs, rolloutRepairMs } = this.#dependencies.settings;
    return isRemoval ? (removalRepairMs ?? defaultRemovalRepairMs) : (rolloutRepairMs ?? defaultRolloutRepairMs);
  }

  /** As a rolling update reads it from the hub. */
  #latestSnapshot(placement: ClusterResourcePlacement): RolloutInput['snapshot'] {
    const reference: ObjectReference = referenceOf(placement);
    const snapshots = ownedBy(placement, this.#dependencies.caches.ofPlacement('resourceSnapshot', reference));
    const group = latestGroup(groupSnapshots(snapshots));
    if (group?.complete !== true || group.master === undefined || !isLabelledLatest(group.master)) return undefined;
    return { name: group.master.metadata.name, index: String(group.index) };
  }
}

function isClaimedBy({ metadata }: ClusterResourceBinding, uid: string): boolean {
  return parseClaim(metadata.annotations?.[annotations.claim])?.uid === uid;
}
