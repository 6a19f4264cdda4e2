/** Steering rollouts and asking about them with the flotilla command alone, as a person or a pipeline does. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Finding } from '../../cli/why/finding.ts';
import type { Fleet } from '../../local/fleet.ts';
import { run, type CommandResult } from '../support/command.ts';
import { getFleet } from '../support/fleet.ts';
import { apply, kubectlLine, waitFor } from '../support/kubectl.ts';
import { RunScenarios } from '../support/runScenario.ts';
import {
  configMap,
  getRun,
  oddKind,
  placement,
  remove,
  stage,
  valueOn,
  type ScenarioObject,
} from '../support/scenario.ts';

const command = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const approval = [{ type: 'Approval' as const }];
/** Runs that the command itself has made. */
const made: string[] = [];
let fleet: Fleet;
let scenarios: RunScenarios;

beforeAll(async () => {
  fleet = await getFleet();
  scenarios = new RunScenarios(fleet, 'steer');
}, 180_000);

afterAll(async () => {
  await remove(fleet, made.map((name) => `csur/${name}`).join(' '));
  await scenarios.close();
}, 120_000);

/** Types `flotilla …`; any exit code is an answer. */
function flotilla(line: string): Promise<CommandResult> {
  const environment = { KUBECONFIG: fleet.kubeconfig, TEMPORAL_ADDRESS: fleet.temporalAddress };
  return run(process.execPath, [command, ...line.split(' ')], { environment, mayFail: true });
}

/** `flotilla rollout status` with its first line as an event of its own. */
function follow(object: string): { began: Promise<unknown>; ended: Promise<{ code: number | null; stderr: string }> } {
  const child = spawn(process.execPath, [command, 'rollout', 'status', object, '--timeout', '60s'], {
    env: { ...process.env, KUBECONFIG: fleet.kubeconfig },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve } = Promise.withResolvers<{ code: number | null; stderr: string }>();
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.on('close', (code) => {
    resolve({ code, stderr });
  });
  return { began: once(child.stdout, 'data'), ended: promise };
}

async function why(object: string): Promise<Finding> {
  const { stdout, stderr, code } = await flotilla(`why ${object} -o json`);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Finding;
}

/** A command that a screen shows, without the name of the program. */
function shown(text: string, pattern: RegExp): string {
  const [, found] = pattern.exec(text) ?? [];
  if (found === undefined) throw new Error(`${String(pattern)} is not in:\n${text}`);
  return found;
}

function withCause(object: ScenarioObject, cause: string): ScenarioObject {
  const metadata = { ...object.metadata, annotations: { 'kubernetes.io/change-cause': cause } };
  return { ...object, metadata };
}

describe('a run that succeeds', () => {
  const name = 'steer-ok';

  test('is made by "flotilla run", which names what it was not given', async () => {
    await scenarios.place(name);
    await scenarios.useStrategy(name, [
      stage('staging', { environment: 'staging' }),
      stage('canary', { environment: 'canary' }, { maxConcurrency: 2, afterStageTasks: approval }),
    ]);
    const { stdout, stderr } = await flotilla(`run ${name} --strategy ${name} --index 0`);
    made.push(`${name}-run-1`);
    expect(stdout).toBe(`csur/${name}-run-1 created\n`);
    expect(stderr).toBe(
      `next: flotilla get run ${name}-run-1 --watch\n      flotilla rollout status csur/${name}-run-1\n`,
    );
  });

  test('"rollout status" tells each stage as it happens, blocks, and ends with 0', async () => {
    const followed = flotilla(`rollout status csur/${name}-run-1 --timeout 60s`);
    await waitFor(fleet, 'create', `clusterapprovalrequests/${name}-run-1-canary`);
    await scenarios.says(`${name}-run-1`, 'UpdateRunWaiting');
    const present = await flotilla(`rollout status crp/${name} --watch=false`);
    expect(present.code).toBe(0);
    const finding = await why(`csur/${name}-run-1`);
    expect(finding).toMatchObject({ cause: 'approvalPending', command: `flotilla approve ${name}-run-1 canary` });
    await flotilla(shown(present.stdout, /^next: flotilla (approve \S+ \S+)$/m));
    const { stdout, stderr, code } = await followed;
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toContain(`csur/${name}-run-1 brings revision 0 of crp/${name} to 3 clusters in 2 stages`);
    expect(lines).toContain('stage staging: 1 of 1 cluster updated, completed');
    expect(lines).toContain('stage canary: 2 of 2 clusters updated, completed');
    expect(lines.at(-1)).toBe(`csur/${name}-run-1 successfully rolled out`);
    expect(await why(`${name}-run-1`)).toMatchObject({ cause: 'succeeded' });
  });

  test('a name that several objects have is answered with the forms', async () => {
    await scenarios.start(name, { state: 'Initialize' });
    const { stderr, code } = await flotilla(`why ${name}`);
    expect({ stderr, code }).toEqual({
      stderr: `Several are called ${name}: say which with csur/${name} or crp/${name}.\n`,
      code: 1,
    });
    await scenarios.becomes(name, ({ status }) => status?.conditions?.[0]?.status === 'True');
    expect(await why(`csur/${name}`)).toMatchObject({ cause: 'planned' });
  });

  test('mistakes are named, with what may be meant', async () => {
    expect((await flotilla(`rollout status csur/${name}-run-2`)).stderr).toContain(`did you mean ${name}-run-1?`);
    expect((await flotilla(`run ${name} --strategy ${name}s`)).stderr).toContain(`did you mean ${name}?`);
    expect((await flotilla(`run ${name} --strategy ${name} --index 7`)).stderr).toBe(
      `crp/${name} has no revision 7: it has 0.\n`,
    );
    expect((await flotilla(`rollout undo crp/${name} --to-revision 7 --yes`)).stderr).toContain('has no revision 7');
  });

  test('what another placement owns is left alone, and "why" says so', async () => {
    const second = 'steer-second';
    await scenarios.place(second, [], placement(second, name));
    await scenarios.useStrategy(second, [stage('all', undefined, { maxConcurrency: '100%' })]);
    await scenarios.start(second);
    await waitFor(
      fleet,
      'condition=Applied=false',
      `clusterresourcebindings -l kubernetes-fleet.io/parent-CRP=${second}`,
    );
    expect(await why(`csur/${second}`)).toMatchObject({ cause: 'ownershipConflict' });
  });
});

describe('pausing', () => {
  const name = 'steer-pause';

  test('"rollout pause" and "resume" set the state of the run, once', async () => {
    await scenarios.place(name);
    await scenarios.useStrategy(name, [stage('all', undefined, { beforeStageTasks: approval })]);
    await scenarios.start(name);
    await scenarios.says(name, 'UpdateRunWaiting');
    expect(await why(`csur/${name}`)).toMatchObject({ command: `flotilla approve ${name} all --before` });
    expect(await flotilla(`rollout pause csur/${name}`)).toMatchObject({
      code: 0,
      stdout: `csur/${name} paused\n`,
      stderr: `next: flotilla rollout resume csur/${name}\n`,
    });
    expect((await getRun(fleet, name)).spec.state).toBe('Stop');
    const stopped = await why(`crp/${name}`);
    expect(stopped).toMatchObject({ cause: 'stopped', command: `flotilla rollout resume csur/${name}` });
    expect((await flotilla(`rollout pause crp/${name}`)).stderr).toBe(`csur/${name} is already paused.\n`);
    const resumed = await flotilla((stopped.command ?? '').replace('flotilla ', ''));
    expect(resumed).toMatchObject({
      code: 0,
      stdout: `csur/${name} resumed\n`,
      stderr: `next: flotilla rollout status csur/${name}\n`,
    });
    await scenarios.says(name, 'UpdateRunWaiting');
  });

  test('an approval that does not count is told apart from none', async () => {
    await scenarios.approve(`${name}-before-all`, 7);
    await scenarios.requestBecomes(`${name}-before-all`, ({ status }) => status?.conditions?.length === 1);
    const finding = await why(`csur/${name}`);
    expect(finding.cause).toBe('approvalNotCounted');
    expect(finding.rule).toContain('has observedGeneration 7 in its condition Approved, and must have 1');
  });

  test('"rollout status" of a run that is deleted ends with 4', async () => {
    const followed = follow(`csur/${name}`);
    await followed.began;
    await remove(fleet, `csur/${name}`);
    expect(await followed.ended).toEqual({
      code: 4,
      stderr: `error: ClusterStagedUpdateRun ${name} has been deleted\n`,
    });
  });
});

describe('a rollout that goes wrong', () => {
  const name = 'steer-back';

  test('times out with 2, and "why" names the object', async () => {
    await scenarios.place(name, [withCause(configMap(name, 'settings', { key: 'first' }), 'the first version')]);
    await scenarios.useStrategy(name, [stage('all')]);
    made.push(`${name}-run-1`, `${name}-run-2`, `${name}-undo-1`);
    await flotilla(`run ${name} --strategy ${name}`);
    expect((await flotilla(`rollout status crp/${name} --timeout 60s`)).code).toBe(0);

    const gate = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'gate', namespace: name },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    };
    const second = withCause(configMap(name, 'settings', { key: 'second' }), 'a gate that nobody opens');
    await apply(fleet, [gate, second]);
    await waitFor(fleet, 'create', `clusterresourcesnapshots/${name}-1-snapshot`);
    await flotilla(`run ${name} --strategy ${name} --index 1`);
    await scenarios.becomes(`${name}-run-2`, ({ status }) => JSON.stringify(status).includes('is not available yet'));
    const binding = `clusterresourcebindings -l kubernetes-fleet.io/parent-CRP=${name}`;
    expect((await kubectlLine(fleet, `get ${binding} -o name`)).stdout.trim().split('\n')).toHaveLength(3);
    expect(await why(`csur/${name}-run-2`)).toMatchObject({
      cause: 'notAvailable',
      what: `csur/${name}-run-2 waits for Service ${name}/gate on cluster member1, which is not available yet`,
      rule: 'The load balancer has no address',
    });
    const { code, stdout, stderr } = await flotilla(`rollout status csur/${name}-run-2 --timeout 1s`);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'error: timed out waiting for the rollout; it goes on by itself\n',
    });
    expect(stdout).toContain(`Service ${name}/gate on cluster member1 is not available yet`);
  });

  test('"rollout history" lists the revisions, why they are and who has them', async () => {
    const { stdout } = await flotilla(`rollout history crp/${name}`);
    const [head = '', header = '', ...rows] = stdout.trimEnd().split('\n');
    expect(head).toBe(`crp/${name}`);
    expect(header.split(/ {2,}/)).toEqual(['REVISION', 'CHANGE-CAUSE', 'LAST RUN', 'TAKEN', 'CLUSTERS']);
    expect(rows.map((row) => row.split(/ {2,}/).toSpliced(3, 1))).toEqual([
      ['0', 'the first version', `csur/${name}-run-1 (Succeeded)`, 'member2, member3'],
      ['1', 'a gate that nobody opens', `csur/${name}-run-2 (Updating)`, 'member1 (not available)'],
    ]);
    const contents = await flotilla(`rollout history crp/${name} --revision=0`);
    expect(contents.stdout).toContain('key: first');
    expect(contents.stdout).not.toContain('gate');
  });

  test('"rollout undo" shows, asks, and brings it back by what the screen says', async () => {
    const unanswered = await flotilla(`rollout undo crp/${name}`);
    expect(unanswered).toMatchObject({ code: 1 });
    expect(unanswered.stderr).toBe(`Bring crp/${name} to revision 0? Nobody can answer here: say so with --yes.\n`);
    const rows = unanswered.stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(rows).toContainEqual(['member1', '1', '0']);
    expect(rows).toContainEqual(['member2', '0', '0 (unchanged)']);

    const dry = await flotilla(`rollout undo crp/${name} --dry-run -o yaml`);
    expect(parse(dry.stdout)).toMatchObject({
      metadata: { name: `${name}-undo-1` },
      spec: { resourceSnapshotIndex: '0' },
    });
    expect((await kubectlLine(fleet, 'get csur -o name')).stdout).not.toContain(`${name}-undo-1`);

    const undone = await flotilla(`rollout undo crp/${name} --yes`);
    expect(undone).toMatchObject({ code: 0, stderr: '' });
    expect(undone.stdout).toContain(`csur/${name}-run-2 paused\n`);
    const followed = await flotilla(`${shown(undone.stdout, /flotilla (rollout status \S+)$/m)} --timeout 60s`);
    expect(followed).toMatchObject({ code: 0, stderr: '' });
    for (const member of fleet.members) expect(await valueOn(fleet, member, name, 'key')).toBe('first');
    expect((await flotilla(`rollout undo crp/${name} --to-revision 0 --yes`)).stderr).toBe(
      `Nothing to do: every cluster of crp/${name} has revision 0 already.\n`,
    );
  });

  test('the run that was displaced has failed: "rollout status" ends with 3, and "why" says by whom', async () => {
    const { code, stdout, stderr } = await flotilla(`rollout status csur/${name}-run-2 --timeout 60s`);
    expect({ code, stdout: stdout.includes('stage all: 0 of 3 clusters updated, failed') }).toEqual({
      code: 3,
      stdout: true,
    });
    expect(stderr).toContain(`error: csur/${name}-run-2 failed: cannot continue the ClusterStagedUpdateRun`);
    expect(await why(`csur/${name}-run-2`)).toMatchObject({
      cause: 'displaced',
      what: `csur/${name}-run-2 has failed because ClusterStagedUpdateRun/${name}-undo-1 took member1 over`,
    });
  });
});

test('an object that no member takes is named, with the reason', async () => {
  const name = 'steer-refused';
  const group = 'steer.example.com';
  await apply(fleet, [oddKind(group)]);
  try {
    await waitFor(fleet, 'condition=Established', `crd/odds.${group}`);
    const odd = { apiVersion: `${group}/v1`, kind: 'Odd', metadata: { name: 'odd', namespace: name } };
    await scenarios.place(name, [odd]);
    await scenarios.useStrategy(name, [stage('all', undefined, { maxConcurrency: '100%' })]);
    await scenarios.start(name);
    await waitFor(
      fleet,
      'condition=Applied=false',
      `clusterresourcebindings -l kubernetes-fleet.io/parent-CRP=${name}`,
    );
    const finding = await why(`csur/${name}`);
    expect(finding.cause).toBe('applyRejected');
    expect(finding.command).toMatch(/^kubectl api-resources --api-group=steer\.example\.com --context member\d$/);
    expect(finding.what).toMatch(/waits for Odd steer-refused\/odd, which cluster member\d does not take$/);
    expect(finding.rule).toContain('does not serve kind Odd');
  } finally {
    await remove(fleet, `csur/${name} crd/odds.${group}`);
  }
});
