import { describe, expect, test } from '@jest/globals';
import {
  agentConditions,
  bindingConditions,
  conditionAt,
  findCondition,
  isConditionTrue,
  memberClusterConditions,
  pickedMessage,
  placementConditions,
  placementEntryConditions,
  policySnapshotConditions,
  rolloutStartedMessage,
  rolloutSteps,
  setCondition,
  type ConditionContent,
} from '../../../api/conditions.ts';
import {
  approvalRequestConditions,
  clusterConditions,
  runConditions,
  stageConditions,
  taskConditions,
} from '../../../api/runConditions.ts';
import type { Condition } from '../../../api/meta.ts';

const early = '2025-07-22T21:28:08Z';
const late = '2025-07-22T21:29:23Z';

describe('setCondition', () => {
  const progressing = conditionAt(runConditions.progressing(), 1, early);
  const initialized = conditionAt(runConditions.initialized({}), 1, early);

  test('adds what is new at the end', () => {
    expect(setCondition(undefined, initialized)).toEqual([initialized]);
    expect(setCondition([initialized], progressing)).toEqual([initialized, progressing]);
  });

  test('keeps the time while the status stays', () => {
    const completed = conditionAt(runConditions.completed(), 1, early);
    const waiting = conditionAt(runConditions.waitingForTasks('after', 'canary'), 2, late);
    expect(setCondition([initialized, completed], waiting)).toEqual([
      initialized,
      { ...waiting, lastTransitionTime: early },
    ]);
  });

  test('takes the new time with a new status, in the old place', () => {
    const waiting = conditionAt(runConditions.waitingForTasks('after', 'canary'), 1, late);
    expect(setCondition([progressing, initialized], waiting)).toEqual([waiting, initialized]);
  });

  test('leaves the given list alone', () => {
    const given: readonly Condition[] = Object.freeze([progressing]);
    setCondition(given, conditionAt(runConditions.completed(), 1, late));
    expect(given).toEqual([progressing]);
  });
});

describe('reading conditions', () => {
  const conditions = [
    conditionAt(bindingConditions.applied(), 2, early),
    conditionAt(bindingConditions.notAvailable('example-placement-work'), 2, early),
  ];

  test('finds by type', () => {
    expect(findCondition(conditions, 'Available')?.reason).toBe('NotAllWorkAreAvailable');
    expect(findCondition(conditions, 'Overridden')).toBeUndefined();
    expect(findCondition(undefined, 'Applied')).toBeUndefined();
  });

  test.each<[string, number | undefined, boolean]>([
    ['Applied', undefined, true],
    ['Applied', 2, true],
    ['Applied', 1, false],
    ['Available', 2, false],
    ['Overridden', undefined, false],
  ])('%s at generation %s is True: %s', (type, generation, expected) => {
    expect(isConditionTrue(conditions, type, generation)).toBe(expected);
  });
});

/** Texts that the documents print. */
test.each<[string, ConditionContent, string]>([
  [
    'R7',
    runConditions.initialized({}),
    'Initialized True UpdateRunInitializedSuccessfully: ClusterStagedUpdateRun initialized successfully',
  ],
  [
    'R8',
    runConditions.waitingForTasks('after', 'canary'),
    'Progressing False UpdateRunWaiting: The updateRun is waiting for after-stage tasks in stage canary to complete',
  ],
  ['R17', taskConditions.waitTimeElapsed(), 'WaitTimeElapsed True AfterStageTaskWaitTimeElapsed: Wait time elapsed'],
  ['R19', clusterConditions.started(), 'Started True ClusterUpdatingStarted: Cluster update started'],
  [
    'R19',
    clusterConditions.succeeded(),
    'Succeeded True ClusterUpdatingSucceeded: Cluster update completed successfully',
  ],
  [
    'R20',
    stageConditions.completed(),
    'Progressing False StageUpdatingSucceeded: All clusters in the stage are updated and after-stage tasks are completed',
  ],
  ['R21', stageConditions.succeeded(), 'Succeeded True StageUpdatingSucceeded: Stage update completed successfully'],
  [
    'R23',
    taskConditions.approvalRequestCreated({}, 'after'),
    'ApprovalRequestCreated True AfterStageTaskApprovalRequestCreated: ClusterApprovalRequest is created',
  ],
  [
    'R26',
    stageConditions.waiting(),
    'Progressing False StageUpdatingWaiting: All clusters in the stage are updated, waiting for after-stage tasks to complete',
  ],
  [
    'K22',
    placementConditions({}).scheduled(policySnapshotConditions.scheduled()),
    'ClusterResourcePlacementScheduled True SchedulingPolicyFulfilled: found all the clusters needed as specified by the scheduling policy',
  ],
  [
    'K24',
    placementConditions({}).step('Applied', 'True', 2),
    'ClusterResourcePlacementApplied True ApplySucceeded: Successfully applied resources to 2 member clusters',
  ],
  [
    'K26',
    placementEntryConditions.scheduled(pickedMessage('aks-member-1', 0, 0)),
    'Scheduled True Scheduled: Successfully scheduled resources for placement in aks-member-1 (affinity score: 0, topology spread score: 0): picked by scheduling policy',
  ],
])('%s', (_, content, text) => {
  expect(`${content.type} ${content.status} ${content.reason}: ${content.message}`).toBe(text);
});

describe('a run that waits for a cluster says which, where and why', () => {
  test.each<[string | undefined, number, string]>([
    ['canary', 0, 'The update run is waiting for cluster member1 in stage canary: it does not answer.'],
    [
      'canary',
      2,
      'The update run is waiting for cluster member1 in stage canary (and for 2 more): it does not answer.',
    ],
    [undefined, 0, 'The update run is waiting for cluster member1 to be removed from it: it does not answer.'],
  ])('stage %s, %d others', (stage, others, message) => {
    const content = runConditions.hindered('member1', stage, 'it does not answer.', others);
    expect(content).toEqual({ ...runConditions.progressing(), message });
  });
});

test('a binding says which run and snapshot started its rollout', () => {
  expect(rolloutStartedMessage('1', { name: 'example-run' })).toBe(
    'Detected the new changes on the resources and started the rollout process, resourceSnapshotIndex: 1, clusterStagedUpdateRun: example-run',
  );
});

describe('reasons and texts fit what an API server takes', () => {
  const statuses = ['True', 'False', 'Unknown'] as const;
  const steps = rolloutSteps.flatMap((step) => [
    ...statuses.map((status) => placementConditions({}).step(step, status, 3)),
    placementEntryConditions.unknown(step),
  ]);
  const rest = [
    { ...runConditions, stuck: (cluster: string) => runConditions.stuck([cluster], 'canary', 'It does not answer.') },
    stageConditions,
    clusterConditions,
    taskConditions,
    approvalRequestConditions,
    bindingConditions,
    policySnapshotConditions,
    memberClusterConditions,
    agentConditions,
  ].flatMap((builders) => Object.values(builders as Record<string, (...texts: unknown[]) => ConditionContent>));
  const all = [...steps, ...rest.map((build) => build('text', 'text', 'text', 3))];

  test.each(all.map((content) => [`${content.type}/${content.reason}`, content] as const))('%s', (_, content) => {
    expect(content.reason).toMatch(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/);
    expect(content.message).not.toBe('');
    expect(content.message).not.toContain('undefined');
  });
});
