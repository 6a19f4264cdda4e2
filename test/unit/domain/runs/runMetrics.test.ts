import { describe, expect, test } from '@jest/globals';
import { conditionAt } from '../../../../api/conditions.ts';
import type { ConditionContent } from '../../../../api/conditions.ts';
import type { Condition } from '../../../../api/meta.ts';
import { clusterConditions, runConditions, stageConditions, taskConditions } from '../../../../api/runConditions.ts';
import { initializationFailures, outdatedRuns } from '../../../../api/runFailures.ts';
import type { ClusterStagedUpdateRun, StageUpdatingStatus } from '../../../../api/types/clusterstagedupdaterun.ts';
import { runSamples } from '../../../../domain/runs/runMetrics.ts';

const generation = 2;

/** `second` counts from the full minute. */
function at(content: ConditionContent, second = 0): Condition {
  return conditionAt(content, generation, time(second));
}

function time(second: number): string {
  return new Date(Date.UTC(2025, 6, 22, 21, 0, second)).toISOString().replace('.000Z', 'Z');
}

function runWith(conditions: Condition[], more: Partial<ClusterStagedUpdateRun> = {}): ClusterStagedUpdateRun {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterStagedUpdateRun',
    metadata: { name: 'example-run', uid: 'uid-1', generation },
    spec: { placementName: 'example', stagedRolloutStrategyName: 'example-strategy' },
    status: { conditions },
    ...more,
  };
}

function runIn(...stagesStatus: StageUpdatingStatus[]): ClusterStagedUpdateRun {
  return runWith([], { status: { stagesStatus } });
}

describe('the status', () => {
  const initialized = at(runConditions.initialized({}));

  test.each([
    ['nothing yet', [], undefined],
    ['initialized', [initialized], ['Initialized', 'True', 'UpdateRunInitializedSuccessfully', 'none']],
    [
      'waiting to be planned',
      [at(runConditions.initializationWaiting('The placement is not scheduled yet.'))],
      ['Initialized', 'Unknown', 'UpdateRunInitializationWaiting', 'none'],
    ],
    [
      'under way',
      [initialized, at(runConditions.progressing())],
      ['Progressing', 'True', 'UpdateRunProgressing', 'none'],
    ],
    [
      'waiting for an approval',
      [initialized, at(runConditions.waitingForTasks('after', 'canary'))],
      ['Progressing', 'False', 'UpdateRunWaiting', 'none'],
    ],
    [
      'stuck',
      [initialized, at(runConditions.stuck(['member-1'], 'canary', ''))],
      ['Progressing', 'False', 'UpdateRunStuck', 'internal_error'],
    ],
    ['stopping', [initialized, at(runConditions.stopping())], ['Progressing', 'Unknown', 'UpdateRunStopping', 'none']],
    ['stopped', [initialized, at(runConditions.stopped())], ['Progressing', 'False', 'UpdateRunStopped', 'none']],
    [
      'succeeded',
      [initialized, at(runConditions.completed()), at(runConditions.succeeded())],
      ['Succeeded', 'True', 'UpdateRunSucceeded', 'none'],
    ],
    [
      'failed by what somebody has to change',
      [initialized, at(runConditions.aborted()), at(runConditions.failed(outdatedRuns({}).applyStrategy('a', 'b')))],
      ['Succeeded', 'False', 'UpdateRunFailed', 'user_error'],
    ],
    [
      'failed by something else',
      [initialized, at(runConditions.aborted()), at(runConditions.failed(outdatedRuns({}).policySnapshot('1', '0')))],
      ['Succeeded', 'False', 'UpdateRunFailed', 'internal_error'],
    ],
    [
      'refused for what somebody has to change',
      [at(runConditions.initializationFailed(initializationFailures({}).placementNotFound()))],
      ['Initialized', 'False', 'UpdateRunInitializedFailed', 'user_error'],
    ],
    [
      'refused for something else',
      [at(runConditions.initializationFailed(initializationFailures({}).nothingSelected('example-0')))],
      ['Initialized', 'False', 'UpdateRunInitializedFailed', 'internal_error'],
    ],
  ])('of a run that is %s', (_, conditions, expected) => {
    const [condition, status, reason, failureType] = expected ?? [];
    expect(runSamples(undefined, runWith(conditions)).status).toEqual(
      expected && { namespace: '', name: 'example-run', state: 'Run', condition, status, reason, failureType },
    );
  });

  test('carries the wanted state', () => {
    const run = runWith([initialized]);
    expect(runSamples(undefined, { ...run, spec: { ...run.spec, state: 'Initialize' } }).status?.state).toBe(
      'Initialize',
    );
  });

  test('leaves out what was said about an earlier generation', () => {
    const earlier = conditionAt(runConditions.progressing(), generation - 1, time(0));
    expect(runSamples(undefined, runWith([initialized, earlier])).status?.condition).toBe('Initialized');
    expect(runSamples(undefined, runWith([earlier])).status).toBeUndefined();
  });

  test('is not told of a run that is being deleted', () => {
    const run = runWith([initialized]);
    const metadata = { ...run.metadata, deletionTimestamp: time(0) };
    expect(runSamples(run, { ...run, metadata })).toEqual({ approvals: [], stageSeconds: [] });
  });
});

describe('approvals', () => {
  type Tasks = NonNullable<StageUpdatingStatus['afterStageTaskStatus']>;

  function tasks(when: 'before' | 'after', askedAt?: number, givenAt?: number): Tasks {
    const conditions: Condition[] = [];
    if (askedAt !== undefined) conditions.push(at(taskConditions.approvalRequestCreated({}, when), askedAt));
    if (givenAt !== undefined) conditions.push(at(taskConditions.approvalRequestApproved({}, when), givenAt));
    return [{ type: 'Approval', conditions }];
  }

  const asked = runIn(
    { stageName: 'staging', clusters: [] },
    { stageName: 'canary', clusters: [], afterStageTaskStatus: tasks('after', 10) },
  );
  const given = runIn(
    { stageName: 'staging', clusters: [] },
    { stageName: 'canary', clusters: [], afterStageTaskStatus: tasks('after', 10, 100) },
  );

  test('count from when they were asked for, once', () => {
    expect(runSamples(asked, given).approvals).toEqual([{ taskType: 'afterStage', seconds: 90 }]);
    expect(runSamples(given, given).approvals).toEqual([]);
  });

  test('of a run that is seen for the first time do not count, nor those of another run with its name', () => {
    expect(runSamples(undefined, given).approvals).toEqual([]);
    const namesake = { ...asked, metadata: { ...asked.metadata, uid: 'uid-0' } };
    expect(runSamples(namesake, given).approvals).toEqual([]);
  });

  test('before and after a stage are told apart, also when one change brings both', () => {
    const stage = { stageName: 'canary', clusters: [] };
    const before = runIn({ ...stage, beforeStageTaskStatus: tasks('before', 0), afterStageTaskStatus: tasks('after') });
    const after = runIn({
      ...stage,
      beforeStageTaskStatus: tasks('before', 0, 5),
      afterStageTaskStatus: tasks('after', 30, 37),
    });
    expect(runSamples(before, after).approvals).toEqual([
      { taskType: 'beforeStage', seconds: 5 },
      { taskType: 'afterStage', seconds: 7 },
    ]);
  });

  test('count from the first change that shows the stages at all', () => {
    expect(runSamples(runWith([]), given).approvals).toHaveLength(1);
  });

  test('timed waits are none', () => {
    const stage = (conditions: Condition[]): ClusterStagedUpdateRun =>
      runIn({ stageName: 'staging', clusters: [], afterStageTaskStatus: [{ type: 'TimedWait', conditions }] });
    expect(runSamples(stage([]), stage([at(taskConditions.waitTimeElapsed(), 60)])).approvals).toEqual([]);
  });
});

describe('durations of stages', () => {
  /** One entry for each cluster: when it ended, or `undefined` while it is in work. */
  function stage(progressing: ConditionContent | undefined, ...endedAt: (number | undefined)[]): StageUpdatingStatus {
    return {
      stageName: 'staging',
      startTime: time(10),
      clusters: endedAt.map((second, index) => ({
        clusterName: `member-${String(index)}`,
        conditions: [
          at(clusterConditions.started(), 10),
          ...(second === undefined ? [] : [at(clusterConditions.succeeded(), second)]),
        ],
      })),
      ...(progressing !== undefined && { conditions: [at(progressing)] }),
    };
  }

  const started = runIn(stage(stageConditions.started(), 20, undefined));
  const updated = runIn(stage(stageConditions.waiting(), 20, 55));

  test('go from the first start to the last end, once', () => {
    expect(runSamples(runIn(stage(stageConditions.started(), undefined, undefined)), started).stageSeconds).toEqual([]);
    expect(runSamples(started, updated).stageSeconds).toEqual([45]);
    expect(runSamples(updated, runIn(stage(stageConditions.completed(), 20, 55))).stageSeconds).toEqual([]);
  });

  test('of a run that is seen for the first time do not count', () => {
    expect(runSamples(undefined, updated).stageSeconds).toEqual([]);
  });

  test('count for stages that were never seen under way', () => {
    const untouched = runIn({ stageName: 'staging', clusters: [{ clusterName: 'member-0' }] });
    expect(runSamples(untouched, updated).stageSeconds).toEqual([45]);
    expect(runSamples(runWith([]), updated).stageSeconds).toEqual([45]);
  });

  test('do not count where the stage ended while it was interrupted', () => {
    const stopping = runIn(stage(stageConditions.stopping(), 20, undefined));
    const stopped = runIn(stage(stageConditions.stopped(), 20, 55));
    expect(runSamples(started, stopped).stageSeconds).toEqual([]);
    expect(runSamples(stopping, stopped).stageSeconds).toEqual([]);
    expect(runSamples(stopping, updated).stageSeconds).toEqual([]);
    expect(runSamples(stopped, updated).stageSeconds).toEqual([]);
  });

  test('do not count where a cluster failed, or where there is none', () => {
    const failed = stage(stageConditions.aborted(), 20, undefined);
    failed.clusters[1]!.conditions!.push(at(clusterConditions.failed('displaced'), 30));
    expect(runSamples(started, runIn(failed)).stageSeconds).toEqual([]);
    expect(runSamples(runIn(stage(undefined)), runIn(stage(stageConditions.completed()))).stageSeconds).toEqual([]);
  });

  test('the stage that removes does not count', () => {
    const removal = (deletionStageStatus: StageUpdatingStatus): ClusterStagedUpdateRun =>
      runWith([], { status: { deletionStageStatus } });
    const over = removal(stage(stageConditions.completed(), 20));
    expect(runSamples(removal(stage(stageConditions.started(), undefined)), over).stageSeconds).toEqual([]);
  });
});
