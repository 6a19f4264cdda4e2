/** What the worker depends on and whether it is there: the source of /readyz and of one log line for each change. */
import type { Logger } from './logger.ts';

/** One dependency. `check` resolves when it is usable and rejects with a sentence that says why not. */
export interface Dependency {
  /** As /readyz names it, for example `temporal`. */
  name: string;
  check(signal: AbortSignal): Promise<void>;
}

/** State of one dependency for /readyz. */
export interface DependencyState {
  name: string;
  ready: boolean;
  /** Why it is not ready. */
  message?: string;
}

export interface HealthOptions {
  log: Logger;
  /** A ceiling for noticing in the log; /readyz checks afresh when the last check is older than a second. */
  intervalMs?: number;
  /** Time for one check. */
  timeoutMs?: number;
}

const freshForMs = 1_000;

/** Watches dependencies. They are down until the first check. */
export class Health {
  readonly #dependencies: Dependency[];
  readonly #options: Required<HealthOptions>;
  readonly #states = new Map<string, DependencyState>();
  #checkedAt = Number.NEGATIVE_INFINITY;
  #running: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(dependencies: Dependency[], options: HealthOptions) {
    this.#dependencies = dependencies;
    this.#options = { intervalMs: 5_000, timeoutMs: 2_000, ...options };
  }

  start(): void {
    this.#timer = setInterval(() => void this.check(), this.#options.intervalMs);
    void this.check();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** The state of everything, at most a second old. */
  async states(): Promise<DependencyState[]> {
    if (performance.now() - this.#checkedAt > freshForMs) await this.check();
    return this.#dependencies.flatMap(({ name }) => this.#states.get(name) ?? []);
  }

  /** Checks everything now. One check at a time: callers that come meanwhile share it. */
  check(): Promise<void> {
    this.#running ??= Promise.all(this.#dependencies.map((dependency) => this.#checkOne(dependency)))
      .then(() => {
        this.#checkedAt = performance.now();
      })
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #checkOne(dependency: Dependency): Promise<void> {
    const { name } = dependency;
    const before = this.#states.get(name);
    const state = await outcome(dependency, this.#options.timeoutMs);
    this.#states.set(name, state);
    if (state.ready && before?.ready === false)
      this.#options.log.info({ dependency: name }, `Dependency ${name} is ready`);
    if (state.ready || before?.ready === false) return;
    // At the start everything takes its moment.
    const level = before === undefined ? 'info' : 'warn';
    this.#options.log[level]({ dependency: name, reason: state.message }, `Dependency ${name} is not ready`);
  }
}

async function outcome(dependency: Dependency, timeoutMs: number): Promise<DependencyState> {
  const { name } = dependency;
  const signal = AbortSignal.timeout(timeoutMs);
  const expired = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`gave no answer within ${String(timeoutMs)} ms`)));
  });
  try {
    await Promise.race([dependency.check(signal), expired]);
    return { name, ready: true };
  } catch (error) {
    return { name, ready: false, message: error instanceof Error ? error.message : String(error) };
  }
}
