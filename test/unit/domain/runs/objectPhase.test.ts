import { describe, expect, test } from '@jest/globals';
import { conditionAt } from '../../../../api/conditions.ts';
import type { ConditionContent } from '../../../../api/conditions.ts';
import type { Condition } from '../../../../api/meta.ts';
import { runConditions, stageConditions, taskConditions } from '../../../../api/runConditions.ts';
import type {
  ClusterStagedUpdateRun,
  StageTaskStatus,
  StageUpdatingStatus,
} from '../../../../api/types/clusterstagedupdaterun.ts';
import { countByPhase, phaseOfObject } from '../../../../domain/runs/objectPhase.ts';

const time = '2025-07-22T21:00:00Z';
const at = (content: ConditionContent): Condition => conditionAt(content, 1, time);
const initialized = runConditions.initialized({});
const stage: StageUpdatingStatus = { stageName: 'canary', clusters: [{ clusterName: 'member-1' }] };
const done: StageUpdatingStatus = {
  ...stage,
  conditions: [at(stageConditions.completed()), at(stageConditions.succeeded())],
};
const approval: StageTaskStatus = {
  type: 'Approval',
  conditions: [at(taskConditions.approvalRequestCreated({}, 'after'))],
};
const approved: StageTaskStatus = {
  type: 'Approval',
  conditions: [at(taskConditions.approvalRequestApproved({}, 'after'))],
};
const timedWait: StageTaskStatus = { type: 'TimedWait' };

function run(
  contents: ConditionContent[],
  stagesStatus: StageUpdatingStatus[] = [stage],
  state?: 'Initialize' | 'Run' | 'Stop',
): ClusterStagedUpdateRun {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterStagedUpdateRun',
    metadata: { name: 'example-run', generation: 1 },
    spec: { placementName: 'example', stagedRolloutStrategyName: 'example-strategy', ...(state && { state }) },
    status: { conditions: contents.map(at), stagesStatus },
  };
}

const waiting = [initialized, runConditions.waitingForTasks('after', 'canary')];
const stuck = [initialized, runConditions.stuck(['member-1'], 'canary', '')];

describe('phaseOfObject', () => {
  test.each([
    ['Initializing', run([])],
    ['Initializing', run([runConditions.initializationWaiting('No snapshot yet.')])],
    ['Failed', run([runConditions.initializationFailed('No placement.')])],
    ['Initialized', run([initialized], [stage], 'Initialize')],
    ['Updating', run([initialized])],
    ['Updating', run([initialized, runConditions.progressing()])],
    ['Updating', run(stuck)],
    ['Stopping', run(stuck, [stage], 'Stop')],
    ['Stopping', run([initialized, runConditions.stopping()], [stage], 'Stop')],
    ['Stopped', run([initialized, runConditions.stopped()], [stage], 'Stop')],
    ['AwaitingApproval', run(waiting, [{ ...stage, beforeStageTaskStatus: [approval] }])],
    ['AwaitingApproval', run(waiting, [{ ...stage, afterStageTaskStatus: [timedWait, approval] }])],
    ['Waiting', run(waiting, [{ ...stage, afterStageTaskStatus: [timedWait, approved] }])],
    ['Waiting', run(waiting, [{ ...done, afterStageTaskStatus: [approved] }, stage])],
    ['Removing', run([initialized, runConditions.progressing()], [done])],
    ['Succeeded', run([initialized, runConditions.completed(), runConditions.succeeded()], [done])],
    ['Failed', run([initialized, runConditions.aborted(), runConditions.failed('Displaced.')])],
  ])('%s', (phase, object) => {
    expect(phaseOfObject(object)).toBe(phase);
  });

  test('a run that is deleted before its end is cancelled', () => {
    const deleted = (object: ClusterStagedUpdateRun): ClusterStagedUpdateRun => ({
      ...object,
      metadata: { ...object.metadata, deletionTimestamp: time },
    });
    expect(phaseOfObject(deleted(run(waiting)))).toBe('Cancelled');
    expect(phaseOfObject(deleted(run([initialized, runConditions.succeeded()])))).toBe('Succeeded');
  });
});

test('countByPhase counts, and names phases without runs', () => {
  const counts = countByPhase([run([]), run(stuck), run([initialized])]);
  expect(counts).toMatchObject({ Initializing: 1, Updating: 2, Succeeded: 0, Cancelled: 0 });
});
