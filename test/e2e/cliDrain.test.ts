/** Cordoning and draining a member with the flotilla command alone; Temporal is not there for the command. */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clusterKinds, namespacedKinds } from '../../api/kinds.ts';
import type { ClusterResourcePlacementEviction } from '../../api/types/clusterresourceplacementeviction.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { CommandResult } from '../support/command.ts';
import { CommandLine } from '../support/commandLine.ts';
import { checkScreen, commandEnvironment, flotillaTerminal, masked } from '../support/commandScreens.ts';
import { getFleet } from '../support/fleet.ts';
import { expectGolden } from '../support/golden.ts';
import { apply, getObject, kubectl, kubectlLine, waitFor } from '../support/kubectl.ts';
import { oneByOne, rollingPlacement, RolloutScenarios } from '../support/rolloutScenario.ts';
import { bindingsOf, configMap, namespace, stage, valueOn } from '../support/scenario.ts';

const api = 'placement.kubernetes-fleet.io/v1beta1';
const member = 'member3';
const others = ['member1', 'member2'];
const free = 'drain-free';
const held = 'drain-held';
const byRuns = 'drain-runs';
const fixed = 'drain-fixed';
const inside = 'drain-inside';
const holds = `crp/${held} waits for crpdb/${held}: minAvailable 3, and it is available on 3 of 3 clusters`;
let scenarios: RolloutScenarios;
let prompt: CommandLine;

beforeAll(async () => {
  scenarios = new RolloutScenarios(await getFleet(), 'drain');
  prompt = await CommandLine.open(scenarios.fleet);
  await Promise.all([
    scenarios.rollOut(free, rollingPlacement(free, oneByOne)),
    scenarios.rollOut(held, rollingPlacement(held, oneByOne)),
    rolledOutByRun(),
  ]);
  await keepAvailable(3);
}, 180_000);

afterAll(async () => {
  await typed(['uncordon', ...others, member].join(' '));
  await kubectlLine(scenarios.fleet, 'delete crpe --all');
  await kubectlLine(scenarios.fleet, `delete crpdb ${held} --ignore-not-found`);
  await kubectlLine(scenarios.fleet, `delete rp --all -n ${inside} --ignore-not-found`);
  for (const cluster of ['hub', ...others, member]) {
    await kubectlLine(scenarios.fleet, `delete ns ${inside} --wait=false --ignore-not-found --context ${cluster}`);
  }
  await prompt.close();
  await scenarios.close();
}, 120_000);

async function rolledOutByRun(): Promise<void> {
  await scenarios.place(byRuns);
  await scenarios.useStrategy(byRuns, [stage('all', undefined, { maxConcurrency: '100%' })]);
  await scenarios.start(byRuns);
  await scenarios.succeeds(byRuns);
}

function typed(line: string): Promise<CommandResult> {
  return prompt.type(line);
}

/** Ends with a code, and these lines on standard output. */
async function ends(line: string, code: number, ...lines: string[]): Promise<string> {
  const result = await typed(line);
  expect({ code: result.code, stdout: result.stdout, stderr: result.stderr }).toEqual({
    code,
    stdout: lines.map((text) => `${text}\n`).join(''),
    stderr: expect.any(String),
  });
  return result.stderr;
}

function keepAvailable(minAvailable: number): Promise<unknown> {
  const kind = 'ClusterResourcePlacementDisruptionBudget';
  return apply(scenarios.fleet, [{ apiVersion: api, kind, metadata: { name: held }, spec: { minAvailable } }]);
}

/** The placement has nothing to do with the member any more. */
async function leaves(name: string): Promise<void> {
  const binding = (await bindingsOf(scenarios.fleet, name)).find(({ spec }) => spec.targetCluster === member);
  if (binding !== undefined)
    await waitFor(scenarios.fleet, 'delete', `clusterresourcebinding/${binding.metadata.name}`);
}

async function leavesInside(): Promise<void> {
  const { items } = await scenarios.hub.list(namespacedKinds.binding, { namespace: inside });
  const binding = items.find(({ spec }) => spec.targetCluster === member);
  if (binding === undefined) return;
  await waitFor(scenarios.fleet, 'delete', `resourcebinding/${binding.metadata.name} -n ${inside}`);
}

async function taints(): Promise<MemberCluster['spec']['taints']> {
  return (await getObject<MemberCluster>(scenarios.fleet, `membercluster ${member}`)).spec.taints;
}

async function evictions(): Promise<string[]> {
  const { items } = await getObject<{ items: ClusterResourcePlacementEviction[] }>(scenarios.fleet, 'crpe');
  return items.map(({ metadata }) => metadata.name);
}

describe('before anything is done', () => {
  test('a member that does not exist is answered with the nearest name', async () => {
    for (const verb of ['cordon', 'uncordon', 'drain']) {
      const stderr = await ends(`${verb} membre3`, 5);
      expect(stderr).toBe('There is no MemberCluster membre3 on the hub; did you mean member3?\n');
    }
    expect(await ends('drain', 1)).toContain('Say which member is meant');
    expect(await ends('drain -l colour=none', 5)).toBe('No member has the labels colour=none.\n');
    expect(await ends(`drain ${member} --timeout soon`, 1)).toContain('"soon" is no time');
  });

  test('a dry run lists what would go and what would not, and writes nothing', async () => {
    await ends(
      `drain ${member} --dry-run`,
      0,
      `member/${member} cordoned (dry run)`,
      `evicting crp/${free} (dry run)`,
      holds,
      `evicting crp/${byRuns} (dry run)`,
    );
    await ends('cordon -l environment=staging --dry-run', 0, 'member/member2 cordoned (dry run)');
    expect(await taints()).toBeUndefined();
    expect(await evictions()).toEqual([]);
  });
});

test('cordon and uncordon say what they have done, and leave other taints alone', async () => {
  const gpu = { key: 'gpu', value: 'yes', effect: 'NoSchedule' };
  const patch = JSON.stringify({ spec: { taints: [gpu] } });
  await kubectl(scenarios.fleet, ['patch', 'membercluster', member, '--type=merge', '-p', patch]);
  await ends(`uncordon ${member}`, 0, `member/${member} already uncordoned`);
  await ends(`cordon ${member}`, 0, `member/${member} cordoned`);
  await ends(`cordon cluster/${member}`, 0, `member/${member} already cordoned`);
  expect(await taints()).toEqual([gpu, { key: 'cordon-key', value: 'cordon-value', effect: 'NoSchedule' }]);
  await ends(`uncordon ${member}`, 0, `member/${member} uncordoned`);
  expect(await taints()).toEqual([gpu]);
  await kubectl(scenarios.fleet, ['patch', 'membercluster', member, '--type=merge', '-p', '{"spec":{"taints":null}}']);
});

test('what a disruption budget holds until the time is over is named, with how to go on', async () => {
  const { code, stdout, stderr } = await typed(`drain ${member} --timeout 2s`);
  expect(code).toBe(2);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toBe(`member/${member} cordoned`);
  expect(lines).toEqual(expect.arrayContaining([`evicting crp/${free}`, holds, `evicting crp/${byRuns}`]));
  expect(stderr).toMatch(
    new RegExp(`^error: timed out after 2s; member/${member} stays cordoned, and is not drained: .*${holds}`),
  );
  expect(stderr).toContain(`\nnext: flotilla uncordon ${member}\n      flotilla drain ${member}\n`);
  // What was asked for goes on by itself.
  await Promise.all([free, byRuns].map(leaves));
  for (const name of [free, byRuns]) expect(await valueOn(scenarios.fleet, member, name, 'key')).toBe('');
  expect(await valueOn(scenarios.fleet, member, held, 'key')).toBe('first');
});

test('a cordoned member is seen as such', async () => {
  expect((await typed(`get members ${member}`)).stdout).toMatch(/^member3 +True,SchedulingDisabled +True /m);
  expect((await typed(`why cluster/${member}`)).stdout).toBe(
    `cluster/${member} takes no new placements, because it is cordoned: it has the taint ` +
      'cordon-key=cordon-value:NoSchedule; what is there stays; placements come again after: ' +
      `flotilla uncordon ${member}\n`,
  );
});

test('after uncordon, placements come again', async () => {
  await ends(`uncordon ${member}`, 0, `member/${member} uncordoned`);
  await scenarios.bindingBecomes(free, member, ({ spec }) => spec.state === 'Bound');
  await scenarios.reaches(free, 0);
  expect(await scenarios.clustersOf(free)).toEqual([...others, member]);
  expect(await valueOn(scenarios.fleet, member, free, 'key')).toBe('first');
});

test('Ctrl-C leaves the taint, and says how to undo it', async () => {
  await prompt.follow(`drain ${member}`, async (drain) => {
    await drain.prints(new RegExp(holds));
    expect(await drain.stop()).toBe(130);
    expect(drain.printed).toContain(`error: interrupted; member/${member} stays cordoned, and is not drained: `);
    expect(drain.printed).toContain(`\nnext: flotilla uncordon ${member}\n`);
  });
  expect(await taints()).toHaveLength(1);
});

test('somebody who uncordons meanwhile ends it', async () => {
  await prompt.follow(`drain ${member} --timeout 0`, async (drain) => {
    await drain.prints(new RegExp(holds));
    await ends(`uncordon ${member}`, 0, `member/${member} uncordoned`);
    expect(await drain.ends()).toBe(1);
    expect(drain.printed).toContain(`member/${member} has been uncordoned meanwhile`);
  });
  await scenarios.reaches(free, 0);
});

test('a budget that is raised lets the placement go at once, and nothing comes back', async () => {
  const environment = commandEnvironment({ KUBECONFIG: scenarios.fleet.kubeconfig });
  const terminal = flotillaTerminal(['drain', member, '--timeout', '2m'], { environment });
  try {
    await terminal.shows(new RegExp(`crp/${free} evicted`));
    await keepAvailable(2);
    expect(await terminal.ends()).toBe(0);
    checkScreen(terminal);
    expectGolden(path.join(import.meta.dirname, 'screens/drain/drain.txt'), masked(terminal.lines).text);
  } finally {
    await terminal.close();
  }
  for (const name of [free, held]) {
    expect(await scenarios.clustersOf(name)).toEqual(others);
    expect(await valueOn(scenarios.fleet, member, name, 'key')).toBe('');
  }
  const names = await evictions();
  expect(names.filter((name) => /^drain-eviction-drain-held-member3-[0-9a-f]{8}$/.test(name))).toHaveLength(1);
});

test('the taint keeps new placements away, also those that choose every cluster', async () => {
  const name = 'drain-new';
  await scenarios.rollOut(name, rollingPlacement(name, oneByOne));
  expect(await scenarios.clustersOf(name)).toEqual(others);
});

test('with nothing to do it says so', async () => {
  const { code, stdout } = await typed(`drain ${member}`);
  expect({ code, lines: stdout.split('\n').filter((line) => line.startsWith('member/')) }).toEqual({
    code: 0,
    lines: [`member/${member} already cordoned`, `member/${member} drained`],
  });
});

describe('what cannot be evicted', () => {
  const stays = `crp/${fixed} stays, because PickFixed cannot be evicted: take ${member} out of its spec.policy.clusterNames`;
  const staysInNamespace =
    `rp/${inside}/web stays, because there are no evictions in namespaces: have its spec.policy choose other clusters ` +
    `than ${member} (a PickAll or PickN policy heeds the taint when it changes)`;

  test('and comes while others are waited for is found at the end; it says what to do instead', async () => {
    await ends(`uncordon ${member}`, 0, `member/${member} uncordoned`);
    await keepAvailable(3);
    await scenarios.bindingBecomes(held, member, ({ status }) =>
      (status?.conditions ?? []).some(({ type, status: value }) => type === 'Available' && value === 'True'),
    );
    await placeInside();
    await prompt.follow(`drain ${member}`, async (drain) => {
      await drain.prints(new RegExp(holds));
      const policy = { placementType: 'PickFixed' as const, clusterNames: [member] };
      await scenarios.rollOut(fixed, rollingPlacement(fixed, oneByOne, policy));
      await keepAvailable(1);
      expect(await drain.ends()).toBe(1);
      const lines = drain.printed.trimEnd().split('\n');
      expect(lines).toContain(staysInNamespace);
      expect(lines.slice(-4)).toEqual([
        stays,
        `error: member/${member} is drained but for crp/${fixed}, rp/${inside}/web, which cannot be evicted`,
        `next: flotilla drain ${member}`,
        `      flotilla uncordon ${member}`,
      ]);
    });
    const bindings = await scenarios.hub.list(clusterKinds.binding);
    const left = bindings.items.filter(({ spec }) => spec.targetCluster === member && spec.state === 'Bound');
    expect(left.map(({ metadata }) => metadata.labels?.['kubernetes-fleet.io/parent-CRP'])).toEqual([fixed]);
  });

  test('goes when its policy lets go of the cluster, as the command says', async () => {
    await scenarios.patch(fixed, { policy: { clusterNames: ['member1'] } });
    const policy = { tolerations: [{ key: 'gpu', operator: 'Exists' }] };
    const typedWords = ['patch', 'rp', 'web', '-n', inside, '--type=merge', '-p', JSON.stringify({ spec: { policy } })];
    await kubectl(scenarios.fleet, typedWords);
    await Promise.all([leaves(fixed), leavesInside()]);
    expect(await valueOn(scenarios.fleet, member, inside, 'key')).toBe('');
    expect((await typed(`drain ${member}`)).code).toBe(0);
  });
});

test('several are cordoned first, and then emptied one after the other', async () => {
  const { code, stdout, stderr } = await typed('drain -l environment=canary');
  const lines = stdout.trimEnd().split('\n');
  expect(lines.slice(0, 2)).toEqual(['member/member1 cordoned', `member/${member} already cordoned`]);
  expect(lines.at(-1)).toBe(`member/${member} drained`);
  expect(stderr).toContain(`error: member/member1 is drained but for crp/${fixed}, rp/${inside}/web, `);
  expect(code).toBe(1);
  for (const name of [free, held]) expect(await scenarios.clustersOf(name)).toEqual(['member2']);
});

/** A placement of a namespace that is there on all clusters, on all of them. */
async function placeInside(): Promise<void> {
  const { fleet } = scenarios;
  await apply(fleet, [namespace(inside), configMap(inside, 'settings', { key: 'first' })]);
  for (const cluster of [...others, member]) await apply(fleet, [namespace(inside)], ['--context', cluster]);
  const spec = {
    resourceSelectors: [{ group: '', version: 'v1', kind: 'ConfigMap', name: 'settings' }],
    policy: { placementType: 'PickAll' },
    strategy: { type: 'RollingUpdate', rollingUpdate: oneByOne },
  };
  const metadata = { name: 'web', namespace: inside };
  await apply(fleet, [{ apiVersion: api, kind: 'ResourcePlacement', metadata, spec }]);
  await waitFor(fleet, 'condition=ResourcePlacementAvailable', `rp/web -n ${inside}`);
}
