/** `flotilla log` and `flotilla get run --at` on the real fleet: what Temporal has recorded, told and drawn. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exitCodes } from '../../cli/exitCodes.ts';
import type { CommandResult } from '../support/command.ts';
import { CommandLine, noTemporal, type Settings } from '../support/commandLine.ts';
import { getFleet } from '../support/fleet.ts';
import { apply, kubectlLine } from '../support/kubectl.ts';
import { oneByOne, rollingPlacement, RolloutScenarios } from '../support/rolloutScenario.ts';
import { stage } from '../support/scenario.ts';
import { temporal } from '../support/temporalCommand.ts';

/** As `-o json` prints it. */
interface PrintedEntry {
  time: string;
  actor: string;
  kind: string;
  stage?: string;
  cluster?: string;
  message: string;
}

const approval = { type: 'Approval' as const };
let scenarios: RolloutScenarios;
let prompt: CommandLine;

beforeAll(async () => {
  scenarios = new RolloutScenarios(await getFleet(), 'clilog');
  prompt = await CommandLine.open(scenarios.fleet, {
    TEMPORAL_ADDRESS: scenarios.fleet.temporalAddress,
    TEMPORAL_NAMESPACE: 'default',
  });
}, 180_000);

afterAll(async () => {
  await scenarios.close();
  await prompt.close();
}, 120_000);

function typed(words: string, settings?: Settings): Promise<CommandResult> {
  return prompt.type(words, settings);
}

async function entries(object: string): Promise<PrintedEntry[]> {
  const { stdout } = await typed(`log ${object} -o json`);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as PrintedEntry);
}

/** Everything that is different each time, as words. */
function timeless(text: string): string {
  return text
    .replaceAll(/(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d/g, 'TIME')
    .replaceAll(/\d+ ms|\d+\.\d s/g, 'SPAN')
    .replaceAll(/worker [^\s]+\/127\.0\.0\.1:\d+/g, 'worker NAME');
}

describe('a run from its beginning to its end', () => {
  const name = 'clilog-steps';
  let followed = '';

  beforeAll(async () => {
    await scenarios.place(name);
    await scenarios.useStrategy(name, [
      stage('staging', { environment: 'staging' }, { afterStageTasks: [{ type: 'TimedWait', waitTime: '1s' }] }),
      stage('canary', { environment: 'canary' }, { sortingLabelKey: 'order', afterStageTasks: [approval] }),
    ]);
    await scenarios.start(name);
    await scenarios.requestBecomes(`${name}-canary`, () => true);
    followed = await prompt.follow(`log ${name} -f`, async (command) => {
      await command.prints(/approval clilog-steps-canary after stage canary is asked for\n/);
      expect((await typed(`approve ${name} canary --by ana --comment lgtm`)).code).toBe(0);
      expect(await command.ends()).toBe(0);
      return command.printed;
    });
  }, 180_000);

  test('-f tells what happens while it happens, and ends with the run', () => {
    expect(timeless(followed)).toBe(
      `TIME  hub     csur/clilog-steps is noticed on the hub: rolls out resource snapshot 0 of clilog-steps
TIME  worker  csur/clilog-steps is taken up by worker NAME
TIME  worker  the run is planned: resource snapshot 0 of clilog-steps to 3 clusters in 2 stages (staging 1, canary 2), strategy clilog-steps
TIME  worker  stage staging begins: 1 cluster
TIME  worker  member2 begins resource snapshot 0
TIME  worker  member2 is done after SPAN
TIME  worker  stage staging now waits 1s
TIME  worker  the wait of 1s after stage staging is over
TIME  worker  stage staging is done
TIME  worker  stage canary begins: 2 clusters, 1 at a time
TIME  worker  member3 begins resource snapshot 0
TIME  worker  member3 is done after SPAN
TIME  worker  member1 begins resource snapshot 0
TIME  worker  member1 is done after SPAN
TIME  worker  approval clilog-steps-canary after stage canary is asked for
TIME  ana     approval clilog-steps-canary after stage canary is given: lgtm
TIME  worker  stage canary is done
TIME  worker  the run has succeeded
`,
    );
  });

  test('afterwards it is the same text, and JSON says the same', async () => {
    expect((await typed(`log csur/${name}`)).stdout).toBe(followed);
    const printed = await entries(name);
    expect(printed.map(({ message }) => message)).toEqual(
      followed
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^\S+ {2}\S+ +/, '')),
    );
    expect(printed.find(({ kind }) => kind === 'clusterDone')).toMatchObject({ cluster: 'member2', stage: 'staging' });
    const times = printed.map(({ time }) => Date.parse(time));
    expect(times).toEqual(times.toSorted((one, other) => one - other));
  });

  test('--at draws the run as it was', async () => {
    const printed = await entries(name);
    const asked = Date.parse(printed.find(({ kind }) => kind === 'approvalAsked')?.time ?? '');
    const { stdout, stderr, code } = await typed(`get run ${name} --at ${new Date(asked + 1).toISOString()}`);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(timeless(stdout)).toBe(
      `clilog-steps  clilog-steps snapshot 0 → 3 clusters
  AWAITING APPROVAL  as of TIME  TIME  ETA TIME + 1 approval
why: stage canary waits for approval clilog-steps-canary, asked for at TIME
├─✔ staging  1/1  TIME  soaked 1s
│    ✔ member2
└─◷ canary   2/2  TIME  approval asked for TIME
     ✔ member3  ✔ member1
      ✔ done
`,
    );
    const present = await typed(`get run ${name} --at 0s`);
    expect(present.stdout).toContain('SUCCEEDED  as of ');
    expect(timeless(present.stdout)).toContain('approved TIME by ana: lgtm');
  });

  test('--at before the run, in the future, and beside other options', async () => {
    const early = await typed(`get run ${name} --at 12h`);
    expect(early).toMatchObject({ code: exitCodes.notFound, stdout: '' });
    expect(timeless(early.stderr)).toBe('csur/clilog-steps did not exist yet at TIME; its history begins at TIME.\n');
    expect(await typed(`get run ${name} --at 2999-01-01T00:00:00Z`)).toMatchObject({
      code: exitCodes.mistake,
      stderr: '"2999-01-01T00:00:00Z" lies in the future, of which nothing is known yet.\n',
    });
    expect((await typed('get runs --at 5m')).stderr).toBe('--at shows one run: flotilla get run NAME --at TIME.\n');
    expect((await typed(`get run ${name} -w --at 5m`)).stderr).toContain('give one of them.\n');
  });

  test('without Temporal: what the hub knows, and a sentence', async () => {
    const { stdout, stderr, code } = await typed(`log ${name}`, noTemporal);
    expect(code).toBe(exitCodes.historyMissing);
    expect(timeless(stdout)).toMatch(/^TIME {2}hub {5}csur\/clilog-steps is created\n/);
    expect(stdout).toContain('approval clilog-steps-canary of stage canary is given: lgtm\n');
    expect(timeless(stdout)).toMatch(/TIME {2}worker {2}the run has succeeded\n$/);
    expect(stderr).toBe(
      'That is what the hub knows; all else stands in the history, which Temporal keeps.\n' +
        'Temporal does not answer at 127.0.0.1:1; start it or correct TEMPORAL_ADDRESS.\n',
    );
    const past = await typed(`get run ${name} --at 1s`, noTemporal);
    expect(past).toMatchObject({
      code: exitCodes.historyMissing,
      stdout: '',
      stderr: 'Temporal does not answer at 127.0.0.1:1; start it or correct TEMPORAL_ADDRESS.\n',
    });
    // So long an answer that does not come would be waited for.
    expect(past.endedAt - past.startedAt).toBeLessThan(5_000);
  });

  test('without the hub: everything but what only the hub knows', async () => {
    const away = await prompt.awayKubeconfig();
    const { stdout, stderr, code } = await typed(`log ${name}`, { KUBECONFIG: away });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^What people wrote when they approved is missing: Cluster hub could not be reached .*\n$/);
    expect(timeless(stdout)).toContain('TIME  hub     approval clilog-steps-canary after stage canary is given\n');
    expect(timeless(stdout)).toMatch(/TIME {2}worker {2}the run has succeeded\n$/);
    const past = await typed(`get run ${name} --at 0s`, { KUBECONFIG: away });
    expect(past.code).toBe(0);
    expect(timeless(past.stdout)).toContain('└─✔ canary   2/2  TIME  approved TIME\n');
  });

  test('a history that Temporal keeps no longer', async () => {
    await temporal(scenarios.fleet, ['workflow', 'delete', '--yes', '-w', `csur/${name}`]);
    const deadline = Date.now() + 30_000;
    let gone = await typed(`log ${name}`);
    // Temporal deletes when it comes to it.
    while (gone.code === 0 && Date.now() < deadline) gone = await typed(`log ${name}`);
    expect(gone.code).toBe(exitCodes.historyMissing);
    expect(timeless(gone.stdout)).toMatch(/TIME {2}worker {2}the run has succeeded\n$/);
    expect(gone.stderr).toContain(
      `Temporal at ${scenarios.fleet.temporalAddress} keeps no history of csur/clilog-steps any more`,
    );
  }, 90_000);
});

describe('a run in trouble, paused through Temporal, deleted and made again', () => {
  const name = 'clilog-again';

  test('a log that is followed ends when it is interrupted', async () => {
    await scenarios.placeHeld(name);
    await scenarios.useStrategy(name, [stage('all')]);
    await scenarios.start(name);
    await scenarios.becomes(name, ({ status }) => JSON.stringify(status).includes('is not available'));
    await prompt.follow(`log ${name} --follow`, async (command) => {
      await command.prints(/member1 begins resource snapshot 0\n/);
      expect(await command.stop()).toBe(130);
    });
  }, 120_000);

  test('who asked for what, and what keeps a cluster', async () => {
    await prompt.follow(`log ${name} -f`, async (command) => {
      await command.prints(/member1 waits: Service clilog-again\/gate on cluster member1 is not available/);
      await temporal(scenarios.fleet, ['workflow', 'signal', '-w', `csur/${name}`, '--name', 'pause']);
      await command.prints(
        /temporal-cli\S+ +asks the run to stop\n(.*\n)*.* worker +the run is to stop; clusters in work come to their end\n/,
      );
      await scenarios.release(name, 'member1');
      await command.prints(/member1 goes on\n(.*\n)*.*member1 is done after .*\n(.*\n)*.*the run is stopped\n/);
      await kubectlLine(scenarios.fleet, `delete csur ${name}`);
      await command.prints(
        /hub +csur\/clilog-again is deleted on the hub\n.*nothing more is begun, since it was deleted\n/,
      );
      expect(await command.ends()).toBe(0);
    });
  }, 120_000);

  test('the new run of the name is told, and the old one by its uid', async () => {
    const time = (await entries(name)).at(-1)?.time ?? '';
    const deleted = await typed(`get run ${name} --at ${new Date(Date.parse(time) + 1).toISOString()}`);
    expect(deleted.code).toBe(exitCodes.notFound);
    expect(timeless(deleted.stderr)).toBe(
      'csur/clilog-again did not exist any more at TIME: it was deleted at TIME.\n',
    );

    await scenarios.start(name);
    for (const member of ['member2', 'member3']) await scenarios.release(name, member);
    await scenarios.succeeds(name);
    const { stdout, stderr, code } = await typed(`log ${name}`);
    expect(code).toBe(0);
    expect(stdout).toContain('the run has succeeded');
    expect(stdout).not.toContain('deleted');
    const [, uid = ''] =
      /^Another one had this name before\.\nnext: flotilla log csur\/clilog-again --uid (\S+)\n$/.exec(stderr) ?? [];
    const before = await typed(`log ${name} --uid ${uid}`);
    expect(before).toMatchObject({ code: 0, stderr: '' });
    expect(before.stdout).toMatch(/nothing more is begun, since it was deleted\n$/);
    const other = await typed(`log ${name} --uid 7`);
    expect(other).toMatchObject({ code: exitCodes.notFound, stdout: '' });
    expect(other.stderr).toMatch(/^No csur\/clilog-again with the uid 7 is in the history; there are \S+, \S+\.\n$/);
    const at = await typed(`get run ${name} --at ${new Date(Date.parse(time) - 1).toISOString()}`);
    expect(at.stdout).toContain('CANCELLED  as of ');
    expect(timeless(at.stdout).replaceAll(/\s+/g, ' ')).toContain(
      'note: csur/clilog-again was deleted at TIME; this is how it was, and another run has its name now ',
    );
    expect((await typed(`get run ${name} --at 0s`)).stdout).not.toContain('note: ');

    await kubectlLine(scenarios.fleet, `delete csur ${name}`);
    const ended = await typed(`get run ${name} --at 0s`);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('SUCCEEDED  as of ');
    expect(ended.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'note: csur/clilog-again was deleted later, and no history says when; this is how it was ',
    );
  }, 120_000);
});

test('a placement that rolls out by itself, rollout after rollout', async () => {
  const name = 'clilog-rolls';
  await scenarios.rollOut(name, rollingPlacement(name, oneByOne));
  await scenarios.change(name, 'second');
  await scenarios.reaches(name, 1);
  await scenarios.ends(name);
  const printed = await entries(`crp/${name}`);
  const wanted = printed.filter(({ kind }) => kind === 'rollout').map(({ message }) => message.split(':')[0]);
  expect(wanted).toEqual(
    expect.arrayContaining([
      'resource snapshot 0 is wanted on 3 clusters',
      'resource snapshot 1 is wanted on 3 clusters',
    ]),
  );
  const brought = printed.filter(({ kind, message }) => kind === 'clusterBegun' && message.endsWith('snapshot 1'));
  expect(new Set(brought.map(({ cluster }) => cluster))).toEqual(new Set(['member1', 'member2', 'member3']));
  expect(printed.at(-1)).toMatchObject({ kind: 'ended', message: 'nothing is left to do' });
}, 120_000);

test('in a namespace, under both of its spellings', async () => {
  const name = 'clilog-ns';
  await kubectlLine(scenarios.fleet, `create ns ${name}`);
  try {
    const run = {
      apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
      kind: 'StagedUpdateRun',
      metadata: { name, namespace: name },
      spec: { placementName: 'none', stagedRolloutStrategyName: 'none' },
    };
    await apply(scenarios.fleet, [run]);
    await kubectlLine(scenarios.fleet, `wait --for=condition=Initialized=false sur/${name} -n ${name} --timeout=60s`);
    const [one, other] = await Promise.all([typed(`log ${name} -n ${name}`), typed(`log sur/${name}/${name}`)]);
    expect(one.stdout).toBe(other.stdout);
    expect(one.stdout).toContain(
      'hub     sur/clilog-ns/clilog-ns is noticed on the hub: rolls out what none selects now\n',
    );
    expect(one.stdout).toMatch(/worker {2}the run has failed: .*parent placement not found\n$/);
    const past = await typed(`get run ${name} -n ${name} --at 0s`);
    expect(past.stdout).toMatch(/^clilog-ns\/clilog-ns {2}none {2}FAILED {2}as of /);
  } finally {
    await kubectlLine(scenarios.fleet, `delete sur ${name} -n ${name} --ignore-not-found`);
    await kubectlLine(scenarios.fleet, `delete ns ${name} --wait=false`);
  }
}, 90_000);

test.each([
  ['clilog-none', exitCodes.notFound, 'There is no ClusterStagedUpdateRun clilog-none on the hub; '],
  ['', exitCodes.mistake, 'The name of the object is empty: write csur/NAME, '],
  ['crp/clilog-none', exitCodes.notFound, 'There is no ClusterResourcePlacement clilog-none on the hub; '],
  ['cluster/member1', exitCodes.mistake, '"cluster/member1" names nothing that this command knows: write csur/NAME, '],
  ['csur/one -n shop', exitCodes.mistake, 'csur/one is in no namespace: leave -n shop away, or write sur/one.'],
  // The id of the workflow speaks of a namespace, and that of Temporal is there all the same.
  ['one -n no-namespace', exitCodes.notFound, 'There is no StagedUpdateRun no-namespace/one on the hub; '],
  ['one --context member1', exitCodes.hubUnreachable, 'Context member1 leads to no hub: '],
  ['one --context nowhere', exitCodes.mistake, 'KUBECONFIG has no context nowhere; '],
])('log %s ends with one sentence', async (words, code, sentence) => {
  const result = await typed(`log ${words}`);
  expect(result).toMatchObject({ code, stdout: '' });
  expect(result.stderr).toContain(sentence);
  expect(result.stderr.split('\n')).toHaveLength(2);
});
