/**
 * Brings progress to the hub, one write at a time: what changes during a write goes out with the next one.
 * Single changes go out at once. Only a long series is spaced, so that a run over thousands of clusters does not
 * spend itself on its status.
 */
import { condition } from '@temporalio/workflow';

/** So many writes may follow each other without a pause. */
const burst = 12;
/** After a burst, one write in so many milliseconds. */
const spacingMs = 250;
/** At least so many times the duration of the last write lies between two writes of a series. */
const spacingFactor = 10;

export class StatusWriter {
  readonly #write: () => Promise<boolean>;
  #dirty = false;
  #finishing = false;
  #allowance = burst;
  #lastStart = 0;
  #lastDuration = 0;

  /** @param write performs one write of whatever is current; false when there is nothing any more to write to. */
  constructor(write: () => Promise<boolean>) {
    this.#write = write;
  }

  /** Says that there is something new to show. */
  changed(): void {
    this.#dirty = true;
  }

  /** Writes until {@link finish}; returns when everything is written. */
  async run(): Promise<void> {
    for (;;) {
      await condition(() => this.#dirty || this.#finishing);
      if (!this.#dirty) return;
      await this.#pause();
      this.#dirty = false;
      this.#lastStart = Date.now();
      if (!(await this.#write())) return;
      this.#lastDuration = Date.now() - this.#lastStart;
    }
  }

  /** Lets {@link run} return after a last write of what is still unwritten. */
  finish(): void {
    this.#finishing = true;
  }

  async #pause(): Promise<void> {
    const spacing = Math.max(spacingMs, spacingFactor * this.#lastDuration);
    this.#allowance = Math.min(burst, this.#allowance + (Date.now() - this.#lastStart) / spacing);
    if (this.#allowance < 1 && !this.#finishing) {
      await condition(() => this.#finishing, Math.ceil((1 - this.#allowance) * spacing));
      this.#allowance = 1;
    }
    this.#allowance = Math.max(0, this.#allowance - 1);
  }
}
