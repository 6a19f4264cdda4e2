/**
 * Every command in a real terminal, on the real fleet. The files in `golden/` are for people to look at; with
 * UPDATE_SCREENS=1 they are written anew.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  commandEnvironment,
  flotillaTerminal,
  checkScreen,
  masked,
  screensOf,
  section,
  shownInTerminal,
  type Environment,
} from '../../support/commandScreens.ts';
import { getFleet } from '../../support/fleet.ts';
import { flotilla } from '../../support/flotillaCommand.ts';
import { expectGolden } from '../../support/golden.ts';
import { apply, kubectlLine, waitFor } from '../../support/kubectl.ts';
import { RunScenarios } from '../../support/runScenario.ts';
import { configMap, placement, stage } from '../../support/scenario.ts';
import { maskScreen } from '../../support/screenMasks.ts';

const folder = fileURLToPath(new URL('golden/', import.meta.url));
const approval = { type: 'Approval' as const };
const compared = new Set<string>();
let scenarios: RunScenarios;
let environment: Environment;

function golden(name: string, text: string): void {
  compared.add(`${name}.txt`);
  expectGolden(`${folder}${name}.txt`, text);
}

/** Clusters of the stage `staging` are done when the other stage begins. */
const twoStages = [
  stage('staging', { environment: 'staging' }),
  stage('canary', { environment: 'canary' }, { sortingLabelKey: 'order' }),
];

beforeAll(async () => {
  const fleet = await getFleet();
  scenarios = new RunScenarios(fleet, 'screen');
  environment = commandEnvironment({ KUBECONFIG: fleet.kubeconfig, TEMPORAL_ADDRESS: fleet.temporalAddress });
  await Promise.all([planned(), soaking(), asking(), held(), failed(), done(), waitedAndApproved(), inNamespace()]);
}, 180_000);

afterAll(async () => {
  await kubectlLine(scenarios.fleet, 'delete sur --all -n screen-ns --ignore-not-found');
  await kubectlLine(scenarios.fleet, 'delete ns screen-ns --wait=false --ignore-not-found');
  await scenarios.close();
}, 120_000);

async function planned(): Promise<void> {
  const name = 'screen-plan';
  await scenarios.place(name);
  await scenarios.useStrategy(name, [
    stage(
      'staging',
      { environment: 'staging' },
      { afterStageTasks: [{ type: 'TimedWait', waitTime: '1h' }, approval] },
    ),
    stage('canary', { environment: 'canary' }, { maxConcurrency: 2, beforeStageTasks: [approval] }),
  ]);
  await scenarios.start(name, { state: 'Initialize' });
  await scenarios.becomes(name, ({ status }) => status?.conditions?.[0]?.status === 'True');
}

async function soaking(): Promise<void> {
  const name = 'screen-soak';
  await scenarios.place(name);
  const tasks = [{ type: 'TimedWait' as const, waitTime: '20m' }];
  await scenarios.useStrategy(name, [
    stage('staging', { environment: 'staging' }, { afterStageTasks: tasks }),
    stage('canary', { environment: 'canary' }, { sortingLabelKey: 'order' }),
  ]);
  await scenarios.start(name);
  await scenarios.says(name, 'UpdateRunWaiting');
}

async function asking(): Promise<void> {
  const name = 'screen-gate';
  await scenarios.place(name);
  await scenarios.useStrategy(name, [stage('all', undefined, { maxConcurrency: '100%', afterStageTasks: [approval] })]);
  await scenarios.start(name);
  await scenarios.says(name, 'UpdateRunWaiting');
  await scenarios.requestBecomes(`${name}-all`, () => true);
}

/** The second revision has an object that no cluster makes available. */
async function held(): Promise<void> {
  const name = 'screen-held';
  await scenarios.place(name);
  await scenarios.useStrategy(name, twoStages);
  await scenarios.start(`${name}-1`, { placementName: name, stagedRolloutStrategyName: name });
  await scenarios.succeeds(`${name}-1`);
  const gate = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'gate', namespace: name, annotations: { 'kubernetes.io/change-cause': 'a door to the outside' } },
    spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
  };
  await apply(scenarios.fleet, [gate]);
  await waitFor(scenarios.fleet, 'create', `clusterresourcesnapshots/${name}-1-snapshot`);
  const spec = { placementName: name, resourceSnapshotIndex: '1', stagedRolloutStrategyName: name };
  await scenarios.start(`${name}-2`, spec);
  await scenarios.becomes(`${name}-2`, ({ status }) => JSON.stringify(status).includes('is not available yet'));
}

async function failed(): Promise<void> {
  const name = 'screen-fail';
  await scenarios.place(name);
  await scenarios.useStrategy(name, [stage('staging', { environment: 'staging' })]);
  await scenarios.start(name);
  await scenarios.becomes(
    name,
    ({ status }) =>
      status?.conditions?.some(({ type, status: value }) => type === 'Initialized' && value === 'False') === true,
  );
}

async function done(): Promise<void> {
  const name = 'screen-done';
  await scenarios.place(name);
  await scenarios.useStrategy(name, twoStages);
  await scenarios.start(name);
  await scenarios.succeeds(name);
}

/** A run with a past: a wait, an approval, and its end. */
async function waitedAndApproved(): Promise<void> {
  const name = 'screen-past';
  await scenarios.place(name);
  await scenarios.useStrategy(name, [
    stage('staging', { environment: 'staging' }, { afterStageTasks: [{ type: 'TimedWait', waitTime: '4s' }] }),
    stage('canary', { environment: 'canary' }, { sortingLabelKey: 'order', afterStageTasks: [approval] }),
  ]);
  await scenarios.start(name);
  await scenarios.requestBecomes(`${name}-canary`, () => true);
  const typed = ['approve', name, 'canary', '--by', 'ana', '--comment', 'lgtm'];
  expect((await shownInTerminal(typed, { environment })).exitCode).toBe(0);
  await scenarios.succeeds(name);
}

/** A run in a namespace, which fails because its placement is not there. */
async function inNamespace(): Promise<void> {
  const { fleet } = scenarios;
  const name = 'screen-ns';
  await kubectlLine(fleet, `create ns ${name}`);
  const run = {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'StagedUpdateRun',
    metadata: { name, namespace: name },
    spec: { placementName: name, stagedRolloutStrategyName: name },
  };
  await apply(fleet, [run]);
  await kubectlLine(fleet, `wait --for=condition=Initialized=false sur/${name} -n ${name} --timeout=60s`);
}

describe('what can be looked at', () => {
  test.each([
    ['get-runs', 'get runs screen-plan screen-soak screen-gate screen-fail screen-done'],
    ['get-runs-wide', 'get runs screen-plan screen-soak screen-gate screen-fail screen-done -o wide'],
    ['get-runs-namespace', 'get runs -n screen-ns -o wide'],
    ['get-placements', 'get placements screen-plan screen-gate screen-done'],
    ['get-placements-wide', 'get placements screen-gate screen-done -o wide'],
    ['get-approvals', 'get approvals screen-gate-all'],
    ['get-approvals-wide', 'get approvals screen-gate-all -o wide'],
    ['get-members', 'get members'],
    ['get-members-wide', 'get members -o wide'],
    ['run-planned', 'get run screen-plan'],
    ['run-soaking', 'get run screen-soak'],
    ['run-approval', 'get run screen-gate'],
    ['run-trouble', 'get run screen-held-2'],
    ['run-failed', 'get run screen-fail'],
    ['run-succeeded', 'get run screen-done'],
    ['run-namespace', 'get run screen-ns -n screen-ns'],
    ['why-approval', 'why csur/screen-gate'],
    ['why-trouble', 'why csur/screen-held-2'],
    ['explain', 'explain placement screen-done'],
    ['status-soaking', 'rollout status csur/screen-soak --watch=false'],
    ['status-approval', 'rollout status crp/screen-gate --watch=false'],
    ['status-trouble', 'rollout status csur/screen-held-2 --watch=false'],
    ['status-planned', 'rollout status csur/screen-plan --watch=false'],
    ['status-failed', 'rollout status csur/screen-fail'],
    ['status-succeeded', 'rollout status crp/screen-done'],
    ['history', 'rollout history crp/screen-held'],
    ['history-revision', 'rollout history crp/screen-held --revision 1'],
    ['undo-dry-run', 'rollout undo crp/screen-held --dry-run'],
    ['run-dry-run', 'run screen-done --strategy screen-done --dry-run'],
    ['plan', 'plan screen-done --strategy screen-done'],
    ['diff', 'diff crp/screen-held 0 1'],
    ['log', 'log screen-past'],
    ['run-yaml', 'run screen-done --strategy screen-done --dry-run -o yaml'],
    ['drain-dry-run', 'drain member1 --dry-run'],
    ['help', '--help'],
    ['help-get', 'get --help'],
    ['help-undo', 'rollout undo --help'],
    ['help-drain', 'drain --help'],
    ['help-completion', 'completion --help'],
  ])('%s', async (name, typed) => {
    golden(name, await screensOf(typed.split(' '), environment));
  });
});

test('run-past: a run as it was in the middle of its wait', async () => {
  const { stdout } = await flotilla(['log', 'screen-past', '-o', 'json'], { environment });
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; time: string });
  const { time = '' } = entries.find(({ kind }) => kind === 'waitBegun') ?? {};
  const at = `${new Date(Date.parse(time) + 2000).toISOString().slice(0, -'.000Z'.length)}Z`;
  const screens = await screensOf(['get', 'run', 'screen-past', '--at', at], environment);
  golden('run-past', screens.replace(at, 'YYYY-MM-DDTHH:MM:SSZ'));
});

describe('mistakes', () => {
  test.each([
    ['mistake-command', 'gte runs'],
    ['mistake-resource', 'get rnus'],
    ['mistake-run', 'get run screen-dome'],
    ['mistake-log', 'log screen-dome'],
    ['mistake-option', 'get runs --wtach'],
    ['mistake-target', 'rollout status deployment/web'],
    ['mistake-strategy', 'run screen-done --strategy screen-dome'],
    ['mistake-revision', 'rollout undo crp/screen-done --to-revision 7 --yes'],
    ['mistake-undo', 'rollout undo crp/screen-done'],
    ['mistake-stage', 'approve screen-gate canary'],
    ['mistake-drain', 'drain membre1'],
    ['mistake-pause', 'rollout pause csur/screen-done'],
  ])('%s', async (name, typed) => {
    golden(name, await screensOf(typed.split(' '), environment));
  });

  test('a hub that is not there', async () => {
    const away = { ...environment, KUBECONFIG: '/nowhere/kubeconfig' };
    golden('mistake-kubeconfig', await screensOf(['get', 'runs'], away));
  });
});

describe('what changes something, at 80 columns', () => {
  test('pausing, resuming, approving', async () => {
    const typed = [
      'rollout pause csur/screen-soak',
      'rollout pause csur/screen-soak',
      'get run screen-soak',
      'rollout resume csur/screen-soak',
      'approve screen-gate all --by ana --comment lgtm',
      'approve screen-gate all',
      'get approvals screen-gate-all -o wide',
    ];
    let text = '';
    for (const line of typed) {
      text += section(`flotilla ${line}`, (await shownInTerminal(line.split(' '), { environment })).text);
      if (line.startsWith('rollout pause')) await scenarios.says('screen-soak', 'UpdateRunStopped');
      if (line.startsWith('approve')) {
        await scenarios.requestBecomes('screen-gate-all', ({ status }) => (status?.conditions?.length ?? 0) > 1);
      }
    }
    golden('steering', text);
  });

  test('undo asks; no, Ctrl-C and Ctrl-D leave everything as it is', async () => {
    let text = '';
    for (const [key, keys] of [
      ['no', 'no\r'],
      ['Ctrl-C', '\u0003'],
      ['Ctrl-D', '\u0004'],
    ] as const) {
      const terminal = flotillaTerminal(['rollout', 'undo', 'crp/screen-held'], { environment });
      try {
        await terminal.shows(/\[yes\/no\]$/m);
        terminal.press(keys);
        const exitCode = await terminal.ends();
        checkScreen(terminal);
        text += section(`flotilla rollout undo crp/screen-held, answered with ${key}`, masked(terminal.lines).text);
        text += `exit code ${exitCode}\n`;
      } finally {
        await terminal.close();
      }
    }
    golden('undo-unanswered', text);
    const { stdout } = await kubectlLine(scenarios.fleet, 'get csur -o name');
    expect(stdout).not.toContain('screen-held-undo');
  });
});

describe('a picture that stays', () => {
  test('is drawn anew to the end of the run, and leaves nothing but the last one', async () => {
    const name = 'screen-held-2';
    const terminal = flotillaTerminal(['get', 'run', name, '--watch'], { environment });
    try {
      await terminal.shows(/! member2: Service screen-held\/gate/);
      expect(terminal.isCursorHidden).toBe(true);
      for (const member of ['member2', 'member3', 'member1']) await scenarios.release('screen-held', member);
      expect(await terminal.ends()).toBe(0);
      checkScreen(terminal);
      golden('watch-end', masked(terminal.lines).text);
    } finally {
      await terminal.close();
    }
  });

  test('Ctrl-C leaves it standing, with a cursor at the beginning of a line', async () => {
    const terminal = flotillaTerminal(['get', 'run', 'screen-plan', '--watch'], { environment });
    try {
      await terminal.shows(/next: flotilla/);
      terminal.press('\u0003');
      expect(await terminal.ends()).toBe(130);
      checkScreen(terminal);
      golden('watch-interrupted', masked(terminal.lines).text);
    } finally {
      await terminal.close();
    }
  });

  test('a terminal that becomes narrower and shorter has one picture', async () => {
    const terminal = flotillaTerminal(['get', 'run', 'screen-plan', '--watch'], { environment, columns: 120 });
    try {
      await terminal.shows(/next: flotilla/);
      terminal.resize(60, 10);
      await terminal.shows(/^ {2}INITIALIZED/m);
      golden('watch-resized', maskScreen(terminal.visibleText));
      terminal.press('\u0003');
      await terminal.ends();
    } finally {
      await terminal.close();
    }
  });

  test('a dumb terminal gets the picture once, and then lines', async () => {
    const terminal = flotillaTerminal(['get', 'run', 'screen-soak', '--watch'], {
      environment: { ...environment, TERM: 'dumb' },
    });
    try {
      await terminal.shows(/next: flotilla/);
      await scenarios.request('screen-soak', 'Stop');
      await terminal.shows(/STOPPED: /);
      terminal.press('\u0003');
      expect(await terminal.ends()).toBe(130);
      expect(terminal.written).not.toContain('\u001b');
    } finally {
      await terminal.close();
    }
  });
});

test('a run by the command, and its end', async () => {
  const name = 'screen-run';
  await scenarios.place(name, [], placement(name, name));
  await scenarios.useStrategy(name, twoStages);
  await apply(scenarios.fleet, [configMap(name, 'settings', { key: 'first' })]);
  const made = await shownInTerminal(['run', name, '--strategy', name, '--index', '0'], { environment });
  try {
    const followed = await shownInTerminal(['rollout', 'status', `csur/${name}-run-1`], { environment });
    golden('run', section('flotilla run', made.text) + section('flotilla rollout status', lastLine(followed.text)));
  } finally {
    await kubectlLine(scenarios.fleet, `delete csur ${name}-run-1`);
  }
});

/** How many lines come before depends on how fast the clusters are. */
function lastLine(text: string): string {
  return `${text.trimEnd().split('\n').at(-1) ?? ''}\n`;
}

test('no golden file is left without its screen', () => {
  expect(readdirSync(folder).filter((file) => !compared.has(file))).toEqual([]);
});
