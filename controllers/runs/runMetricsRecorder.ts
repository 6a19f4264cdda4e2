/** Turns what happens to runs on the hub into metrics. */
import type { RunPhase } from '../../api/temporal.ts';
import { nameOf } from '../../api/references.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { countByPhase } from '../../domain/runs/objectPhase.ts';
import { runLabels, runSamples } from '../../domain/runs/runMetrics.ts';
import type { ApprovalTaskType, RunLabels, RunStatusLabels } from '../../domain/runs/runMetrics.ts';
import type { InformerEvent } from '../../kube/informer.ts';
import type { HubCaches } from '../caches.ts';

/** Where the metrics of runs are kept and exported. */
export interface RunMetricsSink {
  /** From now on the runs are counted here; `count` is asked whenever somebody fetches metrics. */
  begin(count: () => Record<RunPhase, number>): void;
  /** `at` is seconds since the epoch. */
  statusSeen(labels: RunStatusLabels, at: number): void;
  approvalGiven(run: RunLabels, taskType: ApprovalTaskType, seconds: number): void;
  stageUpdated(run: RunLabels, seconds: number): void;
  /** The run is gone, and with it everything that was told about it. */
  forget(run: RunLabels): void;
  /** Somebody else counts from now on: nothing is left here. */
  end(): void;
}

export interface RunMetricsRecorderDependencies {
  caches: Pick<HubCaches, 'on' | 'items'>;
  sink: RunMetricsSink;
  /** Epoch milliseconds. @default Date.now */
  now?: () => number;
}

/**
 * Runs with the loops, so in one worker at a time: every worker watches every run, and if each of them counted, a sum
 * over the workers would count an approval as often as there are workers. Whoever takes the Lease over begins with the
 * status of each run and without observations: those of before belong to the worker that made them.
 */
export class RunMetricsRecorder {
  readonly #caches: Pick<HubCaches, 'on' | 'items'>;
  readonly #sink: RunMetricsSink;
  readonly #now: () => number;
  /** When a run's status was told last, by reference, in epoch milliseconds. */
  readonly #toldAt = new Map<string, number>();
  #unsubscribe: (() => void) | undefined;

  constructor({ caches, sink, now = Date.now }: RunMetricsRecorderDependencies) {
    this.#caches = caches;
    this.#sink = sink;
    this.#now = now;
  }

  /** The caches need not be synced yet: what they hold later comes as events. */
  start(): void {
    this.#sink.begin(() => countByPhase(this.#caches.items('run')));
    this.#unsubscribe = this.#caches.on('run', (event) => this.#runChanged(event));
    for (const run of this.#caches.items('run')) this.#record(undefined, run);
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#toldAt.clear();
    this.#sink.end();
  }

  #runChanged({ type, object, previous }: InformerEvent<ClusterStagedUpdateRun>): void {
    if (type !== 'deleted') {
      this.#record(previous, object);
      return;
    }
    this.#toldAt.delete(nameOf(object));
    this.#sink.forget(runLabels(object));
  }

  #record(previous: ClusterStagedUpdateRun | undefined, run: ClusterStagedUpdateRun): void {
    const labels = runLabels(run);
    const { status, approvals, stageSeconds } = runSamples(previous, run);
    if (status !== undefined) this.#sink.statusSeen(status, this.#timeFor(nameOf(run)));
    for (const { taskType, seconds } of approvals) this.#sink.approvalGiven(labels, taskType, seconds);
    for (const seconds of stageSeconds) this.#sink.stageUpdated(labels, seconds);
  }

  /**
   * Seconds since the epoch, later for each status of a run: the latest of them tells which one is the present one, and
   * two changes may come within one millisecond.
   */
  #timeFor(run: string): number {
    const at = Math.max(this.#now(), (this.#toldAt.get(run) ?? 0) + 1);
    this.#toldAt.set(run, at);
    return at / 1_000;
  }
}
