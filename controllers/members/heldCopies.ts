/** What keeps a member from removing its copies, for as long as it leaves the fleet. */
import { HeldObjects } from '../../activities/members/heldObjects.ts';
import type { AppliedWork } from '../../api/types/appliedwork.ts';
import type { KubernetesClient } from '../../kube/client.ts';

/** Objects may take so long to go away before anybody looks for one that is held. */
const patienceMs = 1_000;
/** Which object is held is looked for so often. */
const searchIntervalMs = 5_000;

export interface HeldCopiesOptions {
  /** Milliseconds after which a search that is not over is given up until the next. */
  timeoutMs: number;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Remembers between two looks what was found, so that a member is not searched with each of them. */
export class HeldCopies {
  readonly #options: HeldCopiesOptions;
  /** By the uids of the inventories. */
  readonly #held = new Map<string, HeldObjects>();
  #searchDueAt: number;
  #found: { uid: string; sentence: string } | undefined;

  constructor(options: HeldCopiesOptions) {
    this.#options = options;
    this.#searchDueAt = options.now() + patienceMs;
  }

  /**
   * @param works the inventories that are being removed
   * @returns a sentence about an object of one of them that is held; undefined when none is known to be
   */
  async find(client: KubernetesClient, works: readonly AppliedWork[]): Promise<string | undefined> {
    const { timeoutMs, now } = this.#options;
    if (now() >= this.#searchDueAt) {
      this.#found = await this.#search(client, works, AbortSignal.timeout(timeoutMs));
      this.#searchDueAt = now() + searchIntervalMs;
    }
    return works.some((work) => uidOf(work) === this.#found?.uid) ? this.#found?.sentence : undefined;
  }

  async #search(
    client: KubernetesClient,
    works: readonly AppliedWork[],
    signal: AbortSignal,
  ): Promise<{ uid: string; sentence: string } | undefined> {
    const last = this.#found?.uid;
    // One that was held is likely to be so still.
    const inOrder = works.toSorted((left, right) => Number(uidOf(right) === last) - Number(uidOf(left) === last));
    for (const work of inOrder) {
      const uid = uidOf(work);
      const held = this.#held.get(uid) ?? new HeldObjects();
      this.#held.set(uid, held);
      try {
        const sentence = await held.find(client, work, signal);
        if (sentence !== undefined) return { uid, sentence };
      } catch (error) {
        if (signal.aborted) return undefined;
        throw error;
      }
    }
    return undefined;
  }
}

function uidOf({ metadata }: AppliedWork): string {
  return metadata.uid ?? metadata.name;
}
