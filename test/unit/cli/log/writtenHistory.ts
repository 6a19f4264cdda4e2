/** Histories written by hand, for what no recording holds. */
import type { RecordedContent, RecordedEvent } from '../../../../cli/log/recordedEvents.ts';
import type { RunPlan } from '../../../../domain/runs/plan.ts';

/** Noon; every event comes a second after the one before. */
const start = Date.parse('2026-03-01T12:00:00Z');

export class WrittenHistory {
  readonly events: RecordedEvent[] = [];
  #worker = 'node-1/0.0.0.0:8080 since 2026-03-01T11:00:00.000Z';

  /** @returns its id */
  add(content: RecordedContent): number {
    const id = this.events.length + 1;
    this.events.push({ id, time: start + id * 1000, ...content });
    return id;
  }

  /** A step of the worker: what has happened before reaches the workflow. */
  step(worker = this.#worker): this {
    this.#worker = worker;
    const startedId = this.add({ type: 'taskStarted' });
    this.add({ type: 'taskCompleted', startedId, identity: worker });
    return this;
  }

  begin(input: unknown, identity = '7@node-1'): this {
    this.add({
      type: 'started',
      workflow: 'stagedUpdateRun',
      input,
      summary: 'Rolls out resource snapshot 3 of web',
      identity,
    });
    return this.step();
  }

  local(activity: string, result: unknown): this {
    this.add({ type: 'local', activity, endedAt: start + this.events.length * 1000 + 500, result, isFailed: false });
    return this;
  }

  message(name: string, input: unknown, identity = '7@node-1'): this {
    this.add({ type: 'message', name, input, identity });
    return this;
  }

  /** @returns its id */
  schedule(cluster: string, stage?: string): number {
    const input = { cluster, stage, binding: `web-${cluster}`, resourceSnapshotIndex: '3' };
    return this.add({ type: 'scheduled', activity: stage === undefined ? 'removeCluster' : 'updateCluster', input });
  }

  complete(scheduledId: number, result: unknown = { result: 'updated', changed: true }): this {
    this.add({ type: 'activityCompleted', scheduledId, result });
    return this.step();
  }
}

/** Two stages, one cluster after the other; the second stage asks before and after it. */
export const plan: RunPlan = {
  run: { name: 'web-1', uid: 'uid-1', createdAt: '2026-03-01T12:00:00Z', generation: 1 },
  placement: { name: 'web', uid: 'uid-web' },
  resourceSnapshot: { index: '3', name: 'web-3-snapshot', requestedIndex: '3' },
  stages: [
    { name: 'one', clusters: [planned('member1')], maxConcurrency: 1, beforeTasks: [], afterTasks: [] },
    {
      name: 'two',
      clusters: [planned('member2'), planned('member3')],
      maxConcurrency: 1,
      beforeTasks: [{ type: 'Approval', request: 'web-1-before-two' }],
      afterTasks: [{ type: 'Approval', request: 'web-1-two' }],
    },
  ],
  stuckAfterMs: 300_000,
  removals: [planned('member4')],
};

function planned(name: string): { name: string; binding: string } {
  return { name, binding: `web-${name}` };
}

/** The answer of `beginRun` with which the run starts. */
export const ready = { outcome: 'ready', uid: 'uid-1', plan, requested: 'Run', searchAttributes: true };
