/** `flotilla plan` and `flotilla diff` on the real fleet, with a Temporal that is not there: nothing is made by them. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { exitCodes } from '../../cli/exitCodes.ts';
import type { PlanReport } from '../../cli/plan/report.ts';
import type { CommandResult } from '../support/command.ts';
import { getFleet } from '../support/fleet.ts';
import { flotilla } from '../support/flotillaCommand.ts';
import { apply, kubectl, kubectlLine, waitFor } from '../support/kubectl.ts';
import { RunScenarios } from '../support/runScenario.ts';
import {
  configMap,
  namespace,
  oddKind,
  placement,
  remove,
  stage,
  strategy,
  updateRun,
  valueOn,
} from '../support/scenario.ts';

const name = 'cliplan';
const members = ['member1', 'member2', 'member3'];
let scenarios: RunScenarios;
let environment: Record<string, string>;
let folder: string;

beforeAll(async () => {
  scenarios = new RunScenarios(await getFleet(), name);
  folder = await mkdtemp(path.join(tmpdir(), 'flotilla-cli-plan-'));
  environment = {
    KUBECONFIG: scenarios.fleet.kubeconfig,
    TEMPORAL_ADDRESS: '127.0.0.1:1',
    LANG: 'C.UTF-8',
    LC_ALL: '',
  };
  await scenarios.place(name);
  await scenarios.useStrategy(name, [
    stage('staging', { environment: 'staging' }, { afterStageTasks: [{ type: 'TimedWait', waitTime: '1s' }] }),
    stage('canary', { environment: 'canary' }, { sortingLabelKey: 'order' }),
  ]);
}, 180_000);

afterAll(async () => {
  await scenarios.close();
  await rm(folder, { recursive: true, force: true });
}, 120_000);

function type(typed: string, more: { KUBECONFIG?: string; input?: string } = {}): Promise<CommandResult> {
  const { input, ...changed } = more;
  return flotilla(typed.split(' '), {
    environment: { ...environment, ...changed },
    ...(input !== undefined && { input }),
  });
}

/** The report of a plan, whatever it ends with. */
async function report(typed: string, more: Parameters<typeof type>[1] = {}): Promise<PlanReport & { code: number }> {
  const { stdout, stderr, code } = await type(`plan ${typed} -o json`, more);
  if (stdout === '') throw new Error(stderr);
  return { ...(JSON.parse(stdout) as PlanReport), code };
}

function messages({ problems }: PlanReport): string[] {
  return problems.map(({ message }) => message);
}

describe('before anything was brought', () => {
  test('everything is new on every member, in the order of the stages, and nothing is made', async () => {
    const { stdout, stderr, code } = await type(`plan ${name} --strategy ${name} --index 0`);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toBe(`csur/${name}-run-1 brings revision 0 of crp/${name} to 3 clusters in 2 stages
can run
takes 00:00:01 to wait + an unknown time for the clusters (no earlier run has
updated any)
├─ staging  1 cluster
│    member2
│    soak 1s
└─ canary  2 clusters, 1 at a time
     member3, member1
changes:
  member2, member3, member1: 2 added
    + Namespace ${name}
    + ConfigMap ${name}/settings
next: flotilla run ${name} --strategy ${name} --index 0
`);
    for (const member of members) {
      const { stdout: found } = await kubectlLine(
        scenarios.fleet,
        `get ns,appliedworks -o name --ignore-not-found --context ${member}`,
      );
      expect(found).not.toContain(name);
    }
    expect((await kubectlLine(scenarios.fleet, 'get csur -o name')).stdout).not.toContain(`${name}-run-1`);
  });

  test('the same from a file and from standard input', async () => {
    const run = stringify(updateRun(`${name}-typed`, name, '0', name));
    const file = path.join(folder, 'run.yaml');
    await writeFile(file, run);
    const fromFile = await report(`-f ${file}`);
    expect(fromFile).toMatchObject({ run: `csur/${name}-typed`, canRun: true, code: 0, revision: 0 });
    expect(fromFile.next).toEqual([`kubectl apply -f ${file}`]);
    const { code, stages, changes } = await report('-f -', { input: run });
    expect({ code, stages, changes }).toEqual({ code: 0, stages: fromFile.stages, changes: fromFile.changes });
  });

  test('what is wrong is named at once, with its own exit code', async () => {
    const long = updateRun('x'.repeat(64), 'cliplam', '7', `${name}s`);
    const plan = await report('-f -', { input: stringify(long) });
    expect(plan).toMatchObject({ code: exitCodes.found, canRun: false, changes: [] });
    expect(messages(plan)[0]).toContain('metadata.name max length is 63');
    expect(messages(plan)[1]).toMatch(/^there is no ClusterResourcePlacement cliplam on the hub; /);
    expect(messages(plan)[2]).toMatch(/^there is no ClusterStagedUpdateStrategy \S+ on the hub; /);
    const wrongStrategy = await report(`${name} --strategy ${name}s --index 7`);
    expect(messages(wrongStrategy)).toEqual([
      `there is no ClusterStagedUpdateStrategy ${name}s on the hub; did you mean ${name}?`,
      `no clusterResourceSnapshots with index \`7\` found for clusterResourcePlacement \`${name}\``,
    ]);
  });

  test('what cannot be meant ends with one sentence', async () => {
    expect(await type('plan')).toMatchObject({
      code: exitCodes.mistake,
      stdout: '',
      stderr: 'Say what to plan: flotilla plan -f FILE, or flotilla plan PLACEMENT --strategy STRATEGY.\n',
    });
    expect(await type(`plan ${name}`)).toMatchObject({
      code: exitCodes.mistake,
      stderr: `Name the strategy as well: flotilla plan ${name} --strategy STRATEGY.\n`,
    });
    expect(await type(`plan -f ${folder}/none.yaml`)).toMatchObject({ code: exitCodes.mistake });
    expect(await type(`plan ${name} --strategy ${name}`, { KUBECONFIG: await elsewhere() })).toMatchObject({
      code: exitCodes.hubUnreachable,
      stdout: '',
    });
  });
});

describe('between two revisions', () => {
  const token = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace: name } };
  const secretValue = Buffer.from('nobody-may-see-this').toString('base64');

  beforeAll(async () => {
    await scenarios.start(`${name}-first`, { placementName: name, stagedRolloutStrategyName: name });
    await scenarios.succeeds(`${name}-first`);
    const changed = [configMap(name, 'settings', { key: 'second' }), { ...token, data: { password: secretValue } }];
    await apply(scenarios.fleet, changed);
    await waitFor(scenarios.fleet, 'create', `clusterresourcesnapshots/${name}-1-snapshot`);
  }, 120_000);

  test('members are asked: one that lost an object gets it anew, the others have it changed', async () => {
    await kubectlLine(scenarios.fleet, `delete cm settings -n ${name} --context member3`);
    const plan = await report(`${name} --strategy ${name}`);
    expect(plan).toMatchObject({ code: 0, revision: 1, canRun: true });
    expect(plan.changes).toEqual([
      {
        clusters: ['member2', 'member1'],
        source: 'member',
        added: [`Secret ${name}/token`],
        changed: [{ object: `ConfigMap ${name}/settings`, fields: ['data.key'] }],
        removed: [],
      },
      {
        clusters: ['member3'],
        source: 'member',
        added: expect.arrayContaining([`ConfigMap ${name}/settings`, `Secret ${name}/token`]),
        changed: [],
        removed: [],
      },
    ]);
    expect(plan.estimate).toMatchObject({ clustersSeen: 3, approvals: 0, waitSeconds: 1 });
    expect(plan.estimate?.totalSeconds).toBeGreaterThanOrEqual(1);
    expect(plan.notes).toEqual([
      'it names no revision, so it takes what is selected when it begins; now that is revision 1',
    ]);
    expect(plan.next).toContain(`flotilla diff crp/${name} 0 1`);
    for (const [member, value] of [
      ['member1', 'first'],
      ['member2', 'first'],
      ['member3', ''],
    ] as const) {
      expect(await valueOn(scenarios.fleet, member, name, 'key')).toBe(value);
    }
  });

  test('a cluster that has all of it is passed by, whatever became of it since', async () => {
    const plan = await report(`${name} --strategy ${name} --index 0`);
    expect(plan.changes).toEqual([
      { clusters: ['member2', 'member3', 'member1'], source: 'upToDate', added: [], changed: [], removed: [] },
    ]);
  });

  test('who may not read the kubeconfigs of members is shown what the snapshots say', async () => {
    const user = `${name}-reader`;
    const kubeconfig = await changedKubeconfig('reader', (config) => {
      for (const entry of config.users) entry.user.as = user;
    });
    const resources = [
      'clusterresourceplacements,clusterstagedupdatestrategies,clusterschedulingpolicysnapshots',
      'clusterresourcesnapshots,clusterresourcebindings,memberclusters,clusterstagedupdateruns',
    ].join(',');
    await kubectlLine(scenarios.fleet, `create clusterrole ${user} --verb=get,list --resource=${resources}`);
    try {
      await kubectlLine(scenarios.fleet, `create clusterrolebinding ${user} --clusterrole=${user} --user=${user}`);
      const plan = await report(`${name} --strategy ${name} --index 1`, { KUBECONFIG: kubeconfig });
      expect(plan.code).toBe(0);
      expect(plan.notes).toEqual([`you may not create csur/${name}-run-1, so the hub has not checked it`]);
      expect(plan.changes).toEqual([
        {
          clusters: ['member2', 'member3', 'member1'],
          source: 'snapshots',
          added: [`Secret ${name}/token`],
          changed: [{ object: `ConfigMap ${name}/settings`, fields: ['data.key'] }],
          removed: [],
          note: 'you may not read its kubeconfig on the hub',
        },
      ]);
    } finally {
      await kubectlLine(scenarios.fleet, `delete clusterrolebinding ${user} --ignore-not-found`);
      await kubectlLine(scenarios.fleet, `delete clusterrole ${user} --ignore-not-found`);
    }
  });

  test('"diff" shows the lines, and no value of a Secret', async () => {
    const { stdout, stderr, code } = await type(`diff crp/${name} 0 1`);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toContain(`crp/${name} from revision 0 to revision 1: 1 added, 1 changed\n`);
    expect(stdout).toContain(`changed: ConfigMap ${name}/settings\n--- revision 0\n+++ revision 1\n`);
    expect(stdout).toContain('-  key: first\n+  key: second\n');
    expect(stdout).toContain(`added: Secret ${name}/token\n`);
    expect(stdout).toMatch(/\+ {2}password: ["']?\*\*\*/);
    expect(stdout).not.toContain(secretValue);
    expect(await type(`diff crp/${name} 0`)).toMatchObject({ stdout, code: 0 });
    expect(await type(`diff ${name} 0`)).toMatchObject({ stdout, code: 0 });
    expect(await type(`diff clusterresourceplacement/${name} 0 1 --exit-code`)).toMatchObject({
      stdout,
      code: exitCodes.found,
    });
  });

  test('"diff" names what it cannot compare, and says when there is no difference', async () => {
    expect(await type(`diff crp/${name} 1 1 --exit-code`)).toMatchObject({
      code: 0,
      stdout: `crp/${name}: revisions 1 and 1 hold the same.\n`,
    });
    expect(await type(`diff crp/${name} 1`)).toMatchObject({
      code: exitCodes.mistake,
      stderr: `Revision 1 is the latest of crp/${name}: name another one to compare it with.\n`,
    });
    expect((await type(`diff crp/${name} 0 7`)).stderr).toBe(`crp/${name} has no revision 7: there are 0, 1.\n`);
    expect(await type(`diff crp/${name}s 0 1`)).toMatchObject({ code: exitCodes.notFound });
  });

  test('a revision that was pruned is named', async () => {
    const limit = { spec: { revisionHistoryLimit: 1 } };
    const pruned = `${name}-pruned`;
    await scenarios.place(pruned);
    await kubectl(scenarios.fleet, ['patch', 'crp', pruned, '--type=merge', '-p', JSON.stringify(limit)]);
    await apply(scenarios.fleet, [configMap(pruned, 'settings', { key: 'second' })]);
    await waitFor(scenarios.fleet, 'delete', `clusterresourcesnapshots/${pruned}-0-snapshot`);
    expect((await type(`diff crp/${pruned} 0 1`)).stderr).toBe(
      `Revision 0 of crp/${pruned} was pruned, as spec.revisionHistoryLimit asks for: there is 1.\n`,
    );
  });
});

describe('what is in the way', () => {
  test('another run that is under way, and the name of a run that is there', async () => {
    const held = `${name}-held`;
    await scenarios.place(held);
    await scenarios.useStrategy(held, [stage('all', undefined, { beforeStageTasks: [{ type: 'Approval' }] })]);
    await scenarios.start(held);
    await scenarios.says(held, 'UpdateRunWaiting');
    await apply(scenarios.fleet, [configMap(held, 'settings', { key: 'second' })]);
    await waitFor(scenarios.fleet, 'create', `clusterresourcesnapshots/${held}-1-snapshot`);
    const plan = await report(`${held} --strategy ${held} --name ${held}`);
    expect(plan.code).toBe(exitCodes.found);
    expect(messages(plan)).toEqual([
      `there is a run csur/${held} already, and what is there is not planned again: choose another name`,
    ]);
    const second = await report(`${held} --strategy ${held}`);
    expect(messages(second)).toEqual([
      `csur/${held} is under way with revision 0: this run would take its clusters over, and it would fail; ` +
        `let it end, or stop it with flotilla rollout pause csur/${held}`,
    ]);
    expect(second.stages).toEqual([
      {
        name: 'all',
        maxConcurrency: 1,
        before: ['approval to begin'],
        waves: [['member1'], ['member2'], ['member3']],
        after: [],
      },
    ]);
    expect((await report(`${held} --strategy ${held} --index 0`)).code).toBe(0);
  });

  test('objects that the members would not take: of another placement, and of a kind that they do not know', async () => {
    const group = 'cliplan.example.com';
    const [first, second] = [`${name}-owner`, `${name}-other`];
    await apply(scenarios.fleet, [oddKind(group)]);
    try {
      await waitFor(scenarios.fleet, 'condition=Established', `crd/odds.${group}`);
      await scenarios.place(first);
      await scenarios.useStrategy(first, [stage('all', undefined, { maxConcurrency: '100%' })]);
      await scenarios.start(first);
      await scenarios.succeeds(first);
      const odd = { apiVersion: `${group}/v1`, kind: 'Odd', metadata: { name: 'odd', namespace: first } };
      await apply(scenarios.fleet, [odd]);
      await scenarios.place(second, [], placement(second, first));
      const plan = await report(`${second} --strategy ${first} --index 0`);
      expect(plan.code).toBe(exitCodes.found);
      expect(plan.problems).toEqual(
        expect.arrayContaining([
          {
            message: `ConfigMap ${first}/settings already belongs to another placement (AppliedWork ${first}-work), so it is left alone`,
            clusters: members,
          },
          {
            message: `kind Odd of ${group}/v1 is not served, so Odd ${first}/odd cannot be applied`,
            clusters: members,
          },
        ]),
      );
    } finally {
      await remove(scenarios.fleet, `crd/odds.${group}`);
    }
  });

  test('with --no-members only the hub is asked', async () => {
    const away = `${name}-away`;
    await scenarios.place(away);
    await apply(scenarios.fleet, [strategy(away, [stage('all')])]);
    try {
      const none = await report(`${away} --strategy ${away} --index 0 --no-members`);
      expect(none.changes.map(({ source, clusters }) => ({ source, clusters }))).toEqual([
        { source: 'snapshots', clusters: members },
      ]);
    } finally {
      await remove(scenarios.fleet, `csus/${away}`);
    }
  });
});

test('in a namespace: the namespace is not brought along, and a plan says so where a member lacks it', async () => {
  const own = `${name}-ns`;
  const inNamespace = (object: ReturnType<typeof placement>): ReturnType<typeof placement> => ({
    ...object,
    kind: object.kind.replace(/^Cluster/, ''),
    metadata: { ...object.metadata, namespace: own },
  });
  const selector = { group: '', version: 'v1', kind: 'ConfigMap', name: 'settings' };
  const spec = { resourceSelectors: [selector], policy: { placementType: 'PickAll' }, strategy: { type: 'External' } };
  await apply(scenarios.fleet, [namespace(own), configMap(own, 'settings', { key: 'first' })]);
  try {
    await apply(scenarios.fleet, [
      inNamespace({ ...placement(own, own), spec }),
      inNamespace(strategy(own, [stage('all', undefined, { maxConcurrency: '100%' })])),
    ]);
    await waitFor(scenarios.fleet, 'condition=ResourcePlacementScheduled', `rp/${own} -n ${own}`);
    await waitFor(scenarios.fleet, 'create', `resourcesnapshots/${own}-0-snapshot -n ${own}`);
    await apply(scenarios.fleet, [namespace(own)], ['--context', 'member2']);
    const run = stringify(inNamespace(updateRun(`${own}-typed`, own, '0', own)));
    const plan = await report('-f -', { input: run });
    expect(plan).toMatchObject({
      run: `sur/${own}/${own}-typed`,
      placement: `rp/${own}/${own}`,
      code: exitCodes.found,
    });
    expect(plan.problems).toEqual([
      {
        message: `namespace ${own} does not exist, so ConfigMap ${own}/settings cannot be applied`,
        clusters: ['member1', 'member3'],
      },
    ]);
    expect(plan.changes.find(({ clusters }) => clusters.includes('member2'))).toMatchObject({
      added: [`ConfigMap ${own}/settings`],
    });
    await apply(scenarios.fleet, [configMap(own, 'settings', { key: 'second' })]);
    await waitFor(scenarios.fleet, 'create', `resourcesnapshots/${own}-1-snapshot -n ${own}`);
    const { stdout } = await type(`diff rp/${own} 0 1 -n ${own}`);
    expect(stdout).toContain(`rp/${own}/${own} from revision 0 to revision 1: 1 changed\n`);
    expect(stdout).toContain('-  key: first\n+  key: second\n');
  } finally {
    await kubectlLine(scenarios.fleet, `delete rp ${own} -n ${own} --ignore-not-found`);
    await kubectlLine(scenarios.fleet, `delete ns ${own} --wait=false --ignore-not-found`);
    await kubectlLine(scenarios.fleet, `delete ns ${own} --wait=false --ignore-not-found --context member2`);
  }
});

interface Kubeconfig {
  clusters: { cluster: { server: string } }[];
  users: { user: { as?: string } }[];
}

/** A copy of the fleet's kubeconfig with something else in it. @returns its path */
async function changedKubeconfig(file: string, change: (config: Kubeconfig) => void): Promise<string> {
  const config = parse(await readFile(scenarios.fleet.kubeconfig, 'utf8')) as Kubeconfig;
  change(config);
  const copy = path.join(folder, file);
  await writeFile(copy, stringify(config), { mode: 0o600 });
  return copy;
}

/** A kubeconfig that names a hub where nobody listens. */
function elsewhere(): Promise<string> {
  return changedKubeconfig('elsewhere', (config) => {
    for (const { cluster } of config.clusters) cluster.server = 'https://127.0.0.1:1';
  });
}
