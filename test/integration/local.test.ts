/** A fleet of its own, through everything that can happen to one between `up` and `down`. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { down, openFleet, status, up, type Fleet, type FleetOptions } from '../../local/fleet.ts';
import { startMark } from '../../local/processIdentity.ts';
import { readState } from '../../local/state.ts';
import { run } from '../support/command.ts';
import { apply, getObject, kubectlLine, waitFor } from '../support/kubectl.ts';

const flotilla = fileURLToPath(new URL('../../cli/flotilla.js', import.meta.url));

let data: string;
let fleet: Fleet;
let lines: string[];

function options(rest: Partial<FleetOptions> = {}): FleetOptions {
  const members = [{ name: 'east', labels: { order: '1' } }];
  return { data, members, worker: false, whileParentLives: true, log: (line) => lines.push(line), ...rest };
}

async function start(rest: Partial<FleetOptions> = {}): Promise<Fleet> {
  lines = [];
  return await up(options(rest));
}

async function runFlotilla(words: string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  return await run(process.execPath, [flotilla, ...words], {
    mayFail: true,
    environment: { KUBECONFIG: fleet.kubeconfig },
  });
}

/** Numbers of those processes that still run. */
async function running(pids: readonly number[]): Promise<number[]> {
  const marks = await Promise.all(pids.map(startMark));
  return pids.filter((_, index) => marks[index] !== undefined);
}

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'flotilla-local-'));
  fleet = await start({ audit: true });
}, 120_000);

afterAll(async () => {
  await down(data);
  await rm(data, { recursive: true, force: true });
}, 60_000);

test('the hub has all kinds, the member the inventory alone', async () => {
  const names = async (context: string): Promise<string[]> =>
    (await kubectlLine(fleet, `get crd -o name --context ${context}`)).stdout.trim().split('\n');
  const ofHub = await names('hub');
  expect(ofHub).toContain(
    'customresourcedefinition.apiextensions.k8s.io/clusterstagedupdateruns.placement.kubernetes-fleet.io',
  );
  expect(ofHub).not.toContain(
    'customresourcedefinition.apiextensions.k8s.io/appliedworks.placement.kubernetes-fleet.io',
  );
  expect(await names('east')).toEqual([
    'customresourcedefinition.apiextensions.k8s.io/appliedworks.placement.kubernetes-fleet.io',
  ]);
});

test('the member has joined with its labels, and its Secret reaches it', async () => {
  const member = await getObject<{ metadata: { labels: Record<string, string> } }>(fleet, 'membercluster east');
  expect(member.metadata.labels).toMatchObject({ order: '1', 'kubernetes-fleet.io/member-name': 'east' });
  const secret = await getObject<{ data: { kubeconfig: string } }>(fleet, 'secret kubeconfig -n fleet-member-east');
  const kubeconfig = join(data, 'from-secret');
  await writeFile(kubeconfig, Buffer.from(secret.data.kubeconfig, 'base64'));
  const { stdout } = await run(fleet.kubectl, ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.groups}'], {
    environment: { KUBECONFIG: kubeconfig },
  });
  expect(stdout).toContain('system:masters');
});

test('clusters behave like real ones: namespaces fill and go, owners take their objects along', async () => {
  const owner = (uid: string): object => ({ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid });
  await kubectlLine(fleet, 'create namespace lively --context east');
  await waitFor(fleet, 'jsonpath={.data.ca\\.crt}', 'configmap/kube-root-ca.crt -n lively --context east');
  await kubectlLine(fleet, 'create configmap owner -n lively --context east');
  const { metadata } = await getObject<{ metadata: { uid: string } }>(
    fleet,
    'configmap owner -n lively --context east',
  );
  const owned = { name: 'owned', namespace: 'lively', ownerReferences: [owner(metadata.uid)] };
  await apply(fleet, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: owned }], ['--context', 'east']);
  await kubectlLine(fleet, 'delete configmap owner -n lively --context east');
  await waitFor(fleet, 'delete', 'configmap/owned -n lively --context east');
  await kubectlLine(fleet, 'create deployment app --image=app --replicas=2 -n lively --context east');
  await waitFor(fleet, 'jsonpath={.status.updatedReplicas}=2', 'deployment/app -n lively --context east');
  await kubectlLine(fleet, 'delete namespace lively --context east --timeout=60s');
});

test('what is published on the hub does not run there', async () => {
  await kubectlLine(fleet, 'create deployment app --image=app -n default');
  await kubectlLine(fleet, 'create configmap later -n default');
  expect((await kubectlLine(fleet, 'get replicasets,pods -n default -o name')).stdout).toBe('');
});

test('audit logs say who wrote what, without content', async () => {
  await kubectlLine(fleet, 'create secret generic hidden --from-literal=word=swordfish');
  const entries = (await readFile(fleet.auditLogs.hub!, 'utf8')).trim().split('\n');
  const written = entries.map((line) => JSON.parse(line) as { verb: string; objectRef?: { name?: string } });
  expect(written.find(({ objectRef }) => objectRef?.name === 'hidden')).toMatchObject({ verb: 'create' });
  expect(written.every(({ verb }) => ['create', 'update', 'patch', 'delete', 'deletecollection'].includes(verb))).toBe(
    true,
  );
  expect(entries.join('\n')).not.toContain(Buffer.from('swordfish').toString('base64'));
});

test('Temporal knows the search attributes', async () => {
  const { stdout } = await run(fleet.temporalBinary, ['operator', 'search-attribute', 'list'], {
    environment: { TEMPORAL_ADDRESS: fleet.temporalAddress },
  });
  for (const name of ['FlotillaPlacement', 'FlotillaRun', 'FlotillaStage', 'FlotillaPhase']) {
    expect(stdout).toMatch(new RegExp(`${name} +Keyword`));
  }
});

test('"flotilla join" does not make one cluster two members, and changes the one that it is', async () => {
  const cluster = ['--kubeconfig', fleet.kubeconfig, '--context', 'east', '--label', 'environment=canary'];
  expect(await runFlotilla(['join', 'west', ...cluster])).toMatchObject({
    code: 1,
    stderr:
      'This cluster is the member east already, and what is placed on it twice would undo itself: run flotilla leave east first.\n',
  });
  expect(await runFlotilla(['join', 'east', ...cluster, '--timeout', '0'])).toMatchObject({ code: 0, stderr: '' });
  const member = await getObject<{ metadata: { labels: object } }>(fleet, 'membercluster east');
  expect(member.metadata.labels).toMatchObject({ environment: 'canary' });
});

test.each([
  [['join', 'west', '--kubeconfig', '/nothing'], 'The kubeconfig /nothing cannot be read'],
  [['join', 'west', '--kubeconfig', '/nothing', '--label', 'a b=c'], '"a b=c" is not a label of the form key=value.'],
  [['local', 'up', '--member', 'Hub'], '"Hub" cannot be a member\'s name'],
  [['local', 'env', '--data', '/nowhere'], 'No fleet runs in /nowhere; start it with "flotilla local up".'],
])('flotilla %j fails with one sentence', async (words, sentence) => {
  const { stdout, stderr, code } = await runFlotilla(words);
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toContain(sentence);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('"flotilla local env" points a shell at the fleet', async () => {
  const { stdout } = await runFlotilla(['local', 'env', '--data', data]);
  const script = `${stdout}\nkubectl config current-context && command -v temporal && echo "$TEMPORAL_ADDRESS"`;
  const shell = await run('sh', ['-c', script], { environment: { KUBECONFIG: '/nothing', PATH: process.env.PATH! } });
  expect(shell.stdout).toBe(`hub\n${fleet.temporalBinary}\n${fleet.temporalAddress}\n`);
});

test('a second "up" leaves a running fleet alone, and refuses to change it', async () => {
  const before = fleet.processes.map(({ pid }) => pid);
  const again = await start({ audit: true });
  expect(lines).toEqual(['The fleet already runs.']);
  expect(again.processes.map(({ pid }) => pid)).toEqual(before);
  await expect(start({ audit: false })).rejects.toThrow(/^A fleet with audit logs runs in .*"flotilla local down"\.$/);
});

test('an API server that dies is reported, and goes on with its data when it is started again', async () => {
  const server = fleet.process('east-apiserver');
  await kubectlLine(fleet, 'create configmap kept -n default --context east');
  await server.kill('SIGKILL');
  const current = await status(data);
  expect(current.state).toBe('partly');
  expect(current.processes.find(({ name }) => name === 'east-apiserver')).toMatchObject({
    state: 'ended',
    ending: 'signal SIGKILL',
  });
  const shown = await runFlotilla(['local', 'status', '--data', data]);
  expect(shown.stdout).toMatch(/^The fleet is not whole.*\n(.*\n)*east-apiserver +ended with signal SIGKILL/);
  await server.start();
  expect(await server.isReady()).toBe(true);
  await kubectlLine(fleet, 'get configmap kept -n default --context east');
}, 90_000);

test('the end of the supervisor ends everything, and "up" brings it back with data and ports', async () => {
  const before = await readState(data);
  const pids = (await status(data)).processes.map(({ pid }) => pid);
  expect(pids.length).toBeGreaterThan(4);
  process.kill(before!.supervisor!.pid, 'SIGKILL');
  const deadline = Date.now() + 20_000;
  while ((await running(pids)).length > 0 && Date.now() < deadline) await delay(50);
  expect(await running(pids)).toEqual([]);
  expect((await status(data)).state).toBe('down');
  fleet = await start();
  const after = await readState(data);
  expect(after).toMatchObject({ ports: before!.ports, hub: before!.hub, members: before!.members });
  await kubectlLine(fleet, 'get configmap kept -n default --context east');
}, 120_000);

test('"down" leaves no process, and a taken port is named', async () => {
  const pids = (await status(data)).processes.map(({ pid }) => pid);
  const { temporalUiUrl } = await openFleet(data);
  expect(await down(data)).toBe(true);
  expect(await running(pids)).toEqual([]);
  expect(await down(data)).toBe(false);
  const port = Number(new URL(temporalUiUrl).port);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await expect(start()).rejects.toThrow(
    `Port ${String(port)}, which the fleet in ${data} uses for temporal-ui, is taken by another program; ` +
      'end that program, or choose other ports with "flotilla local up --new-ports".',
  );
  await new Promise((resolve) => server.close(resolve));
}, 60_000);

test('an unknown port is refused by name', async () => {
  await expect(start({ ports: { temporalUi: 1234 } })).rejects.toThrow(
    /^There is no port "temporalUi"; .* temporal-ui/,
  );
});
