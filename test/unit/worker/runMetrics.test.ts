import { beforeEach, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { countByPhase } from '../../../domain/runs/objectPhase.ts';
import type { RunStatusLabels } from '../../../domain/runs/runMetrics.ts';
import { RunMetrics } from '../../../worker/runMetrics.ts';

let registry: Registry;
let metrics: RunMetrics;

beforeEach(() => {
  registry = new Registry();
  metrics = new RunMetrics(registry);
  metrics.begin(() => ({ ...countByPhase([]), Updating: 2 }));
});

/** Lines of one family, without its name. */
async function series(name: string): Promise<string[]> {
  const lines = (await registry.metrics()).split('\n');
  return lines.filter((line) => line.startsWith(name)).map((line) => line.slice(name.length));
}

const run = (name: string) => ({ namespace: '', name });
const status = (name: string, reason: string): RunStatusLabels => ({
  ...run(name),
  state: 'Run',
  condition: 'Progressing',
  status: 'False',
  reason,
  failureType: 'none',
});

const statuses = 'fleet_workload_update_run_status_last_timestamp_seconds';
const approvals = 'fleet_workload_update_run_approval_request_latency_seconds';
const stages = 'fleet_workload_update_run_stage_cluster_updating_duration_seconds';

test('a run keeps the statuses that it had', async () => {
  metrics.statusSeen(status('a', 'UpdateRunWaiting'), 1_753_218_000);
  metrics.statusSeen(status('a', 'UpdateRunStopped'), 1_753_218_060.001);
  metrics.statusSeen(status('a', 'UpdateRunWaiting'), 1_753_218_090.5);
  const labels = (reason: string) =>
    `{namespace="",name="a",state="Run",condition="Progressing",status="False",reason="${reason}",failureType="none"}`;
  expect(await series(statuses)).toEqual([
    `${labels('UpdateRunWaiting')} 1753218090.5`,
    `${labels('UpdateRunStopped')} 1753218060.001`,
  ]);
});

test('durations fall into the documented buckets', async () => {
  metrics.approvalGiven(run('a'), 'afterStage', 400);
  metrics.stageUpdated(run('a'), 31);
  expect(await series(approvals)).toEqual([
    ...[60, 300].map((le) => `_bucket{le="${String(le)}",namespace="",name="a",taskType="afterStage"} 0`),
    ...[900, 1800, 3600, 7200, 21600, 43200, 86400, '+Inf'].map(
      (le) => `_bucket{le="${String(le)}",namespace="",name="a",taskType="afterStage"} 1`,
    ),
    '_sum{namespace="",name="a",taskType="afterStage"} 400',
    '_count{namespace="",name="a",taskType="afterStage"} 1',
  ]);
  expect(await series(stages)).toEqual([
    ...[15, 30].map((le) => `_bucket{le="${String(le)}",namespace="",name="a"} 0`),
    ...[60, 120, 300, 600, 1800, 3600, '+Inf'].map((le) => `_bucket{le="${String(le)}",namespace="",name="a"} 1`),
    '_sum{namespace="",name="a"} 31',
    '_count{namespace="",name="a"} 1',
  ]);
});

test('the series of a deleted run go, and only those', async () => {
  for (const name of ['a', 'b']) {
    metrics.statusSeen(status(name, 'UpdateRunWaiting'), 1);
    metrics.statusSeen(status(name, 'UpdateRunStopped'), 2);
    metrics.approvalGiven(run(name), 'beforeStage', 1);
    metrics.approvalGiven(run(name), 'afterStage', 1);
    metrics.stageUpdated(run(name), 1);
  }
  metrics.forget(run('a'));
  expect(await registry.metrics()).not.toContain('name="a"');
  expect(await series(statuses)).toHaveLength(2);
  expect(await series(`${approvals}_count`)).toHaveLength(2);
  expect(await series(`${stages}_count`)).toHaveLength(1);
});

test('runs are counted when somebody asks, and by nobody who does not lead', async () => {
  metrics.statusSeen(status('a', 'UpdateRunWaiting'), 1);
  expect(await series('flotilla_runs')).toContain('{phase="Updating"} 2');
  expect(await series('flotilla_runs')).toContain('{phase="Failed"} 0');
  metrics.end();
  expect(await series('flotilla_runs')).toEqual([]);
  expect(await series(statuses)).toEqual([]);
  metrics.begin(() => countByPhase([]));
  expect(await series('flotilla_runs')).toContain('{phase="Updating"} 0');
});
