/** The command among kubectl, several contexts and shells, and what somebody reads who mistyped something. */
import { existsSync } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exitCodes } from '../../cli/exitCodes.ts';
import { findFreePorts } from '../../local/ports.ts';
import { run, type CommandResult } from '../support/command.ts';
import { CommandLine, type Settings } from '../support/commandLine.ts';
import { getFleet } from '../support/fleet.ts';
import { flotilla } from '../support/flotillaCommand.ts';
import { kubectl, kubectlLine } from '../support/kubectl.ts';
import { RunScenarios } from '../support/runScenario.ts';
import { stage } from '../support/scenario.ts';

const checkout = path.join(import.meta.dirname, '../..');
const name = 'fitin-run';
let scenarios: RunScenarios;
/** With the package's programs in PATH, and a Temporal that is not there. */
let prompt: CommandLine;
let environment: Record<string, string>;

beforeAll(async () => {
  scenarios = new RunScenarios(await getFleet(), 'fitin');
  const { bin } = JSON.parse(await readFile(path.join(checkout, 'package.json'), 'utf8')) as {
    bin: Record<string, string>;
  };
  prompt = await CommandLine.open(scenarios.fleet);
  const { folder } = prompt;
  // As npm does for a package that is installed.
  for (const [program, file] of Object.entries(bin))
    await symlink(path.join(checkout, file), path.join(folder, program));
  const programs = [folder, path.dirname(process.execPath), scenarios.fleet.binFolder, process.env.PATH ?? ''];
  ({ environment } = prompt);
  environment.PATH = programs.join(path.delimiter);
  await scenarios.place(name);
  await scenarios.useStrategy(name, [
    stage('staging', { environment: 'staging' }),
    stage('canary', { environment: 'canary' }, { beforeStageTasks: [{ type: 'Approval' }] }),
  ]);
  await scenarios.start(name);
  await scenarios.requestBecomes(`${name}-before-canary`, () => true);
}, 180_000);

afterAll(async () => {
  await scenarios.close();
  await prompt.close();
}, 120_000);

function typed(line: string, settings?: Settings): Promise<CommandResult> {
  return prompt.type(line, settings);
}

describe('kubectl', () => {
  test('runs it as a plugin, under the name that was typed', async () => {
    const { stdout } = await kubectlLine(scenarios.fleet, 'flotilla get members -o name', { environment });
    expect(stdout).toContain('membercluster.cluster.kubernetes-fleet.io/member1\n');
    const help = await kubectlLine(scenarios.fleet, 'flotilla rollout --help', { environment });
    expect(help.stdout).toMatch(/^Usage: kubectl flotilla rollout \[options\] \[command\]\n/);
    const mistake = await kubectlLine(scenarios.fleet, 'flotilla rollout', { environment, mayFail: true });
    expect(mistake.stderr).toContain('Usage: kubectl flotilla rollout');
  });

  test('what may be typed next begins with kubectl as well', async () => {
    const ask = (line: string) => kubectlLine(scenarios.fleet, `flotilla ${line}`, { environment, mayFail: true });
    const picture = await ask(`get run ${name}`);
    expect(picture.stdout).toContain(
      `next: kubectl flotilla approve ${name} canary --before\n      kubectl flotilla rollout pause csur/${name}\n`,
    );
    const why = await ask(`why csur/${name} -o json`);
    expect((JSON.parse(why.stdout) as { command: string }).command).toBe(
      `kubectl flotilla approve ${name} canary --before`,
    );
    const status = await ask(`rollout status csur/${name} --watch=false`);
    expect(status.stdout).toContain(`\nnext: kubectl flotilla approve ${name} canary --before\n`);
    const plan = await ask(`plan ${name} --strategy ${name} --index 0 --no-members`);
    expect(plan.stdout).toContain(`\nnext: kubectl flotilla run ${name} --strategy ${name} --index 0\n`);
    expect((await ask(`plan ${name}`)).stderr).toBe(
      `Name the strategy as well: kubectl flotilla plan ${name} --strategy STRATEGY.\n`,
    );
    expect((await ask('get rnus')).stderr).toBe('kubectl flotilla get does not know "rnus"; did you mean runs?\n');
    expect((await ask(`local env --data ${prompt.folder}`)).stderr).toBe(
      `No fleet runs in ${prompt.folder}; start it with "kubectl flotilla local up".\n`,
    );
  });

  test('hands on how it ended', async () => {
    const missing = await kubectlLine(scenarios.fleet, 'flotilla get run nobody', { environment, mayFail: true });
    expect(missing).toMatchObject({ code: exitCodes.notFound, stdout: '' });
  });

  test('completes it by its own completion', async () => {
    const words = await kubectl(scenarios.fleet, ['__complete', 'flotilla', 'get', 'a'], { environment });
    expect(words.stdout).toBe('approvals\n:4\n');
    const names = await kubectl(scenarios.fleet, ['__complete', 'flotilla', 'approve', name, ''], {
      environment: { ...environment, FLOTILLA_COMPLETION_TIMEOUT: '20s' },
    });
    expect(names.stdout).toBe('canary\n:4\n');
  });
});

describe('a name alone, and a kind before it', () => {
  // Completion is asked for what begins like the first.
  const second = 'second-of-fitin';

  beforeAll(async () => {
    const spec = { placementName: name, stagedRolloutStrategyName: name, state: 'Initialize' } as const;
    await scenarios.start(second, spec);
    await scenarios.becomes(second, ({ status }) => status?.conditions?.[0]?.status === 'True');
  });

  test('of the placement, for what only placements have', async () => {
    const history = await typed(`rollout history ${name}`);
    expect(history).toMatchObject({ code: 0, stderr: '' });
    expect(history.stdout).toMatch(new RegExp(`^crp/${name}\n`));
    expect((await typed(`rollout history crp ${name}`)).stdout).toBe(history.stdout);
    expect((await typed(`rollout history crp/${name}`)).stdout).toBe(history.stdout);
    expect(await typed(`rollout undo ${name} --dry-run`)).toMatchObject({
      code: exitCodes.mistake,
      stderr: `No earlier revision of crp/${name} was rolled out to its end; there is no other.\n`,
    });
  });

  test('of the run', async () => {
    const status = await typed(`rollout status ${second} --watch=false`);
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toContain(`csur/${second} is only planned\n`);
    expect((await typed(`rollout status csur ${second} --watch=false`)).stdout).toBe(status.stdout);
    expect(await typed(`rollout pause ${second}`)).toMatchObject({
      code: exitCodes.mistake,
      stderr: `csur/${second} is only planned and does nothing: it need not be paused.\n`,
    });
    expect(await typed(`rollout resume clusterstagedupdateruns ${second}`)).toMatchObject({
      code: 0,
      stdout: `csur/${second} resumed\n`,
    });
  });
});

describe('contexts', () => {
  test('KUBECONFIG may name several files, and --context one of all their contexts', async () => {
    const first = path.join(prompt.folder, 'only-current');
    await writeFile(first, 'current-context: member1\n');
    const KUBECONFIG = [path.join(prompt.folder, 'none'), first, scenarios.fleet.kubeconfig].join(path.delimiter);
    const wrong = await typed('get runs', { KUBECONFIG });
    expect(wrong).toMatchObject({
      code: exitCodes.hubUnreachable,
      stdout: '',
      stderr:
        'Context member1 leads to no hub: the definitions of Flotilla are not there; did you mean --context hub?\n',
    });
    const right = await typed(`get run ${name} -o name --context hub`, { KUBECONFIG });
    expect(right).toMatchObject({
      code: 0,
      stdout: `clusterstagedupdaterun.placement.kubernetes-fleet.io/${name}\n`,
      stderr: '',
    });
  });

  test.each([
    'approve one canary',
    'explain placement one',
    'why csur/one',
    'rollout status csur/one',
    'run one --strategy one',
    'leave member1 --keep',
  ])('%s says the same where the context is that of a member', async (line) => {
    const { code, stdout, stderr } = await typed(`${line} --context member2`);
    expect({ code, stdout }).toEqual({ code: exitCodes.hubUnreachable, stdout: '' });
    expect(stderr).toContain('Context member2 leads to no hub: ');
  });

  test('the namespace of a context changes no meaning: only -n does', async () => {
    const KUBECONFIG = await prompt.changedKubeconfig('in-namespace', ({ contexts }) => {
      for (const { context } of contexts) context.namespace = 'elsewhere';
    });
    const { stdout } = await typed(`get runs ${name} -o name`, { KUBECONFIG });
    expect(stdout).toBe(`clusterstagedupdaterun.placement.kubernetes-fleet.io/${name}\n`);
  });

  test('without a current context, one has to be named', async () => {
    const KUBECONFIG = await prompt.changedKubeconfig('no-current', (config) => {
      config['current-context'] = '';
    });
    expect(await typed('get runs', { KUBECONFIG })).toMatchObject({
      code: exitCodes.mistake,
      stderr:
        'KUBECONFIG has no current context: name that of the hub with --context; there are hub, member1, member2, member3.\n',
    });
  });
});

/** Installed shells only: the tests of another one are skipped. */
function inShell(shell: string): typeof test | typeof test.skip {
  const found = (process.env.PATH ?? '').split(path.delimiter).some((bin) => existsSync(path.join(bin, shell)));
  return found ? test : test.skip;
}

describe('completion', () => {
  // The machine of the tests has other things to do.
  const patient = { FLOTILLA_COMPLETION_TIMEOUT: '20s' };

  async function next(...words: string[]): Promise<string[]> {
    const { stdout, stderr, code } = await flotilla(['__complete', ...words], {
      environment: { ...environment, ...patient },
    });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    return stdout.trimEnd().split('\n');
  }

  test('names from the hub', async () => {
    expect(await next('get', 'members', '')).toEqual(['member1', 'member2', 'member3', ':4']);
    expect(await next('get', 'members', 'member1', '')).toEqual(['member2', 'member3', ':4']);
    expect(await next('rollout', 'status', 'csur/fitin')).toEqual([`csur/${name}`, ':4']);
    expect(await next('why', 'cluster/member1')).toEqual(['cluster/member1', ':4']);
    expect(await next('run', name, '--strategy', 'fitin')).toEqual([name, ':4']);
    expect(await next('run', name, '--strategy=fitin')).toEqual([name, ':4']);
    expect(await next('rollout', 'undo', `crp/${name}`, '--to-revision', '')).toEqual(['0', ':4']);
    expect(await next('rollout', 'history', 'fitin')).toEqual([name, ':4']);
    expect(await next('rollout', 'history', 'crp', 'fitin')).toEqual([name, ':4']);
    expect(await next('rollout', 'history', 'csur', 'fitin')).toEqual([':4']);
    expect(await next('rollout', 'undo', 'crp', name, '--to-revision', '')).toEqual(['0', ':4']);
    expect(await next('approve', name, '')).toEqual(['canary', ':4']);
    expect(await next('get', 'runs', '-n', 'kube-s')).toEqual(['kube-system', ':4']);
    expect(await next('get', 'runs', '--context', 'h')).toEqual(['hub', ':4']);
  });

  test('bash', async () => {
    const script = `
      source <(flotilla completion bash)
      complete -p flotilla
      press() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _flotilla_complete; echo "$*: \${COMPREPLY[*]}"; }
      press flotilla rollo
      press flotilla get run fitin
      press flotilla run ${name} --strategy = fitin
      press flotilla leave --context hub member
    `;
    const { stdout } = await run('bash', ['--norc', '-c', script], { environment: { ...environment, ...patient } });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'complete -F _flotilla_complete flotilla',
      'flotilla rollo: rollout',
      `flotilla get run fitin: ${name}`,
      `flotilla run ${name} --strategy = fitin: ${name}`,
      'flotilla leave --context hub member: member1 member2 member3',
    ]);
  });

  inShell('fish')('fish', async () => {
    const script = `
      flotilla completion fish | source
      complete -C 'flotilla rollo'
      complete -C 'flotilla get run fitin'
      complete -C 'flotilla run ${name} --strategy=fitin'
      complete -C 'flotilla get runs --output=j'
    `;
    const { stdout } = await run('fish', ['--no-config', '-c', script], {
      environment: { ...environment, ...patient },
    });
    expect(stdout.trimEnd().split('\n')).toEqual([
      'rollout\tfollow rollouts, pause them, and go back',
      name,
      `--strategy=${name}`,
      '--output=json',
    ]);
  });

  inShell('zsh')('zsh, at its own prompt', async () => {
    const script = `
      zmodload zsh/zpty
      zpty shell zsh -f -i
      zpty -w shell 'autoload -Uz compinit; compinit -u -D; source <(flotilla completion zsh); echo "rea""dy"'
      zpty -r shell printed '*ready*'
      zpty -w -n shell $'flotilla get run fitin\\t'
      zpty -r shell printed '*${name}*'
      zpty -w -n shell $'\\C-uflotilla run ${name} --strategy=fitin\\t'
      zpty -r shell printed '*strategy=${name}*'
      echo completed
      zpty -d shell
    `;
    // Without the completion it would wait for the words until its time is over.
    const { stdout } = await run('zsh', ['-f', '-c', script], {
      environment: { ...environment, ...patient },
      deadlineMs: 55_000,
    });
    expect(stdout).toBe('completed\n');
  });

  describe('is silent', () => {
    let deaf: Server;

    afterAll(() => new Promise((resolve) => deaf.close(resolve)));

    test('where the hub does not answer, refuses, or lets nothing be seen', async () => {
      const [port] = (await findFreePorts(1)) as [number];
      deaf = createServer((socket) => socket.on('error', () => undefined).resume());
      await new Promise<void>((resolve) => deaf.listen(port, '127.0.0.1', resolve));
      const files = await Promise.all([
        prompt.changedKubeconfig('deaf', ({ clusters }) => {
          for (const { cluster } of clusters) cluster.server = `https://127.0.0.1:${String(port)}`;
        }),
        prompt.awayKubeconfig(),
        prompt.changedKubeconfig('nobody', ({ users }) => {
          for (const { user } of users) user.as = 'fitin-nobody';
        }),
      ]);
      for (const KUBECONFIG of [...files, path.join(prompt.folder, 'none')]) {
        const { stdout, stderr, code } = await typed('__complete get runs f', { KUBECONFIG });
        expect({ stdout, stderr, code }).toEqual({ stdout: ':4\n', stderr: '', code: 0 });
      }
    });
  });
});

describe('what was mistyped is said in one sentence, with the exit code', () => {
  test.each([
    ['gte runs', exitCodes.mistake, "Unknown command 'gte'; did you mean get?"],
    ['rollout stauts csur/a', exitCodes.mistake, "Unknown command 'stauts'; did you mean status?"],
    ['get runs --contxt hub', exitCodes.mistake, "Unknown option '--contxt'; did you mean --context?"],
    ['get', exitCodes.mistake, "Missing required argument 'resource'; flotilla get --help shows what can be typed."],
    ['get rnus', exitCodes.mistake, 'flotilla get does not know "rnus"; did you mean runs?'],
    ['get sur', exitCodes.mistake, 'sur is in a namespace: say which with -n NAMESPACE, or -A for all of them.'],
    ['get csur -n shop', exitCodes.mistake, 'csur is in no namespace: leave -n shop out, or write runs.'],
    [
      'get runs --context hbu',
      exitCodes.mistake,
      'KUBECONFIG has no context hbu; there are hub, member1, member2, member3.',
    ],
    ['get runs --context meber1', exitCodes.mistake, 'KUBECONFIG has no context meber1; did you mean member1?'],
    [
      'get run fitin-rum',
      exitCodes.notFound,
      'There is no ClusterStagedUpdateRun fitin-rum on the hub; did you mean fitin-run?',
    ],
    [
      'rollout pause csur/fitin-rum',
      exitCodes.notFound,
      'There is no ClusterStagedUpdateRun fitin-rum on the hub; did you mean fitin-run?',
    ],
    [
      'approve fitin-rum canary',
      exitCodes.notFound,
      'There is no ClusterStagedUpdateRun fitin-rum on the hub; did you mean fitin-run?',
    ],
    [`approve ${name} canray`, exitCodes.notFound, `Run ${name} has no stage "canray"; did you mean canary?`],
    [
      `approve csur/${name} staging`,
      exitCodes.mistake,
      `Stage "staging" of run ${name} needs no approval. Stages that take an approval: canary.`,
    ],
    [
      'explain placement fitin-rum',
      exitCodes.notFound,
      'There is no ClusterResourcePlacement fitin-rum on the hub; did you mean fitin-run?',
    ],
    [
      `explain placement crp/${name} --cluster mebmer1`,
      exitCodes.notFound,
      'The fleet has no member mebmer1; did you mean member1?',
    ],
    [
      `run ${name} --strategy fitin-rum`,
      exitCodes.notFound,
      'There is no ClusterStagedUpdateStrategy fitin-rum on the hub; did you mean fitin-run?',
    ],
    [
      'leave member --keep',
      exitCodes.notFound,
      'There is no MemberCluster member on the hub; did you mean member1, member2 or member3?',
    ],
    [
      'why fitin-rum',
      exitCodes.notFound,
      'No run, placement or cluster is called fitin-rum; did you mean fitin-run? Name it as csur/NAME, sur/NAME -n NAMESPACE, crp/NAME, rp/NAME -n NAMESPACE or cluster/NAME.',
    ],
    [
      'rollout pause fitin-rum',
      exitCodes.notFound,
      'No run or placement is called fitin-rum; did you mean fitin-run? Name it as csur/NAME, sur/NAME -n NAMESPACE, crp/NAME or rp/NAME -n NAMESPACE.',
    ],
    [
      'rollout undo fitin-rum',
      exitCodes.notFound,
      'No placement is called fitin-rum; did you mean fitin-run? Name it as crp/NAME or rp/NAME -n NAMESPACE.',
    ],
    [
      `rollout history ${name} -n kube-system`,
      exitCodes.notFound,
      `No placement is called ${name} in namespace kube-system; did you mean crp/${name}?`,
    ],
    [
      `rollout status ${name}`,
      exitCodes.mistake,
      `Several are called ${name}: say which with csur/${name} or crp/${name}.`,
    ],
    [
      'rollout status crp fitin-rum',
      exitCodes.notFound,
      'There is no ClusterResourcePlacement fitin-rum on the hub; did you mean fitin-run?',
    ],
    [
      `rollout status deployment ${name}`,
      exitCodes.mistake,
      `"deployment/${name}" names nothing that this command knows: write csur/NAME, sur/NAME -n NAMESPACE, crp/NAME or rp/NAME -n NAMESPACE.`,
    ],
    [`why ${name}`, exitCodes.mistake, `Several are called ${name}: say which with csur/${name} or crp/${name}.`],
    ['why cluster/mebmer3', exitCodes.notFound, 'There is no MemberCluster mebmer3 on the hub; did you mean member3?'],
  ])('%s', async (line, code, sentence) => {
    const result = await typed(line);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toBe(`${sentence}\n`);
  });

  test('join has two contexts: that of the cluster in its file, and that of the hub', async () => {
    const file = scenarios.fleet.kubeconfig;
    const ofCluster = await typed(`join new --kubeconfig ${file} --context member9`);
    expect(ofCluster).toMatchObject({
      code: exitCodes.mistake,
      stderr: `${file} has no context "member9", only hub, member1, member2, member3.\n`,
    });
    const ofHub = await typed(`join new --kubeconfig ${file} --context member1 --hub-context huub`);
    expect(ofHub).toMatchObject({
      code: exitCodes.mistake,
      stderr: 'KUBECONFIG has no context huub; did you mean hub?\n',
    });
  });
});

describe('rights that are missing are named: which, on what, and whose', () => {
  const user = 'fitin-limited';
  let limited: Record<string, string>;

  beforeAll(async () => {
    limited = {
      KUBECONFIG: await prompt.changedKubeconfig('limited', ({ users }) => {
        for (const one of users) one.user.as = user;
      }),
    };
    const resources = '--resource=*.placement.kubernetes-fleet.io,*.cluster.kubernetes-fleet.io';
    await kubectl(scenarios.fleet, ['create', 'clusterrole', user, '--verb=get,list,watch', resources]);
    await kubectlLine(scenarios.fleet, `create clusterrolebinding ${user} --clusterrole=${user} --user=${user}`);
  });

  afterAll(async () => {
    await kubectlLine(scenarios.fleet, `delete clusterrolebinding ${user} --ignore-not-found`);
    await kubectlLine(scenarios.fleet, `delete clusterrole ${user} --ignore-not-found`);
  });

  const group = 'placement.kubernetes-fleet.io';
  test.each([
    [`rollout pause csur/${name}`, 'patch clusterstagedupdateruns', `patch on clusterstagedupdateruns.${group}`],
    [
      `approve ${name} canary`,
      'patch clusterapprovalrequests/status',
      `patch on clusterapprovalrequests.${group}/status`,
    ],
    [`run ${name} --strategy ${name}`, 'create clusterstagedupdateruns', `create on clusterstagedupdateruns.${group}`],
    ['leave member1 --keep', 'patch memberclusters', 'patch on memberclusters.cluster.kubernetes-fleet.io'],
  ])('%s', async (line, what, right) => {
    const { code, stderr } = await typed(line, limited);
    expect({ code, stderr }).toEqual({
      code: exitCodes.notPermitted,
      stderr: `User ${user} may not ${what} on the hub; a role with the verb ${right} would allow it.\n`,
    });
  });

  test('in a namespace, and for a name that nobody may look for', async () => {
    await kubectlLine(scenarios.fleet, `delete clusterrolebinding ${user}`);
    const unseen = await typed(`rollout pause ${name}`, limited);
    expect(unseen.code).toBe(exitCodes.notPermitted);
    expect(unseen.stderr).toMatch(new RegExp(`^User ${user} may not (get|list) \\S+ on the hub; a role .*\\n$`));
    const { code, stderr } = await typed('get placements -n shop', limited);
    expect({ code, stderr }).toEqual({
      code: exitCodes.notPermitted,
      stderr: `User ${user} may not list resourceplacements on the hub in namespace shop; a role with the verb list on resourceplacements.${group} would allow it.\n`,
    });
  });
});
