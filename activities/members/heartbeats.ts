/** Heartbeats of all activities for members that one worker runs. */

/** Below half of the heartbeat timeout in `workflows/proxies.ts`, so that one that is lost ends nothing. */
const longestMs = 2_000;

/** However many activities there are, they do not beat more often than every so many milliseconds taken together. */
const spacingMs = 5;

/**
 * An activity hears with a heartbeat that it was cancelled, so few activities beat often; each heartbeat is a write for
 * Temporal, so many beat rarely. One that ends before its first costs none.
 */
export class Heartbeats {
  readonly #shortestMs: number;
  #activities = 0;

  /** @param shortestMs between two heartbeats of an activity */
  constructor(shortestMs: number) {
    this.#shortestMs = shortestMs;
  }

  /** Beats for an activity until the returned function is called. */
  begin(heartbeat: () => void): () => void {
    this.#activities += 1;
    const beat = (): void => {
      heartbeat();
      timer = setTimeout(beat, this.#pauseMs);
    };
    let timer = setTimeout(beat, this.#pauseMs);
    return () => {
      clearTimeout(timer);
      this.#activities -= 1;
    };
  }

  get #pauseMs(): number {
    return Math.max(this.#shortestMs, Math.min(this.#activities * spacingMs, longestMs));
  }
}
