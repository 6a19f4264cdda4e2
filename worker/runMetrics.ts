/** The families of metrics about staged update runs, under the names that the reference system gave them. */
import { Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { RunPhase } from '../api/temporal.ts';
import type { RunMetricsSink } from '../controllers/runs/runMetricsRecorder.ts';
import type { ApprovalTaskType, RunLabels, RunStatusLabels } from '../domain/runs/runMetrics.ts';

/** See {@link RunMetricsSink}. Exports nothing between {@link end} and {@link begin}. */
export class RunMetrics implements RunMetricsSink {
  readonly #status: Gauge<keyof RunStatusLabels>;
  readonly #approvals: Histogram<keyof RunLabels | 'taskType'>;
  readonly #stages: Histogram<keyof RunLabels>;
  readonly #runs: Gauge<'phase'>;
  /** Every combination of labels that a run has had, by run: they stay, as its history, until the run is deleted. */
  readonly #told = new Map<string, Map<string, RunStatusLabels>>();
  #count: (() => Record<RunPhase, number>) | undefined;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#status = new Gauge({
      name: 'fleet_workload_update_run_status_last_timestamp_seconds',
      help: 'When a run was last seen in this status, in seconds since the epoch; the latest one is its present status.',
      labelNames: ['namespace', 'name', 'state', 'condition', 'status', 'reason', 'failureType'],
      registers,
    });
    this.#approvals = new Histogram({
      name: 'fleet_workload_update_run_approval_request_latency_seconds',
      help: 'Time from asking for an approval to getting it.',
      labelNames: ['namespace', 'name', 'taskType'],
      buckets: [60, 300, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400],
      registers,
    });
    this.#stages = new Histogram({
      name: 'fleet_workload_update_run_stage_cluster_updating_duration_seconds',
      help: 'Time from the start of the first cluster of a stage until all of them are updated.',
      labelNames: ['namespace', 'name'],
      buckets: [15, 30, 60, 120, 300, 600, 1_800, 3_600],
      registers,
    });
    this.#runs = new Gauge({
      name: 'flotilla_runs',
      help: 'Number of runs on the hub by phase, in the words of the search attribute FlotillaPhase.',
      labelNames: ['phase'],
      registers,
      collect: () => this.#countRuns(),
    });
  }

  begin(count: () => Record<RunPhase, number>): void {
    this.#count = count;
  }

  statusSeen(labels: RunStatusLabels, at: number): void {
    this.#status.set({ ...labels }, at);
    const told = this.#told.get(keyOf(labels)) ?? new Map<string, RunStatusLabels>();
    told.set(JSON.stringify(Object.values(labels)), labels);
    this.#told.set(keyOf(labels), told);
  }

  approvalGiven({ namespace, name }: RunLabels, taskType: ApprovalTaskType, seconds: number): void {
    this.#approvals.observe({ namespace, name, taskType }, seconds);
  }

  stageUpdated({ namespace, name }: RunLabels, seconds: number): void {
    this.#stages.observe({ namespace, name }, seconds);
  }

  forget({ namespace, name }: RunLabels): void {
    const key = keyOf({ namespace, name });
    for (const labels of this.#told.get(key)?.values() ?? []) this.#status.remove({ ...labels });
    this.#told.delete(key);
    for (const taskType of ['beforeStage', 'afterStage']) this.#approvals.remove({ namespace, name, taskType });
    this.#stages.remove({ namespace, name });
  }

  end(): void {
    this.#count = undefined;
    this.#told.clear();
    for (const family of [this.#status, this.#approvals, this.#stages]) family.reset();
  }

  #countRuns(): void {
    this.#runs.reset();
    for (const [phase, number] of Object.entries(this.#count?.() ?? {})) this.#runs.set({ phase }, number);
  }
}

function keyOf({ namespace, name }: RunLabels): string {
  return `${namespace}/${name}`;
}
