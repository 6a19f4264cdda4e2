/**
 * Lets a bounded number of pieces of work run at once, first come first served. Hundreds of clusters that all begin in
 * one moment would otherwise keep each other waiting until none of them shows a sign of life in time.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /** @param atOnce how many pieces of work may run at once */
  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Runs `work` when it is its turn. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The turn is handed over, so that nobody can come in between.
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
