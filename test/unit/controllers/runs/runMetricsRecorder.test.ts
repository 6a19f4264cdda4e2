import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { conditionAt } from '../../../../api/conditions.ts';
import type { ConditionContent } from '../../../../api/conditions.ts';
import type { KubernetesObject, ResourceDefinition } from '../../../../api/meta.ts';
import { runConditions, taskConditions } from '../../../../api/runConditions.ts';
import type { ClusterStagedUpdateRun } from '../../../../api/types/clusterstagedupdaterun.ts';
import { HubCaches } from '../../../../controllers/caches.ts';
import { RunMetricsRecorder } from '../../../../controllers/runs/runMetricsRecorder.ts';
import type { RunMetricsSink } from '../../../../controllers/runs/runMetricsRecorder.ts';
import type { KubernetesClient } from '../../../../kube/client.ts';
import type { WatchEvent } from '../../../../kube/watch.ts';

let hub: MemoryHub;
let caches: HubCaches;
let told: string[];
let recorder: RunMetricsRecorder;
let count: Parameters<RunMetricsSink['begin']>[0] | undefined;

const sink: RunMetricsSink = {
  begin: (counting) => {
    count = counting;
    told.push('begin');
  },
  statusSeen: ({ name, condition, reason }, at) => told.push(`${name} ${condition} ${reason} at ${String(at)}`),
  approvalGiven: ({ name }, taskType, seconds) => told.push(`${name} ${taskType} approved after ${String(seconds)}`),
  stageUpdated: ({ name }, seconds) => told.push(`${name} stage took ${String(seconds)}`),
  forget: ({ namespace, name }) => told.push(`forget ${namespace}/${name}`),
  end: () => told.push('end'),
};

/** As much of an API server as caches need: runs that are there already, and a watch. */
class MemoryHub {
  readonly runs: ClusterStagedUpdateRun[] = [];
  #events: WatchEvent<KubernetesObject>[] = [];
  #more = Promise.withResolvers<undefined>();

  get client(): KubernetesClient {
    const list = ({ plural }: ResourceDefinition) =>
      Promise.resolve({ items: plural === 'clusterstagedupdateruns' ? [...this.runs] : [], resourceVersion: '1' });
    const watch = ({ plural }: ResourceDefinition, { signal }: { signal: AbortSignal }) =>
      this.#watch(plural === 'clusterstagedupdateruns', signal);
    return { name: 'hub', list, watch } as unknown as KubernetesClient;
  }

  /** Resolves when whoever watches has been told. */
  async send(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: ClusterStagedUpdateRun): Promise<void> {
    this.#events.push({ type, object });
    this.#more.resolve(undefined);
    while (this.#events.length > 0) await new Promise(setImmediate);
    await new Promise(setImmediate);
  }

  async *#watch(areRuns: boolean, signal: AbortSignal): AsyncGenerator<WatchEvent<KubernetesObject>> {
    const ended = new Promise((resolve) => {
      signal.addEventListener('abort', resolve, { once: true });
    });
    while (!signal.aborted) {
      await (areRuns ? Promise.race([this.#more.promise, ended]) : ended);
      this.#more = Promise.withResolvers();
      yield* this.#events.splice(0);
    }
  }
}

let resourceVersion = 1;

function run(
  name: string,
  content: ConditionContent | undefined,
  approval?: { askedAt: number; givenAt?: number },
): ClusterStagedUpdateRun {
  resourceVersion += 1;
  const at = (what: ConditionContent, second: number) =>
    conditionAt(what, 1, new Date(Date.UTC(2025, 6, 22, 21, 0, second)).toISOString());
  const tasks = approval && [
    at(taskConditions.approvalRequestCreated({}, 'after'), approval.askedAt),
    ...(approval.givenAt === undefined
      ? []
      : [at(taskConditions.approvalRequestApproved({}, 'after'), approval.givenAt)]),
  ];
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterStagedUpdateRun',
    metadata: { name, uid: `uid-${name}`, generation: 1, resourceVersion: String(resourceVersion) },
    spec: { placementName: 'example', stagedRolloutStrategyName: 'example-strategy' },
    status: {
      conditions: content === undefined ? [] : [at(content, 0)],
      stagesStatus: [
        { stageName: 'canary', clusters: [], afterStageTaskStatus: [{ type: 'Approval', conditions: tasks }] },
      ],
    },
  };
}

const waiting = runConditions.waitingForTasks('after', 'canary');

beforeEach(async () => {
  told = [];
  count = undefined;
  hub = new MemoryHub();
  hub.runs.push(run('old', waiting, { askedAt: 0, givenAt: 30 }));
  caches = new HubCaches(hub.client, {});
  await caches.synced;
  recorder = new RunMetricsRecorder({ caches, sink, now: () => 5_000 });
  recorder.start();
});

afterEach(() => {
  recorder.stop();
  caches.stop();
});

describe('a recorder', () => {
  test('begins with the status of the runs that are there, and does not count what they went through', () => {
    expect(told).toEqual(['begin', 'old Progressing UpdateRunWaiting at 5']);
    expect(count?.()).toMatchObject({ Waiting: 0, Initializing: 1, Succeeded: 0 });
  });

  test('observes what happens from then on, to old runs and to new ones', async () => {
    told = [];
    await hub.send('ADDED', run('new', undefined));
    await hub.send('MODIFIED', run('new', waiting, { askedAt: 10 }));
    await hub.send('MODIFIED', run('new', runConditions.progressing(), { askedAt: 10, givenAt: 25 }));
    await hub.send('MODIFIED', run('old', runConditions.progressing(), { askedAt: 0, givenAt: 30 }));
    expect(told).toEqual([
      'new Progressing UpdateRunWaiting at 5',
      // A later status has a later time, even within the same millisecond.
      'new Progressing UpdateRunProgressing at 5.001',
      'new afterStage approved after 15',
      'old Progressing UpdateRunProgressing at 5.001',
    ]);
  });

  test('does not count what a run that appears has been through', async () => {
    told = [];
    await hub.send('ADDED', run('restored', waiting, { askedAt: 10, givenAt: 25 }));
    expect(told).toEqual(['restored Progressing UpdateRunWaiting at 5']);
  });

  test('forgets deleted runs', async () => {
    told = [];
    await hub.send('DELETED', run('old', waiting));
    expect(told).toEqual(['forget /old']);
  });

  test('hears nothing more once it is stopped', async () => {
    recorder.stop();
    told = [];
    await hub.send('ADDED', run('new', waiting));
    expect(told).toEqual([]);
  });

  test('takes everything back when it stops', () => {
    told = [];
    recorder.stop();
    expect(told).toEqual(['end']);
  });
});
