/** Mistakes that people make and troubles that clusters have: each is said clearly, and nothing is left half-done. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { findCondition } from '../../api/conditions.ts';
import { clusterKinds } from '../../api/kinds.ts';
import type { ClusterStagedUpdateRun, StageConfig } from '../../api/types/clusterstagedupdaterun.ts';
import { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import type { Fleet } from '../../local/fleet.ts';
import { getFleet } from '../support/fleet.ts';
import { apply, kubectl, kubectlLine, waitFor } from '../support/kubectl.ts';
import {
  bindingsOf,
  configMap,
  getRun,
  namespace,
  placedNamespace,
  placement,
  remove,
  runSpec,
  stage,
  strategy,
  updateRun,
  valueOn,
} from '../support/scenario.ts';
import { temporal, temporalJson } from '../support/temporalCommand.ts';

const everywhere: StageConfig[] = [stage('all')];
/** Everything that this file makes besides runs. */
const made = new Set<string>();
const runs = new Set<string>();
let fleet: Fleet;
let hub: KubernetesClient;

beforeAll(async () => {
  fleet = await getFleet();
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(fleet.kubeconfig);
  hub = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig, context: fleet.hub });
  await placed('bad-input');
  await useStrategy('bad-everywhere', everywhere);
}, 180_000);

afterAll(async () => {
  await Promise.all([...runs].map((name) => remove(fleet, `csur/${name}`)));
  for (const object of [...made].reverse()) await remove(fleet, object);
  await hub.close();
}, 240_000);

async function placed(name: string): Promise<void> {
  made.add(`ns/${name}`).add(`crp/${name}`);
  await placedNamespace(fleet, name, { key: 'first' });
}

async function useStrategy(name: string, stages: StageConfig[]): Promise<void> {
  made.add(`csus/${name}`);
  await apply(fleet, [strategy(name, stages)]);
}

async function startRun(name: string, ofPlacement: string, index = '0', byStrategy = 'bad-everywhere'): Promise<void> {
  runs.add(name);
  await apply(fleet, [updateRun(name, ofPlacement, index, byStrategy)]);
}

/** Text of a refused run; also checks that the refusal is all that happened. */
async function refusal(name: string): Promise<string> {
  await waitFor(fleet, 'condition=Initialized=false', `csur/${name}`);
  const run = await getRun(fleet, name);
  const conditions = run.status?.conditions ?? [];
  expect(conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toEqual([
    'Initialized False UpdateRunInitializedFailed',
  ]);
  expect(JSON.stringify(run.status?.stagesStatus ?? [])).not.toContain('Started');
  const requests = await kubectlLine(fleet, `get clusterapprovalrequests -o name`);
  expect(requests.stdout).not.toContain(`/${name}-`);
  return conditions[0]?.message ?? '';
}

/** Watches a run until the condition is as wanted. */
async function runBecomes(
  name: string,
  wanted: (run: ClusterStagedUpdateRun) => boolean,
  deadlineMs = 60_000,
): Promise<ClusterStagedUpdateRun> {
  const informer = new Informer(hub, clusterKinds.run, { fieldSelector: `metadata.name=${name}` });
  informer.start();
  try {
    return await informer.waitFor(wanted, deadlineMs);
  } finally {
    informer.stop();
  }
}

function progressMessage(run: ClusterStagedUpdateRun): string {
  return findCondition(run.status?.conditions, 'Progressing')?.message ?? '';
}

function hasStarted(run: ClusterStagedUpdateRun, cluster: string): boolean {
  const clusters = run.status?.stagesStatus?.flatMap((entry) => entry.clusters) ?? [];
  const found = clusters.find(({ clusterName }) => clusterName === cluster);
  return findCondition(found?.conditions, 'Started')?.status === 'True';
}

/** How often Temporal was asked to carry a run out. */
async function executions(workflowId: string): Promise<number> {
  const typed = ['workflow', 'list', '--query', `WorkflowId = "${workflowId}"`];
  return (await temporalJson<unknown[]>(fleet, typed)).length;
}

const initialization = 'cannot continue the ClusterStagedUpdateRun: failed to initialize the clusterStagedUpdateRun: ';
const client = 'failed to process the request due to a client error: ';

interface Refused {
  mistake: string;
  run: string;
  placement?: string;
  index?: string;
  stages?: StageConfig[];
  missingStrategy?: string;
  says: string;
}

const refused: Refused[] = [
  {
    mistake: 'a placement that does not exist',
    run: 'bad-no-placement',
    placement: 'bad-nothing',
    says: 'parent clusterResourcePlacement not found',
  },
  {
    mistake: 'a placement that is not External',
    run: 'bad-not-external',
    placement: 'bad-rolling',
    says: 'parent clusterResourcePlacement does not have an external rollout strategy, current strategy: RollingUpdate',
  },
  {
    mistake: 'a strategy that does not exist',
    run: 'bad-no-strategy',
    missingStrategy: 'bad-nothing',
    says: 'referenced clusterStagedUpdateStrategy not found: bad-nothing',
  },
  {
    mistake: 'a cluster in two stages',
    run: 'bad-two-stages',
    stages: [stage('first', { environment: 'canary' }), stage('second')],
    says: 'cluster `member1` appears in more than one stages',
  },
  {
    mistake: 'clusters in no stage',
    run: 'bad-no-stage',
    stages: [stage('staging', { environment: 'staging' })],
    says: 'some clusters are not placed in any stage, total 2, showing up to 10: member1, member3',
  },
  {
    mistake: 'a cluster without the label that sorts',
    run: 'bad-no-label',
    stages: [stage('all', undefined, { sortingLabelKey: 'order' })],
    says: 'the sorting label `order:` on cluster `member2` is not valid: strconv.Atoi: parsing "": invalid syntax',
  },
  {
    mistake: 'a label that sorts and is no number',
    run: 'bad-label-text',
    stages: [stage('all', undefined, { sortingLabelKey: 'environment' })],
    says: 'the sorting label `environment:canary` on cluster `member1` is not valid: strconv.Atoi: parsing "canary": invalid syntax',
  },
  {
    mistake: 'a snapshot index that is no number',
    run: 'bad-index-text',
    index: 'latest',
    says: 'invalid resource snapshot index `latest` provided, expected an integer >= 0',
  },
  {
    mistake: 'a snapshot index that does not exist',
    run: 'bad-index-missing',
    index: '99',
    says: 'no clusterResourceSnapshots with index `99` found for clusterResourcePlacement `bad-input`',
  },
];

describe('a run is refused for', () => {
  beforeAll(async () => {
    // Of nothing: it would roll out by itself what the runs must not touch.
    made.add('crp/bad-rolling');
    await apply(fleet, [placement('bad-rolling', 'bad-nowhere', 'RollingUpdate')]);
  });

  test.each(refused)('$mistake', async ({ run, placement: ofPlacement = 'bad-input', index, stages, ...rest }) => {
    if (stages !== undefined) await useStrategy(run, stages);
    const byStrategy = rest.missingStrategy ?? (stages === undefined ? 'bad-everywhere' : run);
    await startRun(run, ofPlacement, index, byStrategy);
    expect(await refusal(run)).toBe(`${initialization}${client}${rest.says}`);
  });

  test('any of these, and nothing has been touched', async () => {
    const bindings = await bindingsOf(fleet, 'bad-input');
    expect(bindings.map(({ spec }) => `${spec.targetCluster} ${spec.state}`)).toEqual(
      fleet.members.map((member) => `${member} Scheduled`),
    );
    for (const member of fleet.members) expect(await valueOn(fleet, member, 'bad-input', 'key')).toBe('');
  });
});

describe('what may still come is waited for', () => {
  test('a run that is made together with its placement', async () => {
    made.add('ns/bad-together').add('crp/bad-together');
    runs.add('bad-together');
    await apply(fleet, [
      namespace('bad-together'),
      configMap('bad-together', 'settings', { key: 'first' }),
      placement('bad-together', 'bad-together'),
      updateRun('bad-together', 'bad-together', '0', 'bad-everywhere'),
    ]);
    await waitFor(fleet, 'condition=Succeeded', 'csur/bad-together');
    expect(await valueOn(fleet, 'member1', 'bad-together', 'key')).toBe('first');
  });

  test('a run for the snapshot that comes next', async () => {
    await apply(fleet, [configMap('bad-together', 'settings', { key: 'second' })]);
    await startRun('bad-next-snapshot', 'bad-together', '1');
    await waitFor(fleet, 'condition=Succeeded', 'csur/bad-next-snapshot');
    expect(await valueOn(fleet, 'member3', 'bad-together', 'key')).toBe('second');
  });
});

describe('a member in trouble', () => {
  test('an unreachable one is named at once, waited for and then updated', async () => {
    await placed('bad-unreachable');
    const server = fleet.process('member2-apiserver');
    await server.kill('SIGKILL');
    let saidAfter: number;
    try {
      await startRun('bad-unreachable', 'bad-unreachable');
      await runBecomes('bad-unreachable', (run) => hasStarted(run, 'member2'));
      const started = Date.now();
      const run = await runBecomes('bad-unreachable', (current) => progressMessage(current).includes('member2'));
      saidAfter = Date.now() - started;
      expect(progressMessage(run)).toContain('Cluster member2 cannot be reached');
      expect(hasStarted(run, 'member3')).toBe(false);
    } finally {
      await server.start();
    }
    expect(saidAfter).toBeLessThan(1000);
    await waitFor(fleet, 'condition=Succeeded', 'csur/bad-unreachable');
    for (const member of fleet.members) expect(await valueOn(fleet, member, 'bad-unreachable', 'key')).toBe('first');
    expect(progressMessage(await getRun(fleet, 'bad-unreachable'))).toBe('All stages are completed');
  }, 180_000);

  test('one that rejects an object is named with the object, waited for and then updated', async () => {
    await placed('bad-rejected');
    const frozen = { ...configMap('bad-rejected', 'settings', { key: 'frozen' }), immutable: true };
    await apply(fleet, [namespace('bad-rejected'), frozen], ['--context', 'member2']);
    await startRun('bad-rejected', 'bad-rejected');
    const run = await runBecomes('bad-rejected', (current) => progressMessage(current).includes('member2'));
    expect(progressMessage(run)).toMatch(/settings/);
    const binding = (await bindingsOf(fleet, 'bad-rejected')).find(({ spec }) => spec.targetCluster === 'member2');
    expect(findCondition(binding?.status?.conditions, 'Applied')?.status).toBe('False');
    expect(binding?.status?.failedPlacements).toEqual([
      expect.objectContaining({ kind: 'ConfigMap', name: 'settings', namespace: 'bad-rejected' }),
    ]);
    expect(await valueOn(fleet, 'member3', 'bad-rejected', 'key')).toBe('');

    await kubectlLine(fleet, 'delete cm settings -n bad-rejected --context member2');
    await waitFor(fleet, 'condition=Succeeded', 'csur/bad-rejected', 90);
    for (const member of fleet.members) expect(await valueOn(fleet, member, 'bad-rejected', 'key')).toBe('first');
  }, 180_000);
});

describe('the temporal door refuses', () => {
  const wrong: { input: string; name: string; says: string }[] = [
    { input: 'no object', name: 'bad-door-text', says: 'The input must be a JSON object.' },
    { input: 'no name', name: 'bad-door-name', says: 'The input must hold the name of the run.' },
    { input: 'an unknown field', name: 'bad-door-field', says: 'The spec has unknown fields: placement.' },
    { input: 'a missing field', name: 'bad-door-missing', says: 'The spec must hold placementName as a text' },
  ];
  const spec = runSpec('bad-input', '0', 'bad-everywhere');
  const inputs: Record<string, unknown> = {
    'bad-door-text': 'bad-door-text',
    'bad-door-name': { spec },
    'bad-door-field': { name: 'bad-door-field', spec: { ...spec, placement: 'bad-input' } },
    'bad-door-missing': { name: 'bad-door-missing', spec: { ...spec, placementName: undefined } },
  };

  test.each(wrong)('$input', async ({ name, says }) => {
    const typed = ['workflow', 'start', '--type', 'stagedUpdateRun', '-t', 'flotilla', '-w', `csur/${name}`];
    await temporal(fleet, [...typed, '--input', JSON.stringify(inputs[name])]);
    const result = await temporal(fleet, ['workflow', 'result', '-w', `csur/${name}`], { mayFail: true });
    expect(result.code).not.toBe(0);
    expect(result.stdout + result.stderr).toContain(says);
    expect((await kubectlLine(fleet, `get csur ${name}`, { mayFail: true })).stderr).toContain(`"${name}" not found`);
  });
});

describe('a run that is over stays over', () => {
  const barrier = 'bad-over-barrier';

  beforeAll(async () => {
    await placed('bad-over');
    await useStrategy('bad-over-approval', [stage('all', undefined, { afterStageTasks: [{ type: 'Approval' }] })]);
    await startRun('bad-over-edited', 'bad-over');
    await startRun('bad-over-recreated', 'bad-over');
    await startRun('bad-over-terminated', 'bad-over', '0', 'bad-over-approval');
    await waitFor(fleet, 'condition=Succeeded', 'csur/bad-over-edited csur/bad-over-recreated');
    await waitFor(fleet, 'create', 'clusterapprovalrequests/bad-over-terminated-all');
  }, 180_000);

  test('one whose workflow was terminated by hand says so', async () => {
    await temporal(fleet, ['workflow', 'terminate', '-w', 'csur/bad-over-terminated', '--reason', 'by hand']);
    await waitFor(fleet, 'condition=Succeeded=false', 'csur/bad-over-terminated');
    const failed = findCondition((await getRun(fleet, 'bad-over-terminated')).status?.conditions, 'Succeeded');
    expect(failed?.reason).toBe('UpdateRunFailed');
    expect(failed?.message).toContain('its workflow csur/bad-over-terminated was terminated');
  });

  test('one that was deleted and made again is a new run and keeps nothing of the old one', async () => {
    const before = await getRun(fleet, 'bad-over-recreated');
    await remove(fleet, 'csur/bad-over-recreated');
    expect(await executions('csur/bad-over-recreated')).toBe(1);
    await startRun('bad-over-recreated', 'bad-over');
    await waitFor(fleet, 'condition=Succeeded', 'csur/bad-over-recreated');
    expect((await getRun(fleet, 'bad-over-recreated')).metadata.uid).not.toBe(before.metadata.uid);
    expect(await executions('csur/bad-over-recreated')).toBe(2);
  });

  test('edits and a restarted worker do not start any of them again', async () => {
    const over = ['bad-over-edited', 'bad-over-recreated', 'bad-over-terminated'];
    for (const name of over) await kubectl(fleet, ['label', 'csur', name, 'edited=yes']);
    const worker = fleet.process('worker');
    await worker.kill('SIGTERM');
    await worker.start();
    // A run that is made after all of this and has ended proves that the edits have been seen too.
    await startRun(barrier, 'bad-over');
    await waitFor(fleet, 'condition=Succeeded', `csur/${barrier}`);
    expect(await Promise.all(over.map((name) => executions(`csur/${name}`)))).toEqual([1, 2, 1]);
    expect(await executions(`csur/${barrier}`)).toBe(1);
  }, 120_000);
});
