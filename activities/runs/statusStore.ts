/**
 * Writes the status of runs. The last written object of each run is remembered, so that a write needs no read;
 * a write that meets a newer object reads it and is made again on top of that.
 */
import { kinds } from '../../api/kinds.ts';
import type { ClusterStagedUpdateRun, UpdateRunStatus } from '../../api/types/clusterstagedupdaterun.ts';
import { unpackProgress, type PackedProgress } from '../../domain/runs/packedProgress.ts';
import { isOver } from '../../domain/runs/over.ts';
import { renderStatus } from '../../domain/runs/status.ts';
import { fitStatus } from '../../domain/runs/statusSize.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isConflict, isNotFound } from '../../kube/errors.ts';

/** So many runs are remembered; the one unused for longest is forgotten first. */
const remembered = 500;

export class RunStatusStore {
  readonly #hub: KubernetesClient;
  readonly #last = new Map<string, ClusterStagedUpdateRun>();

  constructor(hub: KubernetesClient) {
    this.#hub = hub;
  }

  /** Shows progress on top of the frozen plan that stands in the run's status. */
  async writeProgress(name: string, uid: string, progress: PackedProgress): Promise<{ gone: boolean }> {
    const run = this.#last.get(uid) ?? (await this.#read(name, uid));
    if (run === undefined) return { gone: true };
    const isStale = (current: ClusterStagedUpdateRun): boolean => isOver(current) && progress.outcome === undefined;
    const written = await this.write(
      run,
      (status, generation) => fitStatus(show(status, generation, progress)),
      isStale,
    );
    if (written !== undefined && progress.outcome !== undefined) this.#last.delete(uid);
    return { gone: written === undefined };
  }

  /**
   * Writes what `render` makes of the present status.
   * @param run any version of the object
   * @param isStale asked when the object turns out to be newer: whether this write comes too late and must not be made.
   * An attempt that Temporal has given up may still be on its way here.
   * @returns the object as it is now; `undefined` when it is gone or another one has its name
   */
  async write(
    run: ClusterStagedUpdateRun,
    render: (status: UpdateRunStatus, generation: number) => UpdateRunStatus,
    isStale: (current: ClusterStagedUpdateRun) => boolean,
  ): Promise<ClusterStagedUpdateRun | undefined> {
    const { name, uid = '' } = run.metadata;
    let current: ClusterStagedUpdateRun | undefined = run;
    while (current !== undefined) {
      try {
        const status = render(current.status ?? {}, current.metadata.generation ?? 1);
        const written = await this.#hub.replaceStatus(kinds.run, { ...current, status });
        this.#remember(uid, written);
        return written;
      } catch (error) {
        if (!isConflict(error) && !isNotFound(error)) throw error;
        current = await this.#read(name, uid);
        if (current !== undefined && isStale(current)) return current;
      }
    }
    this.#last.delete(uid);
    return undefined;
  }

  async #read(name: string, uid: string): Promise<ClusterStagedUpdateRun | undefined> {
    const run = await this.#hub.find(kinds.run, name);
    return run?.metadata.uid === uid ? run : undefined;
  }

  #remember(uid: string, run: ClusterStagedUpdateRun): void {
    this.#last.delete(uid);
    this.#last.set(uid, run);
    const [oldest] = this.#last.keys();
    if (this.#last.size > remembered && oldest !== undefined) this.#last.delete(oldest);
  }
}

function show(status: UpdateRunStatus, generation: number, progress: PackedProgress): UpdateRunStatus {
  const { stagesStatus = [], deletionStageStatus } = status;
  const stages = stagesStatus.map(({ clusters }) => clusters.length);
  const removals = deletionStageStatus?.clusters.length ?? 0;
  return renderStatus(status, generation, unpackProgress(progress, { stages, removals }));
}
