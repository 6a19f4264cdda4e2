/**
 * The inventory on the member: an AppliedWork that owns everything that was applied for one placement.
 * It is written before the objects, so that nothing can be on the member that it does not know of.
 */
import { apiVersionOf } from '../../api/meta.ts';
import { kinds } from '../../api/kinds.ts';
import type { AppliedWork, AppliedWorkStatus } from '../../api/types/appliedwork.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isAlreadyExists, isConflict, isKindNotServed, isNotFound } from '../../kube/errors.ts';
import { ClusterTrouble, Overtaken } from './interruptions.ts';
import { clusterTrouble } from './memberTrouble.ts';

/** Reads and writes one placement's inventory on one member. */
export class AppliedWorks {
  readonly #client: KubernetesClient;
  readonly #name: string;
  readonly #signal: AbortSignal;

  constructor(client: KubernetesClient, name: string, signal: AbortSignal) {
    this.#client = client;
    this.#name = name;
    this.#signal = signal;
  }

  /** A member that does not even serve the kind has no inventory either. */
  find(): Promise<AppliedWork | undefined> {
    return this.#explained(async () => {
      try {
        return await this.#client.find(kinds.appliedWork, this.#name, undefined, this.#signal);
      } catch (error) {
        if (isKindNotServed(error)) return undefined;
        throw error;
      }
    });
  }

  /** @param hubNamespace the member's namespace on the hub */
  create(hubNamespace: string): Promise<AppliedWork> {
    const work: AppliedWork = {
      apiVersion: apiVersionOf(kinds.appliedWork),
      kind: kinds.appliedWork.kind,
      metadata: { name: this.#name },
      spec: { workName: this.#name, workNamespace: hubNamespace },
    };
    return this.#explained(() => this.#client.create(kinds.appliedWork, work, { signal: this.#signal }));
  }

  /** @throws Overtaken when somebody else has written it meanwhile */
  replaceStatus(work: AppliedWork, status: AppliedWorkStatus): Promise<AppliedWork> {
    return this.#explained(() =>
      this.#client.replaceStatus(kinds.appliedWork, { ...work, status }, { signal: this.#signal }),
    );
  }

  /** Asks for the deletion of exactly this inventory and, before it, of everything that it owns. */
  async delete(work: AppliedWork): Promise<void> {
    const options = { propagationPolicy: 'Foreground', uid: work.metadata.uid, signal: this.#signal } as const;
    await this.#explained(() => this.#client.delete(kinds.appliedWork, this.#name, options));
  }

  async #explained<T>(request: () => Promise<T>): Promise<T> {
    this.#signal.throwIfAborted();
    try {
      return await request();
    } catch (error) {
      if (isKindNotServed(error)) {
        const { name } = this.#client;
        throw new ClusterTrouble(
          `Cluster ${name} does not serve kind AppliedWork: run flotilla join ${name} again, it installs the definition.`,
          { stage: 'notApplied' },
        );
      }
      if (isConflict(error) || isNotFound(error) || isAlreadyExists(error)) {
        throw new Overtaken(error.message, { cause: error });
      }
      throw clusterTrouble(error);
    }
  }
}
