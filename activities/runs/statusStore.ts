/**
 * Writes the status of runs. The last written object of each run is remembered, so that a write needs no read;
 * a write that meets a newer object reads it and is made again on top of that.
 */
import { kinds } from '../../api/kinds.ts';
import type { ClusterStagedUpdateRun, UpdateRunStatus } from '../../api/types/clusterstagedupdaterun.ts';
import type { RunProgress } from '../../domain/runs/progress.ts';
import { renderStatus } from '../../domain/runs/status.ts';
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
  async writeProgress(name: string, uid: string, progress: RunProgress): Promise<{ gone: boolean }> {
    const run = this.#last.get(uid) ?? (await this.#read(name, uid));
    if (run === undefined) return { gone: true };
    const written = await this.write(run, (status, generation) => renderStatus(status, generation, progress));
    if (written !== undefined && progress.outcome !== undefined) this.#last.delete(uid);
    return { gone: written === undefined };
  }

  /**
   * Writes what `render` makes of the present status.
   * @param run any version of the object
   * @returns the written object; `undefined` when it is gone or another one has its name
   */
  async write(
    run: ClusterStagedUpdateRun,
    render: (status: UpdateRunStatus, generation: number) => UpdateRunStatus,
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
