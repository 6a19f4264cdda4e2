/** A run that is started and approved with the temporal command alone, and what that leaves on the hub. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import type { RunStatusView } from '../../domain/runs/view.ts';
import type { Fleet } from '../../local/fleet.ts';
import type { CommandResult } from '../support/command.ts';
import { getFleet } from '../support/fleet.ts';
import { apply, getObject, kubectlLine, waitFor } from '../support/kubectl.ts';
import { getRun, placedNamespace, remove, runSpec, stage, strategy, valueOn } from '../support/scenario.ts';
import { temporal, temporalJson } from '../support/temporalCommand.ts';

const spec = runSpec('door', '0', 'door');
let fleet: Fleet;

beforeAll(async () => {
  fleet = await getFleet();
  await placedNamespace(fleet, 'door', { key: 'through-the-door' });
  await apply(fleet, [
    strategy('door', [
      stage('staging', { environment: 'staging' }),
      stage('canary', { environment: 'canary' }, { sortingLabelKey: 'order', afterStageTasks: [{ type: 'Approval' }] }),
    ]),
  ]);
}, 180_000);

afterAll(async () => {
  await remove(fleet, 'csur/door-run csur/door-updated csur/door-early csus/door crp/door ns/door');
}, 120_000);

function start(workflowId: string, input: unknown): Promise<CommandResult> {
  const typed = ['workflow', 'start', '--type', 'stagedUpdateRun', '-w', workflowId, '-t', 'flotilla'];
  return temporal(fleet, [...typed, '--input', JSON.stringify(input)]);
}

function signalApproval(workflowId: string, approval: unknown): Promise<CommandResult> {
  const typed = ['workflow', 'signal', '-w', workflowId, '--name', 'approve', '--input', JSON.stringify(approval)];
  return temporal(fleet, typed);
}

function updateApproval(workflowId: string, approval: unknown): Promise<CommandResult> {
  const typed = ['workflow', 'update', 'execute', '-w', workflowId, '--name', 'approve'];
  return temporal(fleet, [...typed, '--input', JSON.stringify(approval)], { mayFail: true });
}

async function status(workflowId: string): Promise<RunStatusView> {
  const typed = ['workflow', 'query', '-w', workflowId, '--type', 'status'];
  const { queryResult } = await temporalJson<{ queryResult: RunStatusView[] }>(fleet, typed);
  const [view] = queryResult;
  if (view === undefined) throw new Error(`${workflowId} answers nothing.`);
  return view;
}

function request(name: string): Promise<ClusterApprovalRequest> {
  return getObject(fleet, `clusterapprovalrequests ${name}`);
}

describe('the whole way', () => {
  beforeAll(async () => {
    await start('csur/door-run', { name: 'door-run', spec });
    await waitFor(fleet, 'create', 'clusterapprovalrequests/door-run-canary');
  }, 120_000);

  test('starting the workflow creates the run on the hub with exactly the given spec', async () => {
    expect((await getRun(fleet, 'door-run')).spec).toEqual(spec);
  });

  test('the query "status" tells what the run waits for', async () => {
    const view = await status('csur/door-run');
    expect(view).toMatchObject({ run: 'door-run', placement: 'door', phase: 'AwaitingApproval' });
    expect(view.stages.map(({ name, state }) => `${name} ${state}`)).toEqual(['staging succeeded', 'canary waiting']);
    expect(view.stages[1]?.approval).toEqual({ request: 'door-run-canary', state: 'pending' });
  });

  test('an approval for a stage that does not exist is recorded, ignored and shown', async () => {
    await signalApproval('csur/door-run', { stage: 'nowhere', by: 'ana' });
    const { stdout } = await temporal(fleet, ['workflow', 'metadata', '-w', 'csur/door-run']);
    expect(stdout).toContain('no stage "nowhere"');
    expect(stdout).toContain('Stages that take an approval: canary.');
    expect((await request('door-run-canary')).status?.conditions ?? []).toEqual([]);
    expect((await status('csur/door-run')).phase).toBe('AwaitingApproval');
  });

  test('approving by signal ends the run and says on the request who and why', async () => {
    await signalApproval('csur/door-run', { stage: 'canary', by: 'ana', comment: 'lgtm' });
    await waitFor(fleet, 'condition=Succeeded', 'csur/door-run');
    const { metadata, status: requestStatus } = await request('door-run-canary');
    expect(requestStatus?.conditions).toEqual([
      expect.objectContaining({
        type: 'Approved',
        status: 'True',
        message: 'ClusterApprovalRequest has been approved by ana: lgtm',
        observedGeneration: metadata.generation,
      }),
      expect.objectContaining({ type: 'ApprovalAccepted', status: 'True' }),
    ]);
    for (const member of fleet.members) expect(await valueOn(fleet, member, 'door', 'key')).toBe('through-the-door');
  });

  test('describe shows the end, what it was about, and the search attributes', async () => {
    const description = await temporalJson<{
      workflowExecutionInfo: { status: string; searchAttributes: { indexedFields: Record<string, { data: string }> } };
    }>(fleet, ['workflow', 'describe', '-w', 'csur/door-run']);
    const { status: ended, searchAttributes } = description.workflowExecutionInfo;
    expect(ended).toBe('WORKFLOW_EXECUTION_STATUS_COMPLETED');
    const values = Object.entries(searchAttributes.indexedFields).filter(([name]) => name.startsWith('Flotilla'));
    expect(Object.fromEntries(values.map(([name, { data }]) => [name, decoded(data)]))).toMatchObject({
      FlotillaPlacement: 'door',
      FlotillaRun: 'door-run',
      FlotillaPhase: 'Succeeded',
    });
  });

  test('the result of the workflow is a sentence', async () => {
    const { stdout } = await temporal(fleet, ['workflow', 'result', '-w', 'csur/door-run']);
    expect(stdout).toContain('All stages are completed');
  });
});

describe('approving by update', () => {
  beforeAll(async () => {
    await start('csur/door-updated', { name: 'door-updated', spec });
    await waitFor(fleet, 'create', 'clusterapprovalrequests/door-updated-canary');
  }, 120_000);

  test('a wrong stage is refused with the stages that take an approval', async () => {
    const { code, stdout, stderr } = await updateApproval('csur/door-updated', { stage: 'staging' });
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('Stage "staging" of run door-updated needs no approval');
  });

  test('the right stage is answered and ends the run', async () => {
    const { code } = await updateApproval('csur/door-updated', { stage: 'canary', by: 'ben' });
    expect(code).toBe(0);
    await waitFor(fleet, 'condition=Succeeded', 'csur/door-updated');
    const conditions = (await request('door-updated-canary')).status?.conditions;
    expect(conditions?.[0]?.message).toBe('ClusterApprovalRequest has been approved by ben');
  });
});

test('an approval that comes before the stage asks for it is kept', async () => {
  await start('csur/door-early', { name: 'door-early', spec });
  await signalApproval('csur/door-early', { stage: 'canary', by: 'ana' });
  await waitFor(fleet, 'condition=Succeeded', 'csur/door-early');
  expect((await request('door-early-canary')).status?.conditions?.map(({ type }) => type)).toEqual([
    'Approved',
    'ApprovalAccepted',
  ]);
});

test('another workflow id is refused with the line to type, and nothing is created', async () => {
  await start('my-run', { name: 'door-other', spec });
  const { code, stdout, stderr } = await temporal(fleet, ['workflow', 'result', '-w', 'my-run'], { mayFail: true });
  expect(code).not.toBe(0);
  const said = stdout + stderr;
  expect(said).toContain('The workflow id of run door-other must be csur/door-other, not my-run.');
  const line = /temporal workflow start .*--workflow-id csur\/door-other --input '(\{.*\})'/.exec(said);
  expect(JSON.parse(line?.[1]?.replaceAll('\\"', '"') ?? 'null')).toEqual({ name: 'door-other', spec });
  const found = await kubectlLine(fleet, 'get csur door-other', { mayFail: true });
  expect(found.stderr).toContain('"door-other" not found');
});

/** Payloads travel as base64 of JSON. */
function decoded(data: string): unknown {
  return JSON.parse(Buffer.from(data, 'base64').toString()) as unknown;
}
