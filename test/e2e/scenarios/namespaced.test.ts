/** Runs, placements and approvals in a namespace: the same as those of the cluster's scope, and apart from them. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findCondition } from '../../../api/conditions.ts';
import type { ClusterApprovalRequest } from '../../../api/types/clusterapprovalrequest.ts';
import type { ClusterResourceBinding } from '../../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../../api/types/clusterresourceplacement.ts';
import type { ClusterStagedUpdateRun } from '../../../api/types/clusterstagedupdaterun.ts';
import { getFleet } from '../../support/fleet.ts';
import { apply, getObject, kubectl, kubectlLine, waitFor, withoutAges } from '../../support/kubectl.ts';
import { lines, RunScenarios, stageOf } from '../../support/runScenario.ts';
import { configMap, namespace, placement, stage, strategy, updateRun, valueOn } from '../../support/scenario.ts';
import { temporal, temporalJson } from '../../support/temporalCommand.ts';

/** Namespace, and the name of everything in it and beside it: two scopes with the same names. */
const name = 'namespaced';
const selector = { group: '', version: 'v1', kind: 'ConfigMap', name: 'settings' };
let scenarios: RunScenarios;

/** The object of the namespaced kind, made from that of its cluster-scoped namesake. */
function inNamespace(object: ReturnType<typeof placement>): ReturnType<typeof placement> {
  const kind = object.kind.replace(/^Cluster/, '');
  return { ...object, kind, metadata: { ...object.metadata, namespace: name } };
}

function get<T>(line: string): Promise<T> {
  return getObject<T>(scenarios.fleet, `${line} -n ${name}`);
}

async function approve(request: string): Promise<void> {
  await waitFor(scenarios.fleet, 'create', `approvalrequests/${request} -n ${name}`);
  const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const condition = { type: 'Approved', status: 'True', reason: 'lgtm', message: 'lgtm', lastTransitionTime };
  const status = { conditions: [{ ...condition, observedGeneration: 1 }] };
  const typed = ['patch', 'areq', request, '-n', name, '--type=merge', '--subresource=status'];
  await kubectl(scenarios.fleet, [...typed, '-p', JSON.stringify({ status })]);
}

beforeAll(async () => {
  scenarios = new RunScenarios(await getFleet(), name);
  const { fleet } = scenarios;
  await apply(fleet, [namespace(name), configMap(name, 'settings', { key: 'first' }), configMap(name, 'other', {})]);
  // Whoever may write into a namespace need not be allowed to make one on the members.
  for (const member of fleet.members) await apply(fleet, [namespace(name)], ['--context', member]);
  const spec = { resourceSelectors: [selector], policy: { placementType: 'PickAll' }, strategy: { type: 'External' } };
  await apply(fleet, [inNamespace({ ...placement(name, name), spec })]);
  await waitFor(fleet, 'condition=ResourcePlacementScheduled', `rp/${name} -n ${name}`);
  await waitFor(fleet, 'create', `resourcesnapshots/${name}-0-snapshot -n ${name}`);
}, 180_000);

afterAll(async () => {
  const { fleet } = scenarios;
  for (const kind of ['sur', 'rp', 'sus']) await kubectlLine(fleet, `delete ${kind} --all -n ${name} --timeout=30s`);
  for (const member of fleet.members) await kubectlLine(fleet, `delete ns ${name} --wait=false --context ${member}`);
  await kubectlLine(fleet, `delete ns ${name} --wait=false`);
  await scenarios.close();
}, 120_000);

describe('a run in a namespace', () => {
  test('goes through its gates like any other', async () => {
    const { fleet } = scenarios;
    const stages = [
      stage('canary', { environment: 'canary' }, { afterStageTasks: [{ type: 'Approval' }] }),
      stage('rest', { environment: 'staging' }, { beforeStageTasks: [{ type: 'Approval' }] }),
    ];
    await apply(fleet, [inNamespace(strategy(name, stages)), inNamespace(updateRun(name, name, '0', name))]);
    await approve(`${name}-canary`);
    await approve(`${name}-before-rest`);
    await waitFor(fleet, 'condition=Succeeded', `sur/${name} -n ${name}`);
    const run = await get<ClusterStagedUpdateRun>(`sur ${name}`);
    expect(findCondition(run.status?.conditions, 'Initialized')?.message).toBe(
      'StagedUpdateRun initialized successfully',
    );
    expect(
      findCondition(stageOf(run, 'canary')?.afterStageTaskStatus?.[0]?.conditions, 'ApprovalRequestApproved')?.message,
    ).toBe('ApprovalRequest is approved');
    for (const member of fleet.members) expect(await valueOn(fleet, member, name, 'key')).toBe('first');
  });

  test('is printed as its cluster-scoped namesake is', async () => {
    const { stdout } = await kubectlLine(scenarios.fleet, `get sur,rp -n ${name}`);
    expect(
      withoutAges(stdout.split('\n\n')[0] ?? '')
        .split('\n')
        .map((line) => line.split(/ +/).join(' ')),
    ).toEqual([
      'NAME PLACEMENT RESOURCE-SNAPSHOT-INDEX POLICY-SNAPSHOT-INDEX INITIALIZED SUCCEEDED AGE',
      `stagedupdaterun.placement.kubernetes-fleet.io/${name} ${name} 0 0 True True <age>`,
      '',
    ]);
    const { status } = await get<ClusterResourcePlacement>(`rp ${name}`);
    expect(lines(status?.conditions)).toEqual([
      'ResourcePlacementScheduled True SchedulingPolicyFulfilled',
      'ResourcePlacementRolloutStarted True RolloutStarted',
      'ResourcePlacementOverridden True NoOverrideSpecified',
      'ResourcePlacementWorkSynchronized True WorkSynchronized',
      'ResourcePlacementApplied True ApplySucceeded',
      'ResourcePlacementAvailable True ResourceAvailable',
    ]);
    expect(status?.selectedResources).toEqual([
      { version: 'v1', kind: 'ConfigMap', name: 'settings', namespace: name },
    ]);
  });

  test('leaves its request, its bindings and its workflow under names of their own', async () => {
    const request = await get<ClusterApprovalRequest>(`areq ${name}-canary`);
    expect(request.metadata.ownerReferences).toMatchObject([{ kind: 'StagedUpdateRun', name }]);
    const { items } = await get<{ items: ClusterResourceBinding[] }>('rb');
    expect(items.map(({ spec }) => spec.state)).toEqual(['Bound', 'Bound', 'Bound']);
    const { stdout } = await temporal(scenarios.fleet, ['workflow', 'describe', '-w', `sur/${name}/${name}`]);
    expect(stdout).toMatch(/COMPLETED/i);
  });

  test('starts through the temporal door, and takes an approval there', async () => {
    const { fleet } = scenarios;
    await apply(fleet, [configMap(name, 'settings', { key: 'second' })]);
    const id = `sur/${name}/door`;
    const spec = { placementName: name, stagedRolloutStrategyName: name };
    const input = JSON.stringify({ name: 'door', namespace: name, spec });
    await temporal(fleet, [
      'workflow',
      'start',
      '--task-queue',
      'flotilla',
      '--type',
      'stagedUpdateRun',
      '-w',
      id,
      '--input',
      input,
    ]);
    for (const [of, task] of [
      ['canary', 'after'],
      ['rest', 'before'],
    ]) {
      const approval = JSON.stringify({ stage: of, task, by: 'ana' });
      await temporal(fleet, ['workflow', 'signal', '-w', id, '--name', 'approve', '--input', approval]);
    }
    await waitFor(fleet, 'create', `sur/door -n ${name}`);
    await waitFor(fleet, 'condition=Succeeded', `sur/door -n ${name}`);
    const run = await get<ClusterStagedUpdateRun>('sur door');
    expect(run.status?.resourceSnapshotIndexUsed).toBe('1');
    expect(await valueOn(fleet, 'member1', name, 'key')).toBe('second');
    const { workflowExecutionInfo } = await temporalJson<{ workflowExecutionInfo: { status: string } }>(fleet, [
      'workflow',
      'describe',
      '-w',
      id,
    ]);
    expect(workflowExecutionInfo.status).toBe('WORKFLOW_EXECUTION_STATUS_COMPLETED');
  });

  test('does not take a placement of the same name in the other scope for its own', async () => {
    const { fleet } = scenarios;
    await apply(fleet, [inNamespace(updateRun('astray', 'only-cluster-scoped', '0', name))]);
    await scenarios.place('only-cluster-scoped');
    await waitFor(fleet, 'condition=Initialized=false', `sur/astray -n ${name}`);
    const { status } = await get<ClusterStagedUpdateRun>('sur astray');
    expect(findCondition(status?.conditions, 'Initialized')?.message).toBe(
      'cannot continue the updateRun: failed to validate the updateRun: failed to process the request due to a client error: parent placement not found',
    );
  });
});

describe('a placement in a namespace', () => {
  test('selects nothing outside of it, and says so', async () => {
    const { fleet } = scenarios;
    const spec = {
      resourceSelectors: [{ group: '', version: 'v1', kind: 'Namespace', name }],
      policy: { placementType: 'PickAll' },
      strategy: { type: 'External' },
    };
    await apply(fleet, [inNamespace({ ...placement('greedy', name), spec })]);
    await waitFor(fleet, 'condition=ResourcePlacementScheduled=false', `rp/greedy -n ${name}`);
    const { status } = await get<ClusterResourcePlacement>('rp greedy');
    expect(status?.conditions?.[0]?.message).toBe(
      `The resource selectors are invalid: failed to process the request due to a client error: invalid placement ${name}/greedy: cannot select cluster-scoped resource Namespace in a resourcePlacement`,
    );
  });

  test('takes away what it placed and nothing else when it is deleted', async () => {
    const { fleet } = scenarios;
    await apply(fleet, [configMap(name, 'bystander', {})], ['--context', 'member1']);
    await kubectlLine(fleet, `delete rp ${name} -n ${name} --timeout=30s`);
    const { stdout } = await kubectlLine(fleet, `get cm -n ${name} -o name --context member1`);
    expect(
      stdout
        .trim()
        .split('\n')
        .filter((line) => !line.includes('kube-root-ca')),
    ).toEqual(['configmap/bystander']);
    const { stdout: left } = await kubectlLine(
      fleet,
      `get rb,rs.v1beta1.placement.kubernetes-fleet.io,sps -n ${name} -o name`,
    );
    expect(left).not.toContain(`/${name}-`);
  });
});
