/** Watches the snapshots and bindings of the world's first placement, by this process's own clock. */
import { findCondition } from '../../api/conditions.ts';
import { clusterKinds } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import { resourceSnapshotName } from '../../api/names.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import { Informer } from '../../kube/informer.ts';
import { fleetSize } from '../rollout/scenarios.ts';
import type { World } from '../rollout/world.ts';

const deadlineMs = 120_000;

export class UpdateWatch {
  readonly #placement: string;
  readonly #clusters: number;
  readonly #snapshots: Informer<ClusterResourceSnapshot>;
  readonly #bindings: Informer<ClusterResourceBinding>;

  private constructor({ hub, placements, scenario }: World) {
    this.#placement = placements[0] ?? '';
    this.#clusters = fleetSize(scenario);
    const labelSelector = `${labels.parentPlacement}=${this.#placement}`;
    this.#snapshots = new Informer(hub, clusterKinds.resourceSnapshot, { labelSelector });
    this.#bindings = new Informer(hub, clusterKinds.binding, { labelSelector });
  }

  /** Resolves when the watches are open. */
  static async start(world: World): Promise<UpdateWatch> {
    const watch = new UpdateWatch(world);
    watch.#snapshots.start();
    watch.#bindings.start();
    await Promise.all([watch.#snapshots.synced, watch.#bindings.synced]);
    return watch;
  }

  /** When the snapshot with this index was seen, in milliseconds. */
  async taken(index: number): Promise<number> {
    const name = resourceSnapshotName(this.#placement, index);
    await this.#snapshots.waitFor(({ metadata }) => metadata.name === name, deadlineMs);
    return performance.now();
  }

  /** When the last cluster was seen to have the snapshot with this index and to be available, in milliseconds. */
  async reached(index: number): Promise<number> {
    const name = resourceSnapshotName(this.#placement, index);
    await this.#bindings.waitFor(() => {
      const there = this.#bindings.items().filter((binding) => hasReached(binding, name));
      return there.length === this.#clusters;
    }, deadlineMs);
    return performance.now();
  }

  stop(): void {
    this.#snapshots.stop();
    this.#bindings.stop();
  }
}

function hasReached({ metadata, spec, status }: ClusterResourceBinding, snapshot: string): boolean {
  const available = findCondition(status?.conditions, 'Available');
  return (
    spec.resourceSnapshotName === snapshot &&
    available?.status === 'True' &&
    available.observedGeneration === metadata.generation
  );
}
