/** `flotilla get` on the real fleet, with a Temporal that is not there: the hub is all it needs. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { exitCodes } from '../../cli/exitCodes.ts';
import type { CommandResult } from '../support/command.ts';
import { CommandLine, type Settings } from '../support/commandLine.ts';
import { getFleet } from '../support/fleet.ts';
import type { FollowedCommand } from '../support/flotillaCommand.ts';
import { apply, kubectl, kubectlLine } from '../support/kubectl.ts';
import { RunScenarios } from '../support/runScenario.ts';
import { stage } from '../support/scenario.ts';

const approval = { type: 'Approval' as const };
let scenarios: RunScenarios;
let prompt: CommandLine;

beforeAll(async () => {
  scenarios = new RunScenarios(await getFleet(), 'cliget');
  prompt = await CommandLine.open(scenarios.fleet);
}, 180_000);

afterAll(async () => {
  await scenarios.close();
  await prompt.close();
}, 120_000);

function get(typed: string, settings?: Settings): Promise<CommandResult> {
  return prompt.type(`get ${typed}`, settings);
}

function following(typed: string, body: (command: FollowedCommand) => Promise<void>): Promise<void> {
  return prompt.follow(`get ${typed}`, body);
}

/** Times and spans as they are for any test, so that the rest can be compared. */
function timeless(text: string): string {
  return text
    .replaceAll(/\d\d:\d\d:\d\d \+/g, 'SPAN +')
    .replaceAll(/\d\d:\d\d:\d\d left/g, 'SPAN left')
    .replaceAll(/(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d/g, 'TIME');
}

describe('a run that waits for an approval', () => {
  const name = 'cliget-waits';

  beforeAll(async () => {
    await scenarios.place(name);
    await scenarios.useStrategy(name, [
      stage('all', undefined, { maxConcurrency: '100%', afterStageTasks: [approval] }),
    ]);
    await scenarios.start(name);
    await scenarios.says(name, 'UpdateRunWaiting');
    await scenarios.requestBecomes(`${name}-all`, () => true);
  }, 120_000);

  test('the picture says where it is, why, and what to type', async () => {
    const { stdout, stderr, code } = await get(`run ${name}`);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(timeless(stdout)).toBe(
      `cliget-waits  cliget-waits snapshot 0 → 3 clusters
  AWAITING APPROVAL  TIME  ETA SPAN + 1 approval
why: stage all waits for approval cliget-waits-all, asked for at TIME
└─◷ all  3/3  TIME  approval asked for TIME
     ✔ member1  ✔ member2  ✔ member3
next: flotilla approve cliget-waits all
      flotilla rollout pause csur/cliget-waits
      ✔ done
`,
    );
  });

  test('its rows: run, placement, approval and members', async () => {
    const [runs, placements, approvals, members] = await Promise.all([
      get(`runs ${name} -o wide`),
      get(`placement ${name}`),
      get(`approvals -l kubernetes-fleet.io/targetUpdateRun=${name}`),
      get('members -l environment=staging'),
    ]);
    expect(runs.stdout).toMatch(
      /^NAME +PLACEMENT +SNAPSHOT +STATE +STAGE +CLUSTERS +AGE +STRATEGY +MESSAGE\ncliget-waits {3}cliget-waits +0 +AwaitingApproval +all +3\/3 +\d+s +cliget-waits +The updateRun is waiting for after-stage tasks in stage all to complete\n$/,
    );
    expect(placements.stdout).toMatch(
      /^NAME +ROLLOUT +SNAPSHOT +SCHEDULED +AVAILABLE +CLUSTERS +AGE\ncliget-waits +External +0? +True +(True +)?3 +\d+s\n$/,
    );
    expect(approvals.stdout).toMatch(
      /^NAME +RUN +STAGE +MOMENT +STATE +AGE\ncliget-waits-all +cliget-waits +all +after +Pending +\d+s\n$/,
    );
    expect(members.stdout).toMatch(
      /^NAME +JOINED +HEALTHY +LAST-SEEN +NODES +FREE-CPU +FREE-MEMORY +AGE\nmember2 +True +True .*\n$/,
    );
  });

  test('objects as kubectl prints them', async () => {
    const [names, json, yaml, theirs] = await Promise.all([
      get(`csur/${name} -o name`),
      get(`run ${name} -o json`),
      get(`run ${name} -o yaml`),
      kubectlLine(scenarios.fleet, `get csur ${name} -o json`),
    ]);
    expect(names.stdout).toBe(`clusterstagedupdaterun.placement.kubernetes-fleet.io/${name}\n`);
    expect(JSON.parse(json.stdout)).toEqual(JSON.parse(theirs.stdout));
    expect(parse(yaml.stdout)).toEqual(JSON.parse(theirs.stdout));
  });

  test('--watch in a pipe: the picture, a line for each change, and it ends with the run', async () => {
    await following(`run ${name} --watch`, async (command) => {
      await command.prints(/next: flotilla approve cliget-waits all/);
      await scenarios.approve(`${name}-all`);
      expect(await command.ends()).toBe(0);
      const lines = timeless(command.printed).split('\n');
      expect(lines).toContain('TIME  cliget-waits all: succeeded; approved TIME: lgtm');
      expect(lines).toContain('TIME  cliget-waits: SUCCEEDED: 3 clusters have snapshot 0');
      expect(command.printed).not.toContain('\u001b');
    });
  });
});

describe('a run in the middle', () => {
  const name = 'cliget-soaks';

  beforeAll(async () => {
    await scenarios.place(name);
    await scenarios.useStrategy(name, [
      stage('staging', { environment: 'staging' }, { afterStageTasks: [{ type: 'TimedWait', waitTime: '20m' }] }),
      stage('canary', { environment: 'canary' }, { sortingLabelKey: 'order', beforeStageTasks: [approval] }),
    ]);
    await scenarios.start(name);
    await scenarios.says(name, 'UpdateRunWaiting');
  }, 120_000);

  test('the picture counts down, and shows what is still to come', async () => {
    const { stdout } = await get(`run ${name}`);
    expect(timeless(stdout)).toBe(
      `cliget-soaks  cliget-soaks snapshot 0 → 3 clusters
  SOAKING  TIME  ETA SPAN + 1 approval
why: stage staging soaks until TIME; then canary, 2 clusters
├─◷ staging  1/1  TIME  soak 20m0s, SPAN left
│    ✔ member2
└─· canary   0/2            approval to begin
     · member3  · member1
next: flotilla rollout pause csur/cliget-soaks
      ✔ done, · not started
`,
    );
  });

  test('the same in ASCII and in colour', async () => {
    const ascii = await get(`run ${name} --ascii`);
    expect(ascii.stdout).toMatch(/^[\n -~]+$/);
    expect(ascii.stdout).toContain('`-. canary');
    const [forced, refused] = await Promise.all([
      get(`run ${name}`, { FORCE_COLOR: '1' }),
      get(`run ${name}`, { NO_COLOR: '1' }),
    ]);
    expect(forced.stdout).toContain('\u001b[');
    expect(refused.stdout).not.toContain('\u001b[');
  });

  test('-w prints a row again whenever it changes, until it is interrupted', async () => {
    await following(`runs ${name} -o wide -w`, async (command) => {
      await command.prints(/^NAME.*\ncliget-soaks +.* Waiting +staging +1\/3 /);
      await scenarios.request(name, 'Stop');
      await command.prints(/\ncliget-soaks +.* Stopped +staging +1\/3 /);
      expect(command.printed.match(/NAME/g)).toHaveLength(1);
      expect(await command.stop()).toBe(130);
    });
    const { stdout } = await get(`run ${name}`);
    expect(stdout).toContain('STOPPED');
    expect(stdout).toContain('next: flotilla rollout resume csur/cliget-soaks');
  });
});

test('a run that failed', async () => {
  const name = 'cliget-fails';
  await scenarios.place(name);
  await scenarios.useStrategy(name, [stage('staging', { environment: 'staging' })]);
  await scenarios.start(name);
  await scenarios.becomes(
    name,
    ({ status }) =>
      status?.conditions?.some(({ type, status: value }) => type === 'Initialized' && value === 'False') === true,
  );
  const { stdout, code } = await get(`run ${name}`);
  expect(code).toBe(0);
  expect(timeless(stdout)).toMatch(
    /^cliget-fails {2}cliget-fails snapshot 0 {2}FAILED {2}TIME\nwhy: cannot continue the ClusterStagedUpdateRun: failed to initialize/,
  );
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('some clusters are not placed in any stage, total 2');
  expect(stdout).toContain('next: flotilla why csur/cliget-fails');
});

test('a cluster in trouble is spelled out, and followed until it is over', async () => {
  const name = 'cliget-held';
  await scenarios.placeHeld(name);
  await scenarios.useStrategy(name, [
    stage('staging', { environment: 'staging' }),
    stage('canary', { environment: 'canary' }),
  ]);
  await scenarios.start(name);
  await following(`run ${name} --watch`, async (command) => {
    await command.prints(/member2: troubled: .*Service cliget-held\/gate|! member2: .*Service/);
    const { stdout } = await get(`run ${name}`);
    expect(stdout).toMatch(/^why: stage staging waits for cluster member2: Service cliget-held\/gate/m);
    expect(stdout).toMatch(/^│ {4}! member2: Service cliget-held\/gate on cluster member2 is not available$/m);
    expect(stdout).toContain('! in trouble');
    for (const member of ['member2', 'member1', 'member3']) await scenarios.release(name, member);
    expect(await command.ends()).toBe(0);
    expect(command.printed).toContain('cliget-held staging/member2: succeeded');
    expect(command.printed).toContain('cliget-held: SUCCEEDED: 3 clusters have snapshot 0');
  });
});

test('-n and -A: what is in namespaces', async () => {
  const name = 'cliget-ns';
  await kubectlLine(scenarios.fleet, `create ns ${name}`);
  try {
    const run = {
      apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
      kind: 'StagedUpdateRun',
      metadata: { name, namespace: name },
      spec: { placementName: name, stagedRolloutStrategyName: name },
    };
    await apply(scenarios.fleet, [run]);
    await kubectlLine(scenarios.fleet, `wait --for=condition=Initialized=false sur/${name} -n ${name} --timeout=60s`);
    expect((await get(`runs -n ${name}`)).stdout).toMatch(/^NAME +PLACEMENT .*\ncliget-ns +cliget-ns +Failed +\d+s\n$/);
    expect((await get('runs -A')).stdout).toMatch(
      /^NAMESPACE +NAME .*\n(.*\n)*cliget-ns +cliget-ns +cliget-ns +Failed/,
    );
    expect((await get(`run ${name} -n ${name}`)).stdout).toContain('cliget-ns/cliget-ns  cliget-ns  FAILED');
    const other = await get(`run ${name}`);
    expect(other.stderr).toBe(
      `There is no ClusterStagedUpdateRun ${name} on the hub; with -n ${name} you mean the StagedUpdateRun of that name.\n`,
    );
    const none = await get(`placements -n ${name}`);
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: `No resources found in ${name} namespace.\n` });
  } finally {
    await kubectlLine(scenarios.fleet, `delete sur ${name} -n ${name} --ignore-not-found`);
    await kubectlLine(scenarios.fleet, `delete ns ${name} --wait=false`);
  }
});

describe('bad input ends with one sentence and its own exit code', () => {
  test.each([
    ['rnus', exitCodes.mistake, 'flotilla get does not know "rnus"; did you mean runs?'],
    ['member mebmer1', exitCodes.notFound, 'There is no MemberCluster mebmer1 on the hub; did you mean member1?'],
    ['member member1 -l a=b', exitCodes.mistake, '-l chooses by labels; leave the names out, or -l.'],
    ['runs --context nowhere', exitCodes.mistake, 'KUBECONFIG has no context nowhere; there are hub, member1, '],
    ['runs -l a=b=c', exitCodes.mistake, 'The hub refuses to list clusterstagedupdateruns: '],
  ])('get %s', async (typed, code, sentence) => {
    const result = await get(typed);
    expect(result).toMatchObject({ code, stdout: '' });
    expect(result.stderr).toContain(sentence);
    expect(result.stderr.split('\n')).toHaveLength(2);
  });

  test('no such file, and a hub that is not there', async () => {
    const missing = await get('runs', { KUBECONFIG: path.join(prompt.folder, 'none') });
    expect(missing).toMatchObject({ code: exitCodes.mistake, stdout: '' });
    expect(missing.stderr).toMatch(/^There is no kubeconfig: KUBECONFIG names .*\/none, which is not there\.\n$/);

    const away = await prompt.awayKubeconfig();
    for (const typed of ['runs', 'run one', 'runs -w', 'run one -w']) {
      const result = await get(typed, { KUBECONFIG: away });
      expect(result).toMatchObject({ code: exitCodes.hubUnreachable, stdout: '' });
      expect(result.stderr).toMatch(
        /^Cluster hub could not be reached at https:\/\/127\.0\.0\.1:1.*: the connection was refused; is it running, and do KUBECONFIG and --context name the hub\?\n$/,
      );
    }
  });

  test('rights: which one is missing, and a picture without what may not be seen', async () => {
    const name = 'cliget-rights';
    const nobody = await prompt.changedKubeconfig('nobody', (config) => {
      for (const { user } of config.users) user.as = name;
    });
    for (const typed of ['runs', 'runs -w']) {
      expect(await get(typed, { KUBECONFIG: nobody })).toMatchObject({
        code: exitCodes.notPermitted,
        stdout: '',
        stderr: `User ${name} may not list clusterstagedupdateruns on the hub; a role with the verb list on clusterstagedupdateruns.placement.kubernetes-fleet.io would allow it.\n`,
      });
    }
    const role = ['create', 'clusterrole', name, '--verb=get', '--resource=clusterstagedupdateruns'];
    await kubectl(scenarios.fleet, role);
    try {
      await kubectlLine(scenarios.fleet, `create clusterrolebinding ${name} --clusterrole=${name} --user=${name}`);
      const { stdout, code } = await get('run cliget-soaks', { KUBECONFIG: nobody });
      expect(code).toBe(0);
      expect(stdout).toContain('note: you may not list clusterapprovalrequests, so who approved is not shown');
      expect(stdout).toContain('staging  1/1');
      const watched = await get('run cliget-soaks -w', { KUBECONFIG: nobody });
      expect(watched.code).toBe(exitCodes.notPermitted);
    } finally {
      await kubectlLine(scenarios.fleet, `delete clusterrolebinding ${name} --ignore-not-found`);
      await kubectlLine(scenarios.fleet, `delete clusterrole ${name} --ignore-not-found`);
    }
  });
});
