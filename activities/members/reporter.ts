/** Tells the workflow why a cluster waits: at once when it begins to, then only when the reason changes. */
import type { MemberDependencies } from './dependencies.ts';
import { unreachableReason } from './memberTrouble.ts';

/** The last report before the activity ends may take this long. */
const lastReportMs = 2_000;

/** What a reporter needs of the activity's dependencies. */
export type ReporterDependencies = Pick<MemberDependencies, 'reportCluster' | 'log'>;

/** Reports about one cluster, in order and one at a time; one that fails is sent again as long as it is true. */
export class ClusterReporter {
  readonly #cluster: string;
  readonly #dependencies: ReporterDependencies;
  readonly #intervalMs: number;
  #reason = '';
  #since = '';
  #sentReason = '';
  #sentAt = -Infinity;
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param intervalMs least distance between two reports */
  constructor(cluster: string, dependencies: ReporterDependencies, intervalMs: number) {
    this.#cluster = cluster;
    this.#dependencies = dependencies;
    this.#intervalMs = intervalMs;
  }

  /** Why the cluster waits now; `''` when it does not. */
  get reason(): string {
    return this.#reason;
  }

  /** Takes note of a reason, `''` for none. Returns at once; the report goes out by itself. */
  report(reason: string): void {
    if (reason === this.#reason) return;
    this.#reason = reason;
    this.#since = new Date().toISOString();
    const { log } = this.#dependencies;
    if (reason === '') log.info({ cluster: this.#cluster }, 'The cluster goes on.');
    else log.warn({ cluster: this.#cluster, reason }, 'The cluster waits.');
    this.#schedule();
  }

  /** Waits for an answer. If there is none after `silenceMs`, that is reported until it comes. */
  async awaitAnswer<T>(answer: Promise<T>, silenceMs: number): Promise<T> {
    const silence = unreachableReason(this.#cluster, 'no answer yet');
    const timer = setTimeout(() => {
      this.report(silence);
    }, silenceMs);
    try {
      const result = await answer;
      if (this.#reason === silence) this.report('');
      return result;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends the reporting. Where the workflow still believes in a trouble that is over, it is told first. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await withinTime(this.#sending);
    if (this.#reason === '' && this.#sentReason !== '') await withinTime(this.#deliver());
  }

  #schedule(): void {
    if (this.#closed || this.#timer !== undefined || this.#sending !== undefined) return;
    if (this.#reason === this.#sentReason) return;
    const pause = this.#sentAt + this.#intervalMs - Date.now();
    if (pause <= 0) {
      void this.#deliver();
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#schedule();
    }, pause);
  }

  #deliver(): Promise<void> {
    const report = { cluster: this.#cluster, reason: this.#reason, since: this.#since };
    this.#sentAt = Date.now();
    this.#sending = this.#dependencies
      .reportCluster(report)
      .then(
        () => {
          this.#sentReason = report.reason;
        },
        (error: unknown) => {
          const fields = { cluster: this.#cluster, err: error };
          this.#dependencies.log.warn(fields, 'The workflow could not be told why the cluster waits.');
        },
      )
      .then(() => {
        this.#sending = undefined;
        this.#schedule();
      });
    return this.#sending;
  }
}

async function withinTime(report: Promise<void> | undefined): Promise<void> {
  if (report === undefined) return;
  const timeout = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    timeout.resolve(undefined);
  }, lastReportMs);
  await Promise.race([report, timeout.promise]);
  clearTimeout(timer);
}
