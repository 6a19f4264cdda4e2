/** Watches hub and members and remembers when what was first seen. All times are from this process's own clock. */
import { clusterKinds } from '../../api/kinds.ts';
import { findCondition } from '../../api/conditions.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer, type InformerEvent } from '../../kube/informer.ts';
import { configMapName, configMaps, namespaceName } from './objects.ts';

const deadlineMs = 60_000;

export class Observation {
  readonly #seen = new Map<string, PromiseWithResolvers<number>>();
  readonly #informers: Informer<KubernetesObject>[] = [];

  /** Starts watching; resolves when every watch is open. */
  static async start(hub: KubernetesClient, members: ReadonlyMap<string, KubernetesClient>): Promise<Observation> {
    const observation = new Observation();
    observation.#watch(hub, clusterKinds.run, {}, ({ object }) => {
      observation.#runChanged(object);
    });
    observation.#watch(hub, clusterKinds.approvalRequest, {}, ({ type, object }) => {
      if (type !== 'deleted') observation.#note(`request ${object.spec.parentStageRollout}`);
    });
    observation.#watch(hub, clusterKinds.resourceSnapshot, {}, ({ object }) => {
      observation.#note(`snapshot ${object.metadata.name}`);
    });
    for (const [name, client] of members) {
      const only = { namespace: namespaceName, fieldSelector: `metadata.name=${configMapName}` };
      observation.#watch(client, configMaps, only, ({ object }) => {
        observation.#note(`${name} has ${object.data?.key ?? ''}`);
      });
    }
    await Promise.all(observation.#informers.map((informer) => informer.synced));
    return observation;
  }

  /** When something was first seen, in milliseconds; waits until it is. */
  async when(what: string): Promise<number> {
    const deadline = AbortSignal.timeout(deadlineMs);
    const expired = new Promise<never>((_, reject) => {
      deadline.addEventListener('abort', () => {
        reject(new Error(`Waited ${String(deadlineMs / 1_000)} s in vain for: ${what}.`));
      });
    });
    return Promise.race([this.#entry(what).promise, expired]);
  }

  stop(): void {
    for (const informer of this.#informers) informer.stop();
  }

  #watch<T extends KubernetesObject>(
    client: KubernetesClient,
    definition: ConstructorParameters<typeof Informer<T>>[1],
    selection: { namespace?: string; fieldSelector?: string },
    onEvent: (event: InformerEvent<T>) => void,
  ): void {
    const informer = new Informer<T>(client, definition, { ...selection, onEvent });
    informer.start();
    this.#informers.push(informer);
  }

  #runChanged({ metadata, status }: ClusterStagedUpdateRun): void {
    for (const cluster of (status?.stagesStatus ?? []).flatMap((stage) => stage.clusters)) {
      if (findCondition(cluster.conditions, 'Succeeded')?.status === 'True') {
        this.#note(`${metadata.name} ${cluster.clusterName} succeeded`);
      }
    }
    for (const stage of status?.stagesStatus ?? []) {
      const progressing = findCondition(stage.conditions, 'Progressing');
      if (progressing?.status === 'False') this.#note(`${metadata.name} ${stage.stageName} updated`);
    }
    if (findCondition(status?.conditions, 'Succeeded')?.status === 'True') this.#note(`${metadata.name} succeeded`);
  }

  #note(what: string): void {
    this.#entry(what).resolve(performance.now());
  }

  #entry(what: string): PromiseWithResolvers<number> {
    const entry = this.#seen.get(what) ?? Promise.withResolvers<number>();
    this.#seen.set(what, entry);
    return entry;
  }
}
