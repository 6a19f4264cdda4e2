/** Watches runs and remembers when each was first seen to have succeeded, by this process's own clock. */
import { findCondition } from '../../api/conditions.ts';
import { clusterKinds } from '../../api/kinds.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';

const deadlineMs = 900_000;

export class RunWatch {
  readonly #informer: Informer<ClusterStagedUpdateRun>;
  readonly #ends = new Map<string, PromiseWithResolvers<number>>();

  private constructor(hub: KubernetesClient) {
    this.#informer = new Informer(hub, clusterKinds.run, {
      onEvent: ({ object }) => {
        this.#changed(object);
      },
    });
  }

  /** Resolves when the watch is open. */
  static async start(hub: KubernetesClient): Promise<RunWatch> {
    const watch = new RunWatch(hub);
    watch.#informer.start();
    await watch.#informer.synced;
    return watch;
  }

  /** When the run was seen to have succeeded, in milliseconds; rejects when it fails or takes too long. */
  async succeeded(run: string): Promise<number> {
    const expired = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      expired.reject(new Error(`Run ${run} did not succeed within ${String(deadlineMs / 1_000)} s.`));
    }, deadlineMs);
    try {
      return await Promise.race([this.#end(run).promise, expired.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  stop(): void {
    this.#informer.stop();
  }

  #changed({ metadata, status }: ClusterStagedUpdateRun): void {
    const succeeded = findCondition(status?.conditions, 'Succeeded');
    if (succeeded?.status === 'True') this.#end(metadata.name).resolve(performance.now());
    if (succeeded?.status === 'False') {
      this.#end(metadata.name).reject(new Error(`Run ${metadata.name} failed: ${succeeded.message}`));
    }
  }

  #end(run: string): PromiseWithResolvers<number> {
    const known = this.#ends.get(run);
    if (known !== undefined) return known;
    const end = Promise.withResolvers<number>();
    // A run may fail while nobody waits for it yet.
    end.promise.catch(() => undefined);
    this.#ends.set(run, end);
    return end;
  }
}
