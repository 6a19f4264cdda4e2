/**
 * Every fact that the document states or shows, one row each, with the check that it holds.
 * Rows are named as in the list of documented facts: a letter for the section and a number.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import { parse } from 'yaml';
import type { Condition } from '../../api/meta.ts';
import type { ClusterStagedUpdateRun, StageUpdatingStatus } from '../../api/types/clusterstagedupdaterun.ts';
import { cleanUpSteps, tutorialSteps } from '../../cli/tutorial/steps.ts';
import { withoutAges } from '../support/kubectl.ts';
import { approvalFileText, tables } from './documented.ts';
import type { AnyObject, Playback } from './tutorialPlay.ts';

export interface Fact {
  readonly id: string;
  readonly fact: string;
  readonly check: (playback: Playback) => void;
}

const placementApi = 'placement.kubernetes-fleet.io/v1beta1';
const memberNames = ['member1', 'member2', 'member3'];
const latestHash = '10dd7a3d1e5f9849afe956cfbac080a60671ad771e9bda7dd34415f867c75648';
const firstHash = '0130c875defa5c7ebcfaa8e16ef8b3c3e10285f3a0e8cc6f39be8c802f03c479';

/** A condition without its time. */
type TimelessCondition = Omit<Condition, 'lastTransitionTime'>;

function row(id: string, fact: string, check: (playback: Playback) => void): Fact {
  return { id, fact, check };
}

function stdout(playback: Playback, step: string): string {
  const output = playback.outputs[step];
  if (output === undefined) throw new Error(`No step "${step}" was played.`);
  return output.stdout;
}

function expectTable(playback: Playback, step: string, documented: string): void {
  expect(withoutAges(stdout(playback, step))).toBe(withoutAges(documented));
}

/** What was typed for a step, as one line. */
function typedIn(step: string): string {
  const found = [...tutorialSteps, ...cleanUpSteps].find(({ id }) => id === step);
  return found?.action.type === 'kubectl' ? found.action.arguments.join(' ') : '';
}

function seconds(time: string | undefined): number {
  expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  return Date.parse(time ?? '') / 1000;
}

/** `later` is the same second as `earlier`, or the next: never before it. */
function expectSameMoment(earlier: string | undefined, later: string | undefined): void {
  const difference = seconds(later) - seconds(earlier);
  expect(difference).toBeGreaterThanOrEqual(0);
  expect(difference).toBeLessThanOrEqual(1);
}

function withoutTimes(conditions: readonly Condition[] | undefined): TimelessCondition[] {
  return (conditions ?? []).map((condition) => {
    const rest: Partial<Condition> = { ...condition };
    delete rest.lastTransitionTime;
    return rest as TimelessCondition;
  });
}

function time(conditions: readonly Condition[] | undefined, type: string): string | undefined {
  return conditions?.find((condition) => condition.type === type)?.lastTransitionTime;
}

function condition(type: string, status: Condition['status'], reason: string, message: string): TimelessCondition {
  return { type, status, reason, message, observedGeneration: 1 };
}

function stage(run: ClusterStagedUpdateRun, name: string): StageUpdatingStatus {
  const found = run.status?.stagesStatus?.find(({ stageName }) => stageName === name);
  if (found === undefined) throw new Error(`The run's status has no stage "${name}".`);
  return found;
}

function clusterConditions(run: ClusterStagedUpdateRun, stageName: string, cluster: string): Condition[] {
  return stage(run, stageName).clusters.find(({ clusterName }) => clusterName === cluster)?.conditions ?? [];
}

function taskConditions(run: ClusterStagedUpdateRun, stageName: string): Condition[] {
  return stage(run, stageName).afterStageTaskStatus?.[0]?.conditions ?? [];
}

function labelsOf(playback: Playback, member: string): Record<string, string> {
  return playback.members.find(({ metadata }) => metadata.name === member)?.metadata.labels ?? {};
}

/** Every condition anywhere in a run's status. */
function allConditions(value: unknown): Condition[] {
  if (Array.isArray(value)) return value.flatMap(allConditions);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'conditions' ? (inner as Condition[]) : allConditions(inner),
  );
}

function expectMembersHold(playback: Playback, prefix: string, value: string): void {
  for (const member of memberNames) {
    const configMap = parse(stdout(playback, `${prefix}-${member}`)) as AnyObject;
    expect(configMap).toMatchObject({
      apiVersion: 'v1',
      data: { key: value },
      kind: 'ConfigMap',
      metadata: { name: 'test-cm', namespace: 'test-namespace' },
    });
  }
}

function expectNothingOnMembers(
  playback: Playback,
  when: 'memberNamespacesBefore' | 'memberNamespacesBeforeRun',
): void {
  expect(playback[when].map(({ stderr }) => stderr)).toEqual(
    memberNames.map(() => 'Error from server (NotFound): namespaces "test-namespace" not found\n'),
  );
}

function placementLabels(index: string, latest: string): Record<string, string> {
  return {
    'kubernetes-fleet.io/is-latest-snapshot': latest,
    'kubernetes-fleet.io/parent-CRP': 'example-placement',
    'kubernetes-fleet.io/resource-index': index,
  };
}

const setup: Fact[] = [
  row('S1', 'one hub and the members member1, member2, member3', ({ members }) => {
    expect(members.map(({ metadata }) => metadata.name)).toEqual(memberNames);
  }),
  row('S2', 'member1 carries environment=canary and order=2', (playback) => {
    expect(labelsOf(playback, 'member1')).toMatchObject({ environment: 'canary', order: '2' });
  }),
  row('S3', 'member2 carries environment=staging and no order', (playback) => {
    expect(labelsOf(playback, 'member2')).toMatchObject({ environment: 'staging' });
    expect(labelsOf(playback, 'member2')).not.toHaveProperty('order');
  }),
  row('S4', 'member3 carries environment=canary and order=1', (playback) => {
    expect(labelsOf(playback, 'member3')).toMatchObject({ environment: 'canary', order: '1' });
  }),
  row('S5', 'the labels stand on MemberCluster objects of the hub, and stages select by them', (playback) => {
    expect(playback.members.map(({ kind }) => kind)).toEqual(memberNames.map(() => 'MemberCluster'));
    expect(stage(playback.runWaiting, 'staging').clusters.map(({ clusterName }) => clusterName)).toEqual(
      memberNames.filter((member) => labelsOf(playback, member).environment === 'staging'),
    );
  }),
  row('S6', 'every az line has a line of ours in the README', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const lines = ['az aks install-cli', 'az extension add --name fleet', 'az extension update --name fleet'];
    for (const line of lines) expect(readme).toContain(line);
  }),
  row('S7', 'the short and full names resolve', ({ names }) => {
    expect(names).toEqual({
      crp: 0,
      csur: 0,
      csus: 0,
      clusterresourcesnapshots: 0,
      clusterapprovalrequest: 0,
      clusterapprovalrequests: 0,
    });
  }),
];

const placement: Fact[] = [
  row('P1', 'the hub commands create the namespace and the ConfigMap', (playback) => {
    expect(typedIn('create-namespace')).toBe('create ns test-namespace');
    expect(stdout(playback, 'create-namespace')).toBe('namespace/test-namespace created\n');
    expect(typedIn('create-configmap')).toBe('create cm test-cm --from-literal=key=value1 -n test-namespace');
    expect(stdout(playback, 'create-configmap')).toBe('configmap/test-cm created\n');
  }),
  row('P2', 'head of the placement', ({ placementScheduled }) => {
    expect(placementScheduled).toMatchObject({
      apiVersion: placementApi,
      kind: 'ClusterResourcePlacement',
      metadata: { name: 'example-placement' },
    });
  }),
  row('P3', 'its resource selector', ({ placementScheduled }) => {
    expect(placementScheduled.spec.resourceSelectors).toEqual([
      { group: '', kind: 'Namespace', name: 'test-namespace', version: 'v1' },
    ]);
  }),
  row('P4', 'placementType PickAll', ({ placementScheduled }) => {
    expect(placementScheduled.spec.policy?.placementType).toBe('PickAll');
  }),
  row('P5', 'strategy External and nothing else', ({ placementScheduled }) => {
    expect(placementScheduled.spec.strategy).toEqual({ type: 'External' });
  }),
  row('P6', 'only a run rolls out: nothing reached the members before, everything after', (playback) => {
    expectNothingOnMembers(playback, 'memberNamespacesBeforeRun');
    expectMembersHold(playback, 'run-1-on', 'value2');
  }),
  row('P7', 'all three clusters are scheduled and nothing is on them', (playback) => {
    const statuses = playback.placementScheduled.status?.placementStatuses ?? [];
    expect(statuses.map(({ clusterName }) => clusterName)).toEqual(memberNames);
    for (const { conditions } of statuses) {
      expect(conditions?.find(({ type }) => type === 'Scheduled')?.status).toBe('True');
    }
    expectNothingOnMembers(playback, 'memberNamespacesBefore');
  }),
  row('P8', 'the table of the placement', (playback) => {
    expectTable(playback, 'placement-scheduled', tables.placementScheduled);
  }),
  row('P9', 'no Available condition before any run', ({ placementScheduled }) => {
    const types = placementScheduled.status?.conditions?.map(({ type }) => type);
    expect(types).toContain('ClusterResourcePlacementScheduled');
    expect(types).not.toContain('ClusterResourcePlacementAvailable');
  }),
  row('P10', 'the generation stays 1', ({ placementScheduled, placementAvailable }) => {
    expect(placementScheduled.metadata.generation).toBe(1);
    expect(placementAvailable.metadata.generation).toBe(1);
  }),
  row('P11', 'scheduled within 51 s', ({ placementScheduled: { metadata, status } }) => {
    const scheduled = time(status?.conditions, 'ClusterResourcePlacementScheduled');
    expect(seconds(scheduled) - seconds(metadata.creationTimestamp)).toBeLessThanOrEqual(51);
  }),
];

const snapshots: Fact[] = [
  row('N1', 'snapshots are taken for an External placement before any run', (playback) => {
    expect(playback.runsBeforeSnapshots).toBe(0);
    expect(playback.latestSnapshot.metadata.name).toBe('example-placement-1-snapshot');
  }),
  row('N2', 'the first listing', (playback) => {
    expect(typedIn('first-snapshot')).toBe('get clusterresourcesnapshots --show-labels');
    expectTable(playback, 'first-snapshot', tables.firstSnapshot);
  }),
  row('N3', 'its columns', (playback) => {
    expect(stdout(playback, 'first-snapshot').split('\n')[0]?.split(/ {2,}/)).toEqual(['NAME', 'GEN', 'AGE', 'LABELS']);
  }),
  row('N4', 'the first snapshot is as old as the placement', ({ firstSnapshot, placementScheduled }) => {
    expect(firstSnapshot.metadata).toMatchObject({ name: 'example-placement-0-snapshot', generation: 1 });
    const { creationTimestamp } = placementScheduled.metadata;
    expect(seconds(firstSnapshot.metadata.creationTimestamp) - seconds(creationTimestamp)).toBeLessThanOrEqual(3);
  }),
  row('N5', 'its labels, all three', ({ firstSnapshot }) => {
    expect(firstSnapshot.metadata.labels).toEqual(placementLabels('0', 'true'));
  }),
  row('N6', 'kubectl edit changes value1 to value2', (playback) => {
    expect(typedIn('edit-configmap')).toBe('edit cm test-cm -n test-namespace');
    expect(stdout(playback, 'edit-configmap')).toBe('configmap/test-cm edited\n');
    expect((parse(stdout(playback, 'hub-configmap')) as AnyObject).data).toEqual({ key: 'value2' });
  }),
  row('N7', 'the second listing', (playback) => {
    expectTable(playback, 'both-snapshots', tables.bothSnapshots);
  }),
  row('N8', 'head of the snapshot: v1 is the preferred version of this kind', (playback) => {
    expect(stdout(playback, 'snapshot-1')).toMatch(
      /^apiVersion: placement\.kubernetes-fleet\.io\/v1\nkind: ClusterResourceSnapshot\n/,
    );
  }),
  row('N9', 'its annotations, all three, with the hash', ({ latestSnapshot }) => {
    expect(latestSnapshot.metadata.annotations).toEqual({
      'kubernetes-fleet.io/number-of-enveloped-object': '0',
      'kubernetes-fleet.io/number-of-resource-snapshots': '1',
      'kubernetes-fleet.io/resource-hash': latestHash,
    });
  }),
  row('N10', 'generation 1, labels, no finalizers, whole seconds', ({ latestSnapshot: { metadata } }) => {
    expect(metadata.generation).toBe(1);
    expect(metadata.labels).toEqual(placementLabels('1', 'true'));
    expect(metadata.finalizers).toBeUndefined();
    seconds(metadata.creationTimestamp);
  }),
  row('N11', 'exactly one owner, the placement', ({ latestSnapshot, placementScheduled }) => {
    expect(latestSnapshot.metadata.ownerReferences).toEqual([
      {
        apiVersion: placementApi,
        blockOwnerDeletion: true,
        controller: true,
        kind: 'ClusterResourcePlacement',
        name: 'example-placement',
        uid: placementScheduled.metadata.uid,
      },
    ]);
  }),
  row('N12', 'the hash is the SHA-256 of the selected resources as compact JSON', (playback) => {
    const { selectedResources } = playback.latestSnapshot.spec;
    // kubectl prints keys sorted, and these objects hold nothing that Go would escape.
    expect(sha256(JSON.stringify({ selectedResources }))).toBe(latestHash);
    expect(playback.firstSnapshot.metadata.annotations?.['kubernetes-fleet.io/resource-hash']).toBe(firstHash);
  }),
  row('N13', 'the namespace as it was selected', ({ latestSnapshot }) => {
    expect(latestSnapshot.spec.selectedResources[0]).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { labels: { 'kubernetes.io/metadata.name': 'test-namespace' }, name: 'test-namespace' },
      spec: { finalizers: ['kubernetes'] },
    });
  }),
  row('N14', 'the ConfigMap as it was selected', ({ latestSnapshot }) => {
    expect(latestSnapshot.spec.selectedResources[1]).toEqual({
      apiVersion: 'v1',
      data: { key: 'value2' },
      kind: 'ConfigMap',
      metadata: { name: 'test-cm', namespace: 'test-namespace' },
    });
  }),
  row('N15', 'namespace first, ConfigMap second', ({ latestSnapshot }) => {
    expect(latestSnapshot.spec.selectedResources.map(({ kind }) => kind)).toEqual(['Namespace', 'ConfigMap']);
  }),
  row('N16', 'what belongs to the hub only is not in the copies', ({ latestSnapshot }) => {
    const hubOnly = ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'generation'];
    for (const resource of latestSnapshot.spec.selectedResources) {
      expect(resource).not.toHaveProperty('status');
      for (const field of hubOnly) expect(resource).not.toHaveProperty(['metadata', field]);
    }
  }),
  row('N17', 'what every namespace gets by itself is not selected', (playback) => {
    expect(playback.namespaceContents).toEqual(
      expect.arrayContaining(['configmap/kube-root-ca.crt', 'serviceaccount/default']),
    );
    expect(playback.latestSnapshot.spec.selectedResources).toHaveLength(2);
  }),
  row('N18', 'no status, and no mark of a pending change on the latest snapshot', ({ latestSnapshot }) => {
    expect(latestSnapshot).not.toHaveProperty('status');
    expect(latestSnapshot.metadata.annotations).not.toHaveProperty([
      'kubernetes-fleet.io/next-resource-snapshot-candidate-detection-time',
    ]);
  }),
];

const strategy: Fact[] = [
  row('G1', 'head of the strategy', (playback) => {
    expect(playback.strategy).toMatchObject({
      apiVersion: placementApi,
      kind: 'ClusterStagedUpdateStrategy',
      metadata: { name: 'example-strategy' },
    });
  }),
  row('G2', 'stage staging', (playback) => {
    expect(playback.strategy.spec.stages[0]).toEqual({
      name: 'staging',
      labelSelector: { matchLabels: { environment: 'staging' } },
      afterStageTasks: [{ type: 'TimedWait', waitTime: '1m' }],
    });
  }),
  row('G3', 'stage canary', (playback) => {
    expect(playback.strategy.spec.stages[1]).toEqual({
      name: 'canary',
      labelSelector: { matchLabels: { environment: 'canary' } },
      sortingLabelKey: 'order',
      afterStageTasks: [{ type: 'Approval' }],
    });
  }),
  row('G4', 'one strategy serves both runs', (playback) => {
    expect(playback.strategyAtTheEnd).toEqual(playback.strategy);
    expect(playback.secondRunSucceeded.spec.stagedRolloutStrategyName).toBe('example-strategy');
    expect(playback.runSucceeded.spec.stagedRolloutStrategyName).toBe('example-strategy');
  }),
];

const updatedCluster = [
  condition('Started', 'True', 'ClusterUpdatingStarted', 'Cluster update started'),
  condition('Succeeded', 'True', 'ClusterUpdatingSucceeded', 'Cluster update completed successfully'),
];

const run: Fact[] = [
  row('R1', 'the run as it was submitted', ({ runCreated }) => {
    expect(runCreated).toMatchObject({
      apiVersion: placementApi,
      kind: 'ClusterStagedUpdateRun',
      metadata: { name: 'example-run' },
    });
    expect(runCreated.spec).toEqual(firstRunSpec);
  }),
  row('R2', 'without a state it starts at once', ({ runCreated, runWaiting }) => {
    expect(runCreated.spec).not.toHaveProperty('state');
    const started = time(clusterConditions(runWaiting, 'staging', 'member2'), 'Started');
    expect(seconds(started) - seconds(runWaiting.metadata.creationTimestamp)).toBeLessThanOrEqual(7);
  }),
  row('R3', 'the table of the started run', (playback) => {
    expectTable(playback, 'run-1-started', tables.runStarted);
  }),
  row('R4', 'kubectl prints v1beta1 for the run', (playback) => {
    expect(stdout(playback, 'run-1-waiting')).toMatch(
      /^apiVersion: placement\.kubernetes-fleet\.io\/v1beta1\nkind: ClusterStagedUpdateRun\n/,
    );
  }),
  row('R5', 'spec holds the three submitted keys only', ({ runWaiting }) => {
    expect(runWaiting.spec).toEqual(firstRunSpec);
  }),
  row('R6', 'keys of the status', ({ runWaiting }) => {
    expect(Object.keys(runWaiting.status ?? {}).sort()).toEqual([
      'conditions',
      'deletionStageStatus',
      'policyObservedClusterCount',
      'policySnapshotIndexUsed',
      'stagedUpdateStrategySnapshot',
      'stagesStatus',
    ]);
  }),
  row('R7', 'Initialized', ({ runWaiting }) => {
    expect(withoutTimes(runWaiting.status?.conditions)[0]).toEqual(
      condition(
        'Initialized',
        'True',
        'UpdateRunInitializedSuccessfully',
        'ClusterStagedUpdateRun initialized successfully',
      ),
    );
  }),
  row('R8', 'Progressing is False while it waits', ({ runWaiting }) => {
    expect(withoutTimes(runWaiting.status?.conditions)[1]).toEqual(
      condition(
        'Progressing',
        'False',
        'UpdateRunWaiting',
        'The updateRun is waiting for after-stage tasks in stage canary to complete',
      ),
    );
  }),
  row('R9', 'these two conditions, in this order', ({ runWaiting }) => {
    expect(runWaiting.status?.conditions?.map(({ type }) => type)).toEqual(['Initialized', 'Progressing']);
  }),
  row('R10', 'the delete stage is there and empty', ({ runWaiting }) => {
    expect(runWaiting.status?.deletionStageStatus).toEqual({
      clusters: [],
      stageName: 'kubernetes-fleet.io/deleteStage',
    });
  }),
  row('R11', 'policyObservedClusterCount', ({ runWaiting }) => {
    expect(runWaiting.status?.policyObservedClusterCount).toBe(3);
  }),
  row('R12', 'policySnapshotIndexUsed', ({ runWaiting }) => {
    expect(runWaiting.status?.policySnapshotIndexUsed).toBe('0');
  }),
  row('R13', 'stage staging of the kept strategy', ({ runWaiting }) => {
    expect(runWaiting.status?.stagedUpdateStrategySnapshot?.stages[0]).toEqual({
      afterStageTasks: [{ type: 'TimedWait', waitTime: '1m0s' }],
      labelSelector: { matchLabels: { environment: 'staging' } },
      name: 'staging',
    });
  }),
  row('R14', 'stage canary of the kept strategy', ({ runWaiting }) => {
    expect(runWaiting.status?.stagedUpdateStrategySnapshot?.stages[1]).toEqual({
      afterStageTasks: [{ type: 'Approval' }],
      labelSelector: { matchLabels: { environment: 'canary' } },
      name: 'canary',
      sortingLabelKey: 'order',
    });
  }),
  row('R15', '1m is written as 1m0s', (playback) => {
    expect(playback.strategy.spec.stages[0]?.afterStageTasks?.[0]?.waitTime).toBe('1m');
    const kept = playback.runWaiting.status?.stagedUpdateStrategySnapshot?.stages[0];
    expect(kept?.afterStageTasks?.[0]?.waitTime).toBe('1m0s');
  }),
  row('R16', 'stages in the order of the strategy', ({ runWaiting }) => {
    expect(runWaiting.status?.stagesStatus?.map(({ stageName }) => stageName)).toEqual(['staging', 'canary']);
  }),
  row('R17', 'the timed wait of staging', ({ runWaiting }) => {
    const task = stage(runWaiting, 'staging').afterStageTaskStatus?.[0];
    expect(Object.keys(task ?? {}).sort()).toEqual(['conditions', 'type']);
    expect(task?.type).toBe('TimedWait');
    expect(withoutTimes(task?.conditions)).toEqual([
      condition('WaitTimeElapsed', 'True', 'AfterStageTaskWaitTimeElapsed', 'Wait time elapsed'),
    ]);
  }),
  row('R18', 'staging holds member2', ({ runWaiting }) => {
    expect(stage(runWaiting, 'staging').clusters.map(({ clusterName }) => clusterName)).toEqual(['member2']);
  }),
  row('R19', 'conditions of every finished cluster', ({ runWaiting }) => {
    const clusters = runWaiting.status?.stagesStatus?.flatMap((entry) => entry.clusters) ?? [];
    expect(clusters).toHaveLength(3);
    for (const { conditions } of clusters) expect(withoutTimes(conditions)).toEqual(updatedCluster);
  }),
  row('R20', 'staging stopped progressing when its clusters were done', ({ runWaiting }) => {
    const { conditions } = stage(runWaiting, 'staging');
    expect(withoutTimes(conditions)[0]).toEqual(
      condition(
        'Progressing',
        'False',
        'StageUpdatingSucceeded',
        'All clusters in the stage are updated and after-stage tasks are completed',
      ),
    );
    const done = time(clusterConditions(runWaiting, 'staging', 'member2'), 'Succeeded');
    expectSameMoment(done, time(conditions, 'Progressing'));
  }),
  row('R21', 'staging succeeded when it ended', ({ runWaiting }) => {
    const { conditions, endTime } = stage(runWaiting, 'staging');
    expect(withoutTimes(conditions).slice(1)).toEqual([
      condition('Succeeded', 'True', 'StageUpdatingSucceeded', 'Stage update completed successfully'),
    ]);
    expect(time(conditions, 'Succeeded')).toBe(endTime);
  }),
  row('R22', 'start and end of staging', ({ runWaiting }) => {
    const { startTime, endTime } = stage(runWaiting, 'staging');
    expect(seconds(startTime)).toBeLessThan(seconds(endTime));
    expectSameMoment(time(taskConditions(runWaiting, 'staging'), 'WaitTimeElapsed'), endTime);
  }),
  row('R23', 'the approval of canary', ({ runWaiting }) => {
    const task = stage(runWaiting, 'canary').afterStageTaskStatus?.[0];
    expect(task).toMatchObject({ approvalRequestName: 'example-run-canary', type: 'Approval' });
    expect(withoutTimes(task?.conditions)).toEqual([
      condition(
        'ApprovalRequestCreated',
        'True',
        'AfterStageTaskApprovalRequestCreated',
        'ClusterApprovalRequest is created',
      ),
    ]);
  }),
  row('R24', 'canary goes by the label: member3, member1', ({ runWaiting }) => {
    expect(stage(runWaiting, 'canary').clusters.map(({ clusterName }) => clusterName)).toEqual(['member3', 'member1']);
  }),
  row('R25', 'one cluster at a time', ({ runWaiting }) => {
    const done = time(clusterConditions(runWaiting, 'canary', 'member3'), 'Succeeded');
    const next = time(clusterConditions(runWaiting, 'canary', 'member1'), 'Started');
    expect(seconds(next)).toBeGreaterThanOrEqual(seconds(done));
  }),
  row('R26', 'canary waits', ({ runWaiting }) => {
    expect(withoutTimes(stage(runWaiting, 'canary').conditions)).toEqual([
      condition(
        'Progressing',
        'False',
        'StageUpdatingWaiting',
        'All clusters in the stage are updated, waiting for after-stage tasks to complete',
      ),
    ]);
  }),
  row('R27', 'canary began when staging ended and has not ended', ({ runWaiting }) => {
    expectSameMoment(stage(runWaiting, 'staging').endTime, stage(runWaiting, 'canary').startTime);
    expect(stage(runWaiting, 'canary')).not.toHaveProperty('endTime');
  }),
  row('R28', 'every condition was observed at generation 1', ({ runWaiting }) => {
    const conditions = allConditions(runWaiting.status);
    expect(conditions.length).toBeGreaterThan(10);
    expect(new Set(conditions.map(({ observedGeneration }) => observedGeneration))).toEqual(new Set([1]));
  }),
];

const firstRunSpec = {
  placementName: 'example-placement',
  resourceSnapshotIndex: '1',
  stagedRolloutStrategyName: 'example-strategy',
};

const approval: Fact[] = [
  row('A1', 'one request, named after the run and the stage', ({ requestsWaiting }) => {
    expect(requestsWaiting.map(({ metadata }) => metadata.name)).toEqual(['example-run-canary']);
    expect(requestsWaiting[0]?.metadata).not.toHaveProperty('namespace');
  }),
  row('A2', 'the table of the requests', (playback) => {
    expectTable(playback, 'request-1-pending', tables.requestPending);
  }),
  row('A3', 'neither approved nor accepted before', ({ requestsWaiting }) => {
    expect(requestsWaiting[0]?.status?.conditions ?? []).toEqual([]);
  }),
  row('A4', 'content of the approval file', ({ approval: text }) => {
    expect(text.replace(/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"/, '"<time>"')).toBe(approvalFileText);
  }),
  row('A5', 'the patch command', (playback) => {
    expect(typedIn('approve-run-1')).toBe(
      'patch clusterapprovalrequests example-run-canary --type=merge --subresource=status --patch-file {approval.json}',
    );
    expect(stdout(playback, 'approve-run-1')).toBe(
      'clusterapprovalrequest.placement.kubernetes-fleet.io/example-run-canary patched\n',
    );
  }),
  row('A6', 'the file is YAML and not JSON, and sets the conditions', (playback) => {
    expect(() => JSON.parse(playback.approval) as unknown).toThrow(SyntaxError);
    const file = parse(playback.approval) as { status: { conditions: Condition[] } };
    expect(playback.requestApproved.status?.conditions?.[0]).toEqual(file.status.conditions[0]);
  }),
  row('A7', 'any text is taken, and a time before the request was made', (playback) => {
    const { metadata, status } = playback.secondRequestApproved;
    const approved = status?.conditions?.find(({ type }) => type === 'Approved');
    expect(approved).toMatchObject({ message: 'lgtm', reason: 'testPassed' });
    expect(seconds(approved?.lastTransitionTime)).toBeLessThan(seconds(metadata.creationTimestamp));
  }),
  row('A8', 'the status is a subresource and the generation stays 1', ({ requestsWaiting, requestApproved }) => {
    expect(requestsWaiting[0]?.metadata.generation).toBe(1);
    expect(requestApproved.metadata.generation).toBe(1);
  }),
  row('A9', 'approved and accepted after', (playback) => {
    expectTable(playback, 'request-1-approved', tables.requestApproved);
  }),
  row('A10', 'the run accepts, and keeps what the person wrote', ({ requestApproved }) => {
    const conditions = withoutTimes(requestApproved.status?.conditions);
    expect(conditions.map(({ type, status }) => `${type}=${status}`)).toEqual([
      'Approved=True',
      'ApprovalAccepted=True',
    ]);
    expect(conditions[0]).toMatchObject({ message: 'lgtm', reason: 'testPassed' });
  }),
];

const completion: Fact[] = [
  row('C1', 'the table of the finished run', (playback) => {
    expectTable(playback, 'run-1-succeeded', tables.runSucceeded);
  }),
  row('C2', 'the table of the placement, available', (playback) => {
    expectTable(playback, 'placement-available', tables.placementAvailable);
  }),
  row('C3', 'value2 on all three members', (playback) => {
    expectMembersHold(playback, 'run-1-on', 'value2');
  }),
  row('C4', 'finished within 8 s of the approval', ({ outputs, runSucceeded }) => {
    const approvedAt = (outputs['approve-run-1']?.endedAt ?? 0) / 1000;
    expect(seconds(time(runSucceeded.status?.conditions, 'Succeeded')) - approvedAt).toBeLessThanOrEqual(8);
  }),
];

const rollback: Fact[] = [
  row('B1', 'the second run', ({ secondRunWaiting }) => {
    expect(secondRunWaiting.metadata.name).toBe('example-run-2');
    expect(secondRunWaiting.spec).toEqual({ ...firstRunSpec, resourceSnapshotIndex: '0' });
  }),
  row('B2', 'goes back while the hub keeps value2 untouched', ({ hubConfigMap, hubConfigMapAtTheEnd }) => {
    expect(hubConfigMapAtTheEnd.data).toEqual({ key: 'value2' });
    expect(hubConfigMapAtTheEnd).toEqual(hubConfigMap);
  }),
  row('B3', 'both runs are listed', (playback) => {
    expectTable(playback, 'run-2-started', tables.bothRuns);
    expect(playback.runAtTheEnd).toEqual(playback.runSucceeded);
  }),
  row('B4', 'in the order of their names', (playback) => {
    const names = stdout(playback, 'run-2-started').trim().split('\n').slice(1);
    expect(names.map((line) => line.split(' ')[0])).toEqual(['example-run', 'example-run-2']);
  }),
  row('B5', 'its request comes only after the wait and the canary clusters', (playback) => {
    expect(playback.requestsAtSecondStart.map(({ metadata }) => metadata.name)).toEqual(['example-run-canary']);
    const made = seconds(playback.secondRequestWaiting.metadata.creationTimestamp);
    const second = playback.secondRunWaiting;
    const updated = time(clusterConditions(second, 'canary', 'member1'), 'Succeeded');
    expect(made).toBeGreaterThanOrEqual(seconds(updated));
    const waited = time(taskConditions(second, 'staging'), 'WaitTimeElapsed');
    expect(made).toBeGreaterThanOrEqual(seconds(waited));
    expect(made - seconds(second.metadata.creationTimestamp)).toBeGreaterThanOrEqual(60);
  }),
  row('B6', 'the table with the new request', (playback) => {
    expectTable(playback, 'request-2-pending', tables.secondRequestPending);
  }),
  row('B7', 'approved with the same file', (playback) => {
    expect(typedIn('approve-run-2')).toBe(
      'patch clusterapprovalrequests example-run-2-canary --type=merge --subresource=status --patch-file {approval.json}',
    );
    expectTable(playback, 'request-2-approved', tables.bothRequestsApproved);
  }),
  row('B8', 'value1 on all three members', (playback) => {
    expectMembersHold(playback, 'run-2-on', 'value1');
  }),
];

const cleanUp: Fact[] = [
  row('X1', 'deleting the runs takes their requests with them', (playback) => {
    expect(typedIn('delete-runs')).toBe('delete csur example-run example-run-2');
    expect(stdout(playback, 'delete-runs').trim().split('\n')).toHaveLength(2);
    expect(playback.requestsAfterRunDeletion).toBe(0);
  }),
  row('X2', 'deleting the strategy returns', (playback) => {
    expect(typedIn('delete-strategy')).toBe('delete csus example-strategy');
    expect(playback.strategiesAfterDeletion).toBe(0);
  }),
  row('X3', 'deleting the placement takes snapshots, bindings and the copies on the members with it', (playback) => {
    expect(typedIn('delete-placement')).toBe('delete crp example-placement');
    expect(playback.snapshotsAfterPlacementDeletion).toBe(0);
    expect(playback.bindingsAfterPlacementDeletion).toBe(0);
    expect(playback.memberNamespacesAfter.map(({ code }) => code)).toEqual([0, 0, 0]);
  }),
  row('X4', 'deleting the namespace returns and takes the ConfigMap with it', (playback) => {
    expect(typedIn('delete-namespace')).toBe('delete namespace test-namespace');
    expect(playback.hubNamespaceAfter.stderr).toBe(
      'Error from server (NotFound): namespaces "test-namespace" not found\n',
    );
  }),
  row('X5', 'the order runs, strategy, placement, namespace works', (playback) => {
    const order = ['delete-runs', 'delete-strategy', 'delete-placement', 'delete-namespace'];
    expect(Object.keys(playback.outputs).filter((id) => order.includes(id))).toEqual(order);
    expect(order.map((id) => playback.outputs[id]?.code)).toEqual([0, 0, 0, 0]);
  }),
];

const times: Fact[] = [
  row('T1', 'Initialized = start of staging = member2 Started', ({ runWaiting }) => {
    const initialized = time(runWaiting.status?.conditions, 'Initialized');
    expectSameMoment(initialized, stage(runWaiting, 'staging').startTime);
    expectSameMoment(initialized, time(clusterConditions(runWaiting, 'staging', 'member2'), 'Started'));
  }),
  row('T2', 'WaitTimeElapsed = end of staging = start of canary = member3 Started', ({ runWaiting }) => {
    const elapsed = time(taskConditions(runWaiting, 'staging'), 'WaitTimeElapsed');
    expectSameMoment(elapsed, stage(runWaiting, 'staging').endTime);
    expectSameMoment(elapsed, time(stage(runWaiting, 'staging').conditions, 'Succeeded'));
    expectSameMoment(elapsed, stage(runWaiting, 'canary').startTime);
    expectSameMoment(elapsed, time(clusterConditions(runWaiting, 'canary', 'member3'), 'Started'));
  }),
  row('T3', 'member3 Succeeded = member1 Started', ({ runWaiting }) => {
    expectSameMoment(
      time(clusterConditions(runWaiting, 'canary', 'member3'), 'Succeeded'),
      time(clusterConditions(runWaiting, 'canary', 'member1'), 'Started'),
    );
  }),
  row('T4', 'member1 Succeeded = canary waits = request created = run waits', ({ runWaiting }) => {
    const updated = time(clusterConditions(runWaiting, 'canary', 'member1'), 'Succeeded');
    expectSameMoment(updated, time(stage(runWaiting, 'canary').conditions, 'Progressing'));
    expectSameMoment(updated, time(taskConditions(runWaiting, 'canary'), 'ApprovalRequestCreated'));
    expectSameMoment(updated, time(runWaiting.status?.conditions, 'Progressing'));
  }),
  row('T5', 'the wait is 60 s, never less', ({ runWaiting }) => {
    const elapsed = seconds(time(taskConditions(runWaiting, 'staging'), 'WaitTimeElapsed'));
    const waited = elapsed - seconds(time(stage(runWaiting, 'staging').conditions, 'Progressing'));
    expect(waited).toBeGreaterThanOrEqual(60);
    expect(waited).toBeLessThanOrEqual(61);
  }),
  row('T6', 'staging stopped progressing = member2 Succeeded', ({ runWaiting }) => {
    expectSameMoment(
      time(clusterConditions(runWaiting, 'staging', 'member2'), 'Succeeded'),
      time(stage(runWaiting, 'staging').conditions, 'Progressing'),
    );
  }),
];

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** All rows, in the order of the document. */
export const facts: readonly Fact[] = [
  ...setup,
  ...placement,
  ...snapshots,
  ...strategy,
  ...run,
  ...approval,
  ...completion,
  ...rollback,
  ...cleanUp,
  ...times,
];
