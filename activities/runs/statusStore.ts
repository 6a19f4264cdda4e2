/**
 * Writes the status of runs. The last written object of each run is remembered, so that a write needs no read;
 * a write that meets a newer object reads it and is made again on top of that.
 */
import { kindsIn } from '../../api/kinds.ts';
import type { ObjectMeta } from '../../api/meta.ts';
import type { ObjectReference } from '../../api/references.ts';
import type { ClusterStagedUpdateRun, UpdateRunStatus } from '../../api/types/clusterstagedupdaterun.ts';
import { unpackProgress, type PackedProgress } from '../../domain/runs/packedProgress.ts';
import { isOver } from '../../domain/runs/over.ts';
import { renderStatus } from '../../domain/runs/status.ts';
import { fitStatus } from '../../domain/runs/statusSize.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isConflict, isNotFound } from '../../kube/errors.ts';
import type { WriteStatusInput } from './types.ts';

/** So many runs are remembered; the one unused for longest is forgotten first. */
const remembered = 500;

export class RunStatusStore {
  readonly #hub: KubernetesClient;
  readonly #last = new Map<string, ClusterStagedUpdateRun>();

  constructor(hub: KubernetesClient) {
    this.#hub = hub;
  }

  /** Shows progress on top of the frozen plan that stands in the run's status. */
  async writeProgress({ uid, progress, ...reference }: WriteStatusInput): Promise<{ gone: boolean }> {
    const run = this.#last.get(uid) ?? (await this.#read(reference, uid));
    if (run === undefined) return { gone: true };
    const isStale = (current: ClusterStagedUpdateRun): boolean => isOver(current) && progress.outcome === undefined;
    const written = await this.write(run, (status, metadata) => fitStatus(show(status, metadata, progress)), isStale);
    if (written !== undefined && progress.outcome !== undefined) this.#last.delete(uid);
    return { gone: written === undefined };
  }

  /**
   * Writes what `render` makes of the present status.
   * @param run any version of the object
   * @param render is given the `metadata` of the object on which the status is written
   * @param isStale asked when the object turns out to be newer: whether this write comes too late and must not be made.
   * An attempt that Temporal has given up may still be on its way here.
   * @returns the object as it is now; `undefined` when it is gone or another one has its name
   */
  async write(
    run: ClusterStagedUpdateRun,
    render: (status: UpdateRunStatus, metadata: ObjectMeta) => UpdateRunStatus,
    isStale: (current: ClusterStagedUpdateRun) => boolean,
  ): Promise<ClusterStagedUpdateRun | undefined> {
    const { uid = '' } = run.metadata;
    const definition = kindsIn(run.metadata).run;
    let current: ClusterStagedUpdateRun | undefined = run;
    while (current !== undefined) {
      try {
        const status = render(current.status ?? {}, current.metadata);
        const written = await this.#hub.replaceStatus(definition, { ...current, status });
        this.#remember(uid, written);
        return written;
      } catch (error) {
        if (!isConflict(error) && !isNotFound(error)) throw error;
        current = await this.#read(run.metadata, uid);
        if (current !== undefined && isStale(current)) return current;
      }
    }
    this.#last.delete(uid);
    return undefined;
  }

  async #read({ name, namespace }: ObjectReference, uid: string): Promise<ClusterStagedUpdateRun | undefined> {
    const run = await this.#hub.find(kindsIn({ namespace }).run, name, namespace);
    return run?.metadata.uid === uid ? run : undefined;
  }

  #remember(uid: string, run: ClusterStagedUpdateRun): void {
    this.#last.delete(uid);
    this.#last.set(uid, run);
    const [oldest] = this.#last.keys();
    if (this.#last.size > remembered && oldest !== undefined) this.#last.delete(oldest);
  }
}

function show(status: UpdateRunStatus, metadata: ObjectMeta, progress: PackedProgress): UpdateRunStatus {
  const { stagesStatus = [], deletionStageStatus } = status;
  const stages = stagesStatus.map(({ clusters }) => clusters.length);
  const removals = deletionStageStatus?.clusters.length ?? 0;
  return renderStatus(status, metadata, unpackProgress(progress, { stages, removals }));
}
