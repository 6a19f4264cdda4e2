/** Lets through what is about one object, where several had the same name one after the other. */
import type { LogEntry } from './entries.ts';

export class UidGate {
  readonly #wanted: string | undefined;
  /** Of the present execution, as long as nobody knows whom it is about. */
  #held: LogEntry[] = [];
  readonly #others = new Set<string>();

  /** @param wanted uid of the object; without it everything passes */
  constructor(wanted: string | undefined) {
    this.#wanted = wanted;
  }

  /** Uids of other objects, the last one first. */
  get others(): string[] {
    return [...this.#others].reverse();
  }

  /**
   * @param uid of the object that the present execution is about, once it is known
   * @returns what is to be shown now
   */
  pass(entries: readonly LogEntry[], uid: string | undefined): LogEntry[] {
    this.#held.push(...entries);
    // What never finds its object is about the name, and told with whatever comes next.
    if (uid === undefined) return [];
    const held = this.#held;
    this.#held = [];
    if (this.#wanted === undefined || this.#wanted === uid) return held;
    this.#others.add(uid);
    return [];
  }

  /** What has never found its object. */
  rest(): LogEntry[] {
    return this.#held;
  }
}
