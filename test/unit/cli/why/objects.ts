/** Facts for the tests of causes: a run of two stages over three members, as the hub shows it. */
import { conditionAt, type ConditionContent } from '../../../../api/conditions.ts';
import type { Condition } from '../../../../api/meta.ts';
import { clusterConditions, runConditions, stageConditions } from '../../../../api/runConditions.ts';
import type { ClusterApprovalRequest } from '../../../../api/types/clusterapprovalrequest.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type {
  ClusterStagedUpdateRun,
  ClusterUpdatingStatus,
  StageUpdatingStatus,
  UpdateRunStatus,
} from '../../../../api/types/clusterstagedupdaterun.ts';
import type { PlacementFacts, RunFacts } from '../../../../cli/why/facts.ts';
import { condition, member, now, nowMs, placement } from '../../domain/objects.ts';

export const at = (content: ConditionContent, generation = 1): Condition => conditionAt(content, generation, now);

export function cluster(clusterName: string, ...contents: ConditionContent[]): ClusterUpdatingStatus {
  return { clusterName, ...(contents.length > 0 && { conditions: contents.map((content) => at(content)) }) };
}

export const started = clusterConditions.started();
export const done = clusterConditions.succeeded();

/** Stage `staging` is done, `canary` is as given. */
export function status(
  canary: Partial<StageUpdatingStatus> = {},
  progressing: ConditionContent = runConditions.progressing(),
): UpdateRunStatus {
  return {
    conditions: [at(runConditions.initialized({})), at(progressing)],
    stagedUpdateStrategySnapshot: {
      stages: [
        { name: 'staging' },
        { name: 'canary', afterStageTasks: [{ type: 'TimedWait', waitTime: '1m0s' }, { type: 'Approval' }] },
      ],
    },
    stagesStatus: [
      {
        stageName: 'staging',
        clusters: [cluster('member2', started, done)],
        conditions: [at(stageConditions.completed()), at(stageConditions.succeeded())],
      },
      {
        stageName: 'canary',
        clusters: [cluster('member3', started), cluster('member1')],
        conditions: [at(stageConditions.started())],
        ...canary,
      },
    ],
  };
}

/** All clusters of stage `canary` are updated, and its tasks are open. */
export function waitingStatus(tasks: StageUpdatingStatus['afterStageTaskStatus']): UpdateRunStatus {
  return status(
    {
      clusters: [cluster('member3', started, done), cluster('member1', started, done)],
      conditions: [at(stageConditions.waiting())],
      afterStageTaskStatus: tasks,
    },
    runConditions.waitingForTasks('after', 'canary'),
  );
}

export function run(
  runStatus: UpdateRunStatus = status(),
  more: Partial<ClusterStagedUpdateRun['spec'] & ClusterStagedUpdateRun['metadata']> = {},
): ClusterStagedUpdateRun {
  const { state, resourceSnapshotIndex, ...metadata } = more;
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterStagedUpdateRun',
    metadata: {
      name: 'web-1',
      uid: 'uid-of-web-1',
      generation: 1,
      creationTimestamp: '2025-07-22T21:00:00Z',
      ...metadata,
    },
    spec: {
      placementName: 'web',
      stagedRolloutStrategyName: 'careful',
      resourceSnapshotIndex: resourceSnapshotIndex ?? '3',
      ...(state && { state }),
    },
    status: runStatus,
  };
}

export function runFacts(of: ClusterStagedUpdateRun = run(), more: Partial<RunFacts> = {}): RunFacts {
  return {
    subject: 'csur/web-1',
    now: nowMs + 30_000,
    worker: { state: 'running' },
    members: ['member1', 'member2', 'member3'].map((name) => member(name)),
    bindings: [],
    requests: [],
    run: of,
    ...more,
  };
}

export function placementFacts(more: Partial<PlacementFacts> = {}): PlacementFacts {
  const { run: _run, requests: _requests, ...facts } = runFacts();
  return { ...facts, subject: 'crp/example-placement', placement: placement(), ...more };
}

export function binding(
  targetCluster: string,
  more: Partial<ClusterResourceBinding['status']> = {},
): ClusterResourceBinding {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourceBinding',
    metadata: { name: `web-${targetCluster}`, generation: 1 },
    spec: {
      state: 'Bound',
      targetCluster,
      schedulingPolicySnapshotName: 'web-0',
      clusterDecision: { clusterName: targetCluster, selected: true, reason: '' },
    },
    status: more,
  };
}

/** A binding whose cluster has trouble with one Deployment. */
export function troubledBinding(type: 'Applied' | 'Available', message: string): ClusterResourceBinding {
  const failed = condition(type, 'False', { message });
  return binding('member3', {
    conditions: [condition(type, 'False')],
    failedPlacements: [
      { group: 'apps', version: 'v1', kind: 'Deployment', name: 'web', namespace: 'shop', condition: failed },
    ],
  });
}

export function request(
  conditions: Condition[] = [],
  more: { annotations?: Record<string, string>; stage?: string } = {},
): ClusterApprovalRequest {
  const { annotations, stage = 'canary' } = more;
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterApprovalRequest',
    metadata: { name: 'web-1-canary', generation: 1, ...(annotations && { annotations }) },
    spec: { parentStageRollout: 'web-1', targetStage: stage },
    status: { conditions },
  };
}
