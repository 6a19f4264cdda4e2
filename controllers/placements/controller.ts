/** The loop that turns placements into snapshots, decisions, bindings and status. */
import type { KubernetesObject } from '../../api/meta.ts';
import { formatReference, nameOf, parseReference, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { concernsPlacement, memberChange } from '../../domain/scheduling/index.ts';
import { isAlreadyExists, isConflict } from '../../kube/errors.ts';
import type { InformerEvent } from '../../kube/informer.ts';
import { WorkQueue, type QueueFigures, type Requeue } from '../../kube/workqueue.ts';
import { parentPlacement } from '../caches.ts';
import { sameJson } from '../sameJson.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { recordChange, type PlacementMemory } from './memory.ts';
import { reconcilePlacement } from './reconcile.ts';
import { Rollouts } from './rollouts.ts';
import { PlacementSelection } from './selection.ts';

/** Placements that are looked at side by side. */
const concurrency = 8;

/** After a write that somebody else overtook: the cache catches up within milliseconds. */
const firstRetryMs = 50;
const longestRetryMs = 5_000;

/** So long reports about the clusters of a placement are collected, for each of its clusters. */
const reportSpacingMs = 1;
const longestReportSpacingMs = 1_000;

/** Failures in a row from which on a conflict is worth a line in the log. */
const suspiciousConflicts = 5;

/** Keeps every placement of the hub where it should be, from {@link start} to {@link stop}. */
export class PlacementController {
  readonly #dependencies: PlacementControllerDependencies;
  readonly #selection: PlacementSelection;
  readonly #rollouts: Rollouts;
  readonly #queue: WorkQueue;
  readonly #memories = new Map<string, PlacementMemory>();
  readonly #unsubscribe: (() => void)[] = [];

  constructor(dependencies: PlacementControllerDependencies) {
    this.#dependencies = { observedSince: (dependencies.now ?? Date.now)(), ...dependencies };
    this.#selection = new PlacementSelection({
      ...dependencies,
      onChange: (placement) => {
        recordChange(this.#memoryOf(formatReference(placement)), this.#now());
        this.#add(placement);
      },
      onReady: (placement) => {
        this.#add(placement);
      },
    });
    this.#rollouts = new Rollouts(dependencies);
    this.#queue = new WorkQueue({
      concurrency,
      firstRetryMs,
      maxRetryMs: longestRetryMs,
      process: (placement) => this.#process(placement),
      onError: (placement, error, attempt) => {
        const overtaken = (isConflict(error) || isAlreadyExists(error)) && attempt < suspiciousConflicts;
        dependencies.log[overtaken ? 'debug' : 'warn'](
          { err: error, placement, attempt },
          'Could not bring a placement up to date; trying again.',
        );
      },
    });
  }

  /** Resolves once the loop knows all it needs to decide. */
  get synced(): Promise<void> {
    return Promise.all([this.#dependencies.caches.synced, this.#selection.synced]).then(() => undefined);
  }

  /** How much the loop has to do. */
  get queue(): QueueFigures {
    return this.#queue;
  }

  /** Begins; resolves once it is {@link synced}. */
  async start(): Promise<void> {
    this.#selection.start();
    await this.synced;
    this.#subscribe();
    this.#addAll();
  }

  /** Resolves when nothing is left to do for now. Delayed work, such as a snapshot that is not due, does not count. */
  async idle(): Promise<void> {
    await this.#queue.idle();
    await this.#rollouts.idle();
  }

  /** Starts nothing more and resolves when what runs has ended. */
  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#selection.stop();
    await this.#queue.stop();
    await this.#rollouts.stop();
  }

  /** Keys of the queue, and of what is remembered, are references as text. */
  #add(placement: ObjectReference): void {
    this.#queue.add(formatReference(placement));
  }

  async #process(key: string): Promise<Requeue | undefined> {
    const reference = parseReference(key);
    const placement = this.#dependencies.caches.get('placement', reference);
    if (placement === undefined) {
      this.#selection.forget(reference);
      this.#rollouts.forget(key);
      this.#memories.delete(key);
      return undefined;
    }
    return reconcilePlacement(this.#dependencies, this.#selection, this.#rollouts, placement, this.#memoryOf(key));
  }

  #subscribe(): void {
    const { caches } = this.#dependencies;
    const addParent = ({ object }: InformerEvent<KubernetesObject>) => {
      const placement = parentPlacement(object);
      if (placement !== undefined) this.#add(placement);
    };
    this.#unsubscribe.push(
      caches.on('placement', ({ type, object }) => {
        if (type === 'deleted') this.#memories.delete(nameOf(object));
        this.#add(object.metadata);
      }),
      caches.on('policySnapshot', addParent),
      caches.on('binding', (event) => {
        this.#bindingChanged(event);
      }),
      caches.on('resourceSnapshot', (event) => {
        this.#snapshotChanged(event);
        addParent(event);
      }),
      caches.on('memberCluster', (event) => {
        this.#memberChanged(event);
      }),
      // It has the name of its placement. One that somebody deletes or edits is put right.
      caches.on('statusCopy', ({ object }) => {
        this.#add({ name: object.metadata.name });
      }),
    );
  }

  /**
   * What somebody has done on a cluster changes the status alone. Of a run over a thousand clusters there are thousands
   * of such reports, and a look takes the longer the more clusters there are: those that come closely are looked at
   * together.
   */
  #bindingChanged({ type, object, previous }: InformerEvent<ClusterResourceBinding>): void {
    const placement = parentPlacement(object);
    if (placement === undefined) return;
    const isReport = type === 'modified' && previous?.metadata.deletionTimestamp === object.metadata.deletionTimestamp;
    if (!isReport) {
      this.#add(placement);
      return;
    }
    const clusters = this.#dependencies.caches.ofPlacement('binding', placement).length;
    this.#queue.addAfter(formatReference(placement), Math.min(clusters * reportSpacingMs, longestReportSpacingMs));
  }

  /** A snapshot that somebody removes or relabels is put right, which takes another look at the selection. */
  #snapshotChanged({ type, object, previous }: InformerEvent<KubernetesObject>): void {
    const placement = parentPlacement(object);
    const memory = placement && this.#memories.get(formatReference(placement));
    if (memory === undefined || type === 'added') return;
    if (type === 'modified' && sameJson(previous?.metadata.labels, object.metadata.labels)) return;
    memory.selectedGeneration = undefined;
  }

  /** Most of what happens to a member decides nothing: heartbeats, and measurements that no policy asks for. */
  #memberChanged({ type, object, previous }: InformerEvent<MemberCluster>): void {
    if (type !== 'modified' || previous === undefined) {
      this.#addAll();
      return;
    }
    const change = memberChange(previous, object, this.#now(), this.#dependencies.observedSince);
    if (change === undefined) return;
    for (const placement of this.#dependencies.caches.items('placement')) {
      if (concernsPlacement(change, placement)) this.#add(placement.metadata);
    }
  }

  #addAll(): void {
    for (const { metadata } of this.#dependencies.caches.items('placement')) this.#add(metadata);
  }

  #memoryOf(placement: string): PlacementMemory {
    const memory = this.#memories.get(placement) ?? {};
    this.#memories.set(placement, memory);
    return memory;
  }

  #now(): number {
    return (this.#dependencies.now ?? Date.now)();
  }
}
