/** Runs as they stand on the hub at moments that a person wants to understand. */
import { runConditions, stageConditions, clusterConditions, taskConditions } from '../../../../api/runConditions.ts';
import type { ConditionContent } from '../../../../api/conditions.ts';
import type { Condition } from '../../../../api/meta.ts';
import type { ClusterApprovalRequest } from '../../../../api/types/clusterapprovalrequest.ts';
import type {
  ClusterStagedUpdateRun,
  ClusterUpdatingStatus,
  StageConfig,
  StageUpdatingStatus,
} from '../../../../api/types/clusterstagedupdaterun.ts';

/** Midday; all times of the examples are minutes and seconds from here. */
const start = Date.parse('2026-03-01T12:00:00Z');

/** Milliseconds since the epoch, from `minutes:seconds`. */
export function at(time: string): number {
  const [minutes = 0, seconds = 0] = time.split(':').map(Number);
  return start + (minutes * 60 + seconds) * 1000;
}

export function condition(content: ConditionContent, time: string): Condition {
  return {
    ...content,
    lastTransitionTime: new Date(at(time)).toISOString().replace('.000', ''),
    observedGeneration: 1,
  };
}

/** A cluster from what is known of it: nothing, when it began, and when and how it ended. */
export function cluster(name: string, began?: string, ended?: string, failure?: string): ClusterUpdatingStatus {
  if (began === undefined) return { clusterName: name };
  const conditions = [condition(clusterConditions.started(), began)];
  if (ended !== undefined) {
    const content = failure === undefined ? clusterConditions.succeeded() : clusterConditions.failed(failure);
    conditions.push(condition(content, ended));
  }
  return { clusterName: name, conditions };
}

/** Clusters `prefix-1` and so on: some done, some in work, the rest not begun. */
export function clusters(prefix: string, all: number, done = 0, working = 0): ClusterUpdatingStatus[] {
  return Array.from({ length: all }, (_, index) => {
    const name = `${prefix}-${String(index + 1).padStart(String(all).length, '0')}`;
    if (index < done) return cluster(name, '0:10', '0:40');
    return index < done + working ? cluster(name, '1:00') : cluster(name);
  });
}

export function run(
  conditions: Condition[],
  stages: { config: StageConfig; status: StageUpdatingStatus }[],
  more: { namespace?: string; removal?: StageUpdatingStatus; name?: string } = {},
): ClusterStagedUpdateRun {
  const { namespace, removal, name = 'checkout-42' } = more;
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: namespace === undefined ? 'ClusterStagedUpdateRun' : 'StagedUpdateRun',
    metadata: { name, ...(namespace !== undefined && { namespace }), creationTimestamp: '2026-03-01T12:00:00Z' },
    spec: { placementName: 'checkout', resourceSnapshotIndex: '42', stagedRolloutStrategyName: 'careful' },
    status: {
      conditions,
      ...(stages.length > 0 && {
        stagedUpdateStrategySnapshot: { stages: stages.map(({ config }) => config) },
        stagesStatus: stages.map(({ status }) => status),
      }),
      ...(removal !== undefined && { deletionStageStatus: removal }),
    },
  };
}

export const initialized = condition(runConditions.initialized({}), '0:01');

/** A stage that is over, with a soak of a minute. */
export function doneStage(
  name: string,
  of: ClusterUpdatingStatus[],
): { config: StageConfig; status: StageUpdatingStatus } {
  return {
    config: { name, maxConcurrency: '50%', afterStageTasks: [{ type: 'TimedWait', waitTime: '1m0s' }] },
    status: {
      stageName: name,
      clusters: of,
      startTime: '2026-03-01T12:00:10Z',
      endTime: '2026-03-01T12:01:40Z',
      afterStageTaskStatus: [{ type: 'TimedWait', conditions: [condition(taskConditions.waitTimeElapsed(), '1:40')] }],
      conditions: [condition(stageConditions.completed(), '1:40'), condition(stageConditions.succeeded(), '1:40')],
    },
  };
}

export function pendingStage(
  name: string,
  of: ClusterUpdatingStatus[],
  config: Partial<StageConfig> = {},
): { config: StageConfig; status: StageUpdatingStatus } {
  return {
    config: { name, ...config },
    status: {
      stageName: name,
      clusters: of,
      ...(config.afterStageTasks !== undefined && {
        afterStageTaskStatus: config.afterStageTasks.map(({ type }) =>
          type === 'Approval' ? { type, approvalRequestName: `checkout-42-${name}` } : { type },
        ),
      }),
      ...(config.beforeStageTasks !== undefined && {
        beforeStageTaskStatus: [{ type: 'Approval', approvalRequestName: `checkout-42-before-${name}` }],
      }),
    },
  };
}

/** An approval request of the example run. */
export function approvalRequest(name: string, stage: string, conditions: Condition[] = []): ClusterApprovalRequest {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterApprovalRequest',
    metadata: { name, generation: 1, creationTimestamp: '2026-03-01T12:02:00Z' },
    spec: { parentStageRollout: 'checkout-42', targetStage: stage },
    status: { conditions },
  };
}

const soakAndApproval: Partial<StageConfig> = {
  maxConcurrency: 25,
  afterStageTasks: [{ type: 'TimedWait', waitTime: '5m0s' }, { type: 'Approval' }],
};

/** Stage prod-eu soaks and waits for an approval at once; 1,000 clusters in all. */
export function awaitingApproval(): ClusterStagedUpdateRun {
  const production = pendingStage('prod-eu', clusters('eu', 250, 250), soakAndApproval);
  return run(
    [initialized, condition(runConditions.waitingForTasks('after', 'prod-eu'), '3:00')],
    [
      doneStage('canary', clusters('canary', 20, 20)),
      {
        ...production,
        status: {
          ...production.status,
          startTime: '2026-03-01T12:01:40Z',
          afterStageTaskStatus: [
            { type: 'TimedWait' },
            {
              type: 'Approval',
              approvalRequestName: 'checkout-42-prod-eu',
              conditions: [condition(taskConditions.approvalRequestCreated({}, 'after'), '3:00')],
            },
          ],
          conditions: [condition(stageConditions.waiting(), '3:00')],
        },
      },
      pendingStage('prod-us', clusters('us', 730), { maxConcurrency: '20%', beforeStageTasks: [{ type: 'Approval' }] }),
    ],
  );
}

const trouble =
  'Deployment payments/api on cluster member3 is not available yet: 1 of 3 replicas are available, ' +
  'the others wait for the image registry.example/api:2';

/** Three clusters, one in work and one in trouble. */
export function inTrouble(): ClusterStagedUpdateRun {
  return run(
    [initialized, condition(runConditions.hindered('member3', 'canary', trouble, 0), '2:10')],
    [
      doneStage('staging', [cluster('member2', '0:10', '0:40')]),
      {
        config: { name: 'canary', maxConcurrency: 2, afterStageTasks: [{ type: 'Approval' }] },
        status: {
          stageName: 'canary',
          clusters: [cluster('member3', '1:40'), cluster('member1', '1:40'), cluster('member4')],
          startTime: '2026-03-01T12:01:40Z',
          afterStageTaskStatus: [{ type: 'Approval', approvalRequestName: 'checkout-42-canary' }],
          conditions: [condition(stageConditions.started(), '1:40')],
        },
      },
    ],
  );
}

/** The third of four clusters could not be updated for good. */
export function failed(): ClusterStagedUpdateRun {
  const reason = 'cluster c-003 has been taken over by run checkout-43';
  return run(
    [
      initialized,
      condition(runConditions.aborted(), '2:30'),
      condition(runConditions.failed(`cannot continue the ClusterStagedUpdateRun: ${reason}`), '2:30'),
    ],
    [
      {
        config: { name: 'all' },
        status: {
          stageName: 'all',
          clusters: [
            cluster('c-001', '0:10', '0:40'),
            cluster('c-002', '0:40', '1:10'),
            cluster('c-003', '1:10', '2:30', reason),
            cluster('c-004'),
          ],
          startTime: '2026-03-01T12:00:10Z',
          endTime: '2026-03-01T12:02:30Z',
          conditions: [condition(stageConditions.aborted(), '2:30'), condition(stageConditions.failed(reason), '2:30')],
        },
      },
    ],
  );
}

/** Half of forty clusters are done, four are in work. */
export function underWay(namespace?: string): ClusterStagedUpdateRun {
  return run(
    [initialized, condition(runConditions.progressing(), '0:10')],
    [
      {
        config: { name: 'all', maxConcurrency: '10%', afterStageTasks: [{ type: 'TimedWait', waitTime: '2m0s' }] },
        status: {
          stageName: 'all',
          clusters: clusters('edge', 40, 20, 4),
          startTime: '2026-03-01T12:00:10Z',
          afterStageTaskStatus: [{ type: 'TimedWait' }],
          conditions: [condition(stageConditions.started(), '0:10')],
        },
      },
    ],
    { namespace, removal: { stageName: 'kubernetes-fleet.io/deleteStage', clusters: [cluster('old-1')] } },
  );
}

export function succeeded(): ClusterStagedUpdateRun {
  return run(
    [initialized, condition(runConditions.completed(), '1:40'), condition(runConditions.succeeded(), '1:40')],
    [doneStage('all', [cluster('member1', '0:10', '0:40')])],
  );
}
