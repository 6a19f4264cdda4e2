/** A queue of keys for loops that compare desired and actual: what happened does not count, only where to look. */
import { backoffDelay } from './backoff.ts';

export interface WorkQueueOptions {
  /** How many keys are processed at a time. */
  concurrency: number;
  /**
   * Brings the object behind a key to where it should be. Never runs twice at a time for one key.
   * @param signal aborted when the queue stops
   */
  // eslint-disable-next-line @typescript-eslint/no-invalid-void-type -- functions that return nothing on some paths fit
  process(key: string, signal: AbortSignal): Promise<Requeue | void>;
  /** Told of every failure; the key is tried again by itself. `attempt` counts failures in a row, from 1. */
  onError(key: string, error: unknown, attempt: number): void;
  /** @default 100 */
  firstRetryMs?: number;
  /** @default 30000 */
  maxRetryMs?: number;
}

/** How much a queue has to do and has done. */
export type QueueFigures = Pick<WorkQueue, 'depth' | 'processed'>;

/** What `process` answers when it wants to be called again without an event. */
export interface Requeue {
  requeueAfterMs: number;
}

/**
 * Processes keys. A key that is added many times while it waits is processed once; one that is added while it is being
 * processed is processed once more afterwards. Of several delays for one key the shortest counts, so `process` must
 * say again when it wants to be called next.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions;
  readonly #waiting = new Set<string>();
  readonly #running = new Set<string>();
  readonly #delayed = new Map<string, { due: number; timer: NodeJS.Timeout }>();
  readonly #failures = new Map<string, number>();
  readonly #stopping = new AbortController();
  #idle = Promise.withResolvers<undefined>();
  #processed = 0;

  constructor(options: WorkQueueOptions) {
    this.#options = options;
    this.#idle.resolve(undefined);
  }

  /** Keys that wait or are being processed. Delayed keys do not count. */
  get depth(): number {
    return new Set([...this.#waiting, ...this.#running]).size;
  }

  /** How often a key has been processed, well or not. */
  get processed(): number {
    return this.#processed;
  }

  /** Has a key processed as soon as possible. Ignored after {@link stop}. */
  add(key: string): void {
    if (this.#stopping.signal.aborted) {
      return;
    }
    if (this.#isIdle) {
      this.#idle = Promise.withResolvers();
    }
    this.#waiting.add(key);
    this.#startNext();
  }

  /** Has a key processed in `ms` milliseconds, or earlier if something else asks for that. */
  addAfter(key: string, ms: number): void {
    if (this.#stopping.signal.aborted) {
      return;
    }
    const due = Date.now() + ms;
    const present = this.#delayed.get(key);
    if (present !== undefined && present.due <= due) {
      return;
    }
    clearTimeout(present?.timer);
    const timer = setTimeout(() => {
      this.#delayed.delete(key);
      this.add(key);
    }, ms);
    this.#delayed.set(key, { due, timer });
  }

  /** Resolves when no key waits or is being processed. Delayed keys do not count. */
  async idle(): Promise<void> {
    await this.#idle.promise;
  }

  /** Starts nothing more and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopping.abort(new Error('The queue was stopped.'));
    for (const { timer } of this.#delayed.values()) {
      clearTimeout(timer);
    }
    this.#delayed.clear();
    this.#waiting.clear();
    this.#settleIdle();
    await this.idle();
  }

  get #isIdle(): boolean {
    return this.#waiting.size === 0 && this.#running.size === 0;
  }

  #startNext(): void {
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#options.concurrency) {
        return;
      }
      if (!this.#running.has(key)) {
        this.#waiting.delete(key);
        this.#running.add(key);
        void this.#run(key);
      }
    }
  }

  async #run(key: string): Promise<void> {
    try {
      const result = await this.#options.process(key, this.#stopping.signal);
      this.#failures.delete(key);
      if (result !== undefined) {
        this.addAfter(key, result.requeueAfterMs);
      }
    } catch (error) {
      this.#failed(key, error);
    }
    this.#processed += 1;
    this.#running.delete(key);
    this.#startNext();
    this.#settleIdle();
  }

  #failed(key: string, error: unknown): void {
    if (this.#stopping.signal.aborted) {
      return;
    }
    const attempt = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, attempt);
    this.#options.onError(key, error, attempt);
    const { firstRetryMs = 100, maxRetryMs = 30_000 } = this.#options;
    this.addAfter(key, backoffDelay({ firstMs: firstRetryMs, maxMs: maxRetryMs }, attempt));
  }

  #settleIdle(): void {
    if (this.#isIdle) {
      this.#idle.resolve(undefined);
    }
  }
}
