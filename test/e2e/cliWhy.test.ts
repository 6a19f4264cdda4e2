/**
 * `flotilla why` for all that somebody may wait for, each staged on real clusters: the sentence names the object, the
 * rule and the way out. The table is in whyCauses.ts. It has a fleet of its own, because it ends members, the worker and
 * Temporal, and the answers say so.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findCondition } from '../../api/conditions.ts';
import { policySnapshotName } from '../../api/names.ts';
import type { ClusterStagedUpdateRun, StageConfig } from '../../api/types/clusterstagedupdaterun.ts';
import { down, up, type Fleet } from '../../local/fleet.ts';
import { flotilla } from '../support/flotillaCommand.ts';
import { apply, kubectl, kubectlLine, waitFor } from '../support/kubectl.ts';
import { clustersWith, RunScenarios } from '../support/runScenario.ts';
import {
  configMap,
  namespace,
  placement,
  stage,
  strategy,
  updateRun,
  type ScenarioObject,
} from '../support/scenario.ts';

const approval = [{ type: 'Approval' as const }];
const atOnce: Partial<StageConfig> = { maxConcurrency: '100%' };
/** An answer that nothing on the hub announces comes within this time. */
const answerMs = 30_000;
let data: string;
let fleet: Fleet;
let scenarios: RunScenarios;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'flotilla-test-'));
  fleet = await up({
    data,
    members: [
      { name: 'member1', labels: { environment: 'canary' } },
      { name: 'member2', labels: { environment: 'production' } },
    ],
    worker: true,
    temporary: true,
    whileParentLives: true,
    log: () => undefined,
  });
  scenarios = new RunScenarios(fleet, 'why');
}, 180_000);

afterAll(async () => {
  await scenarios.disconnect();
  await down(data);
}, 120_000);

/** What the command prints, on one line; times, and names that the members make, are masked. */
async function why(typed: string): Promise<string> {
  return masked(await line(`why ${typed}`));
}

async function line(typed: string, more: Record<string, string> = {}): Promise<string> {
  const environment = { KUBECONFIG: fleet.kubeconfig, ...more };
  const { stdout, stderr, code } = await flotilla(typed.split(' '), { environment });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout.trimEnd();
}

function masked(text: string): string {
  return text
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replaceAll(/, since <time> \([0-9hms]+ ago\)/g, ' <since>')
    .replaceAll(/ in [0-9hms]+(?=:|;|$)/g, ' in <left>')
    .replaceAll(/\bweb-[0-9a-z]+-[0-9a-z]{5}\b/g, 'web-<pod>');
}

/** Asks until the answer is about what is wanted: time alone makes it so. */
async function whyBecomes(typed: string, wanted: string): Promise<string> {
  const deadline = Date.now() + answerMs;
  for (;;) {
    const answer = await why(typed);
    if (answer.includes(wanted)) return answer;
    if (Date.now() > deadline) throw new Error(`"${wanted}" did not come; the last answer was:\n${answer}`);
  }
}

/** The line `why` of the picture, as one line. */
async function whyInPicture(run: string): Promise<string> {
  const environment = { KUBECONFIG: fleet.kubeconfig, TZ: 'UTC' };
  const { stdout } = await flotilla(['get', 'run', run], { environment });
  const [, ...lines] = stdout.split('\n');
  const first = lines.findIndex((one) => one.startsWith('why: '));
  const end = lines.findIndex((one, index) => index > first && !one.startsWith('     '));
  return lines
    .slice(first, end)
    .map((one) => one.slice(5))
    .join(' ')
    .replaceAll(/\b\d\d:\d\d:\d\d\b/g, '<clock>');
}

/** A placement of the namespace of its name, with other parts of its spec. */
function placementWith(name: string, more: object): ScenarioObject {
  const object = placement(name, name);
  return { ...object, spec: { ...(object.spec as object), ...more } };
}

/** Placement, strategy and run of one name. */
async function started(name: string, stages: StageConfig[], more: ScenarioObject[] = []): Promise<void> {
  await scenarios.place(name, more);
  await scenarios.useStrategy(name, stages);
  await scenarios.start(name);
}

function progress(run: ClusterStagedUpdateRun): string {
  return findCondition(run.status?.conditions, 'Progressing')?.message ?? '';
}

/** Resolves once the run names this trouble. */
function troubled(name: string, text: string): Promise<ClusterStagedUpdateRun> {
  return scenarios.becomes(name, (run) => progress(run).includes(text));
}

/** Resolves once the run says that it waits, and that it has asked: two writes, one after the other. */
function asksApproval(name: string): Promise<ClusterStagedUpdateRun> {
  return scenarios.becomes(
    name,
    ({ status }) =>
      findCondition(status?.conditions, 'Progressing')?.reason === 'UpdateRunWaiting' &&
      JSON.stringify(status).includes('ApprovalRequestCreated'),
  );
}

async function patch(typed: string, body: object): Promise<void> {
  await kubectl(fleet, ['patch', ...typed.split(' '), '--type=merge', '-p', JSON.stringify(body)]);
}

describe('before anything happens', () => {
  test('not scheduled: a run, and its placement', async () => {
    const name = 'why-scheduled';
    const policy = { placementType: 'PickN', numberOfClusters: 3 };
    await apply(fleet, [namespace(name), configMap(name, 'settings', { key: 'first' })]);
    await apply(fleet, [placementWith(name, { policy }), strategy(name, [stage('all')])]);
    await waitFor(fleet, 'condition=ClusterResourcePlacementScheduled=false', `crp/${name}`);
    await apply(fleet, [updateRun(name, name, '0', name)]);
    await scenarios.becomes(
      name,
      ({ status }) => findCondition(status?.conditions, 'Initialized')?.status === 'Unknown',
    );
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-scheduled cannot be planned yet <since>: Placement why-scheduled does not have all clusters that its policy asks for: could not find all clusters needed as specified by the scheduling policy, found 2 cluster(s) instead; it is planned as soon as that is there; what each cluster lacks can be asked: flotilla explain placement why-scheduled',
    );
    expect(await why(`crp/${name}`)).toBe(
      'crp/why-scheduled follows its newest run, and csur/why-scheduled cannot be planned yet <since>: Placement why-scheduled does not have all clusters that its policy asks for: could not find all clusters needed as specified by the scheduling policy, found 2 cluster(s) instead; it is planned as soon as that is there; what each cluster lacks can be asked: flotilla explain placement why-scheduled',
    );
  });

  test('only planned', async () => {
    const name = 'why-planned';
    await scenarios.place(name);
    await scenarios.useStrategy(name, [stage('all')]);
    await scenarios.start(name, { state: 'Initialize' });
    await scenarios.becomes(name, ({ status }) => findCondition(status?.conditions, 'Initialized')?.status === 'True');
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-planned is only planned <since>: its spec.state is Initialize; it begins once that is Run: flotilla rollout resume csur/why-planned',
    );
  });
});

describe('clusters', () => {
  test('waiting for a slot: in the stage, and in a later one', async () => {
    const name = 'why-slot';
    await scenarios.placeHeld(name);
    await scenarios.useStrategy(name, [stage('all')]);
    await scenarios.start(name);
    await troubled(name, 'is not available yet');
    expect(await why('cluster/member2')).toBe(
      'cluster/member2 waits for its turn in csur/why-slot <since>: stage all has 1 in work at a time, and now it has member1; its turn comes by itself; what the run waits for now can be asked: flotilla why csur/why-slot',
    );
    await kubectlLine(fleet, `delete csur ${name}`);

    const later = `${name}-later`;
    await scenarios.useStrategy(later, [
      stage('first', { environment: 'canary' }),
      stage('second', { environment: 'production' }),
    ]);
    await scenarios.start(later, { placementName: name });
    await troubled(later, 'is not available yet');
    expect(await why('cluster/member2')).toBe(
      'cluster/member2 waits for its turn in csur/why-slot-later <since>: it is in stage second, and the run is in stage first, which comes before; its turn comes by itself; what the run waits for now can be asked: flotilla why csur/why-slot-later',
    );
    await kubectlLine(fleet, `delete csur ${later}`);
  });

  test('not available: a Service, by its own status', async () => {
    const name = 'why-service';
    await scenarios.placeHeld(name);
    await scenarios.useStrategy(name, [stage('all')]);
    await scenarios.start(name);
    await troubled(name, 'is not available yet');
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-service waits for Service why-service/gate on cluster member1, which is not available yet <since>: The load balancer has no address; a cluster is done only when all its objects are available, and then it goes on by itself: kubectl describe service gate -n why-service --context member1',
    );
    expect(await whyInPicture(name)).toBe('stage all waits for cluster member1: Service why-service/gate on ...');
  });

  describe('a Deployment', () => {
    const name = 'why-pods';
    const labels = { app: 'web' };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: name },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [{ name: 'server', image: 'registry.example/web:2' }] },
        },
      },
    };
    let pod: string;

    beforeAll(async () => {
      await started(name, [stage('all')], [deployment]);
      await troubled(name, 'has not been given to a node');
      const { stdout } = await kubectlLine(fleet, `get pods -n ${name} -l app=web -o name --context member1`);
      pod = stdout.trim();
    }, 120_000);

    /** The members have no kubelet, so the test says what one would say. */
    async function kubeletSays(waiting: { reason: string; message: string }, lastState: object = {}): Promise<void> {
      const container = { name: 'server', image: 'registry.example/web:2', imageID: '', ready: false, restartCount: 3 };
      const containerStatuses = [{ ...container, state: { waiting }, lastState }];
      const status = { phase: 'Running', containerStatuses };
      await patch(`${pod} -n ${name} --context member1 --subresource=status`, { status });
      await troubled(name, waiting.reason);
    }

    test('not available: a Deployment, by the container that does not come up', async () => {
      expect(await why(`csur/${name}`)).toBe(
        'csur/why-pods waits for Deployment why-pods/web on cluster member1, which is not available yet <since>: 0 of 1 replicas are available; Pod web-<pod> has not been given to a node; a cluster is done only when all its objects are available, and then it goes on by itself: kubectl describe pod web-<pod> -n why-pods --context member1',
      );
      await kubeletSays(
        { reason: 'CrashLoopBackOff', message: 'back-off 40s restarting failed container=server' },
        { terminated: { reason: 'Error', exitCode: 1 } },
      );
      expect(await why(`csur/${name}`)).toBe(
        'csur/why-pods waits for Deployment why-pods/web on cluster member1, which is not available yet <since>: 0 of 1 replicas are available; container server of Pod web-<pod> waits (CrashLoopBackOff, after it ended with Error, exit code 1): back-off 40s restarting failed container=server; a cluster is done only when all its objects are available, and then it goes on by itself: kubectl logs web-<pod> -c server --previous -n why-pods --context member1',
      );
      expect(await why(`crp/${name}`)).toBe(
        'crp/why-pods follows its newest run, and csur/why-pods waits for Deployment why-pods/web on cluster member1, which is not available yet <since>: 0 of 1 replicas are available; container server of Pod web-<pod> waits (CrashLoopBackOff, after it ended with Error, exit code 1): back-off 40s restarting failed container=server; a cluster is done only when all its objects are available, and then it goes on by itself: kubectl logs web-<pod> -c server --previous -n why-pods --context member1',
      );
    });

    test('an image that cannot be pulled', async () => {
      await kubeletSays({ reason: 'ImagePullBackOff', message: 'Back-off pulling image "registry.example/web:2"' });
      expect(await why(`csur/${name}`)).toBe(
        'csur/why-pods waits for Deployment why-pods/web on cluster member1, whose image cannot be pulled <since>: 0 of 1 replicas are available; container server of Pod web-<pod> waits (ImagePullBackOff): Back-off pulling image "registry.example/web:2"; it goes on by itself once the cluster can pull the image; a wrong name is put right on the hub and rolled out, and what the registry said stands in the events: kubectl describe pod web-<pod> -n why-pods --context member1',
      );
    });
  });

  test('an object that the cluster does not take', async () => {
    const name = 'why-rejected';
    const frozen = { ...configMap(name, 'settings', { key: 'frozen' }), immutable: true };
    await apply(fleet, [namespace(name), frozen], ['--context', 'member1']);
    await started(name, [stage('all')]);
    await troubled(name, 'settings');
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-rejected waits for ConfigMap why-rejected/settings, which cluster member1 does not take <since>: ConfigMap "settings" is invalid: data: Forbidden: field is immutable when `immutable` is set; it is tried again by itself, and goes on once what is there is out of the way (kubectl get configmap settings -n why-rejected --context member1 -o yaml); or change it on the hub and roll that out: kubectl edit configmap settings -n why-rejected',
    );
    await kubectlLine(fleet, `delete cm settings -n ${name} --context member1`);
    await scenarios.succeeds(name);
  });

  test('an object of another placement', async () => {
    const first = 'why-owner';
    const second = 'why-intruder';
    await started(first, [stage('all', undefined, atOnce)]);
    await scenarios.succeeds(first);
    await scenarios.place(second, [], placement(second, first));
    await scenarios.useStrategy(second, [stage('all')]);
    await scenarios.start(second);
    await troubled(second, 'already belongs to');
    expect(await why(`csur/${second}`)).toBe(
      'csur/why-intruder waits for Namespace why-owner and 1 more on cluster member1, which somebody else owns <since>: Namespace why-owner on cluster member1 already belongs to another placement (AppliedWork why-owner-work), so it is left alone; take it out of one of the two placements; it is tried again by itself, and who has what stands in the object: kubectl get namespace why-owner --context member1 -o yaml --show-managed-fields',
    );
  });

  test('fields that somebody else has set', async () => {
    const name = 'why-fields';
    const theirs = configMap(name, 'settings', { key: 'theirs' });
    await apply(fleet, [namespace(name)], ['--context', 'member1']);
    await apply(fleet, [theirs], ['--context', 'member1', '--server-side', '--field-manager=somebody']);
    const applyStrategy = { type: 'ServerSideApply', serverSideApplyConfig: { force: false } };
    await scenarios.place(name, [], placementWith(name, { strategy: { type: 'External', applyStrategy } }));
    await scenarios.useStrategy(name, [stage('all')]);
    await scenarios.start(name);
    await troubled(name, 'settings');
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-fields waits for ConfigMap why-fields/settings on cluster member1, which somebody else owns <since>: what others own is left alone: Apply failed with 1 conflict: conflict with "somebody": .data.key; have the others let go of these fields, or take them over with spec.strategy.applyStrategy.serverSideApplyConfig.force: true in the placement; it is tried again by itself, and who has what stands in the object: kubectl get configmap settings -n why-fields --context member1 -o yaml --show-managed-fields',
    );
  });

  test('a member that cannot be reached', async () => {
    const name = 'why-away';
    await scenarios.place(name);
    await scenarios.useStrategy(name, [stage('all', undefined, atOnce)]);
    const server = fleet.process('member2-apiserver');
    await server.kill('SIGKILL');
    try {
      await scenarios.start(name);
      await troubled(name, 'cannot be reached');
      // Since when is known once the next heartbeat is missed.
      expect((await why(`csur/${name}`)).replace(' <since>', '')).toBe(
        'csur/why-away waits for cluster member2, which cannot be reached: Cluster member2 cannot be reached (ECONNREFUSED); a cluster that is away is waited for, and all goes on by itself once its API server answers (one that never will is let go with flotilla leave member2 --unreachable); what the hub knows of it can be seen: kubectl describe membercluster member2',
      );
      expect(await whyInPicture(name)).toBe(
        'stage all waits for cluster member2: Cluster member2 cannot be reached ...',
      );
    } finally {
      await server.start();
    }
    await scenarios.succeeds(name);
  }, 120_000);

  test('a removal that a finalizer holds', async () => {
    const name = 'why-removal';
    const policy = { placementType: 'PickFixed', clusterNames: ['member1', 'member2'] };
    await scenarios.place(name, [], placementWith(name, { policy }));
    await scenarios.useStrategy(name, [stage('all', undefined, atOnce)]);
    const of = { placementName: name, stagedRolloutStrategyName: name };
    await scenarios.start(`${name}-first`, of);
    await scenarios.succeeds(`${name}-first`);
    await patch(`cm settings -n ${name} --context member2`, { metadata: { finalizers: ['example.com/hold'] } });
    await patch(`crp ${name}`, { spec: { policy: { clusterNames: ['member1'] } } });
    await waitFor(fleet, 'create', `clusterschedulingpolicysnapshots/${policySnapshotName(name, 1)}`);
    await scenarios.start(name, of);
    await troubled(name, 'is held by its finalizer');
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-removal waits until the copies are gone from cluster member2 <since>: Cluster member2 is still removing the objects of placement why-removal (AppliedWork why-removal-work): ConfigMap why-removal/settings is held by its finalizer example.com/hold; it goes on by itself once whoever set the finalizer takes it away; if nobody does any more, take it out of metadata.finalizers: kubectl edit configmap settings -n why-removal --context member2',
    );
    expect(await whyInPicture(name)).toBe('all stages are done; the removal at the end waits for cluster member2: ...');
    await patch(`cm settings -n ${name} --context member2`, { metadata: { finalizers: null } });
    await scenarios.succeeds(name);
  });

  test('a finalizer that holds the copies of a placement which leaves a cluster, and is deleted then', async () => {
    const name = 'why-leaving';
    const policy = { placementType: 'PickFixed', clusterNames: ['member1', 'member2'] };
    await scenarios.place(name, [], placementWith(name, { policy, strategy: { type: 'RollingUpdate' } }));
    await waitFor(fleet, 'condition=ClusterResourcePlacementAvailable', `crp/${name}`);
    await patch(`cm settings -n ${name} --context member2`, { metadata: { finalizers: ['example.com/hold'] } });
    await patch(`crp ${name}`, { spec: { policy: { clusterNames: ['member1'] } } });
    expect(await whyBecomes(`crp/${name}`, 'is held by its finalizer')).toBe(
      'crp/why-leaving waits until its copies are gone from cluster member2 <since>: Cluster member2 is still removing the objects of placement why-leaving (AppliedWork why-leaving-work): ConfigMap why-leaving/settings is held by its finalizer example.com/hold; it goes on by itself once whoever set the finalizer takes it away; if nobody does any more, take it out of metadata.finalizers: kubectl edit configmap settings -n why-leaving --context member2',
    );
    await kubectlLine(fleet, `delete crp ${name} --wait=false`);
    await waitFor(fleet, 'condition=ClusterResourcePlacementRemoved=false', `crp/${name}`);
    expect(await whyBecomes(`crp/${name}`, 'from member2')).toBe(
      'crp/why-leaving is being deleted <since>: its finalizer holds it until the copies are gone from member2: Cluster member2 is still removing the objects of placement why-leaving (AppliedWork why-leaving-work): ConfigMap why-leaving/settings is held by its finalizer example.com/hold; it goes on by itself once whoever set the finalizer takes it away; if nobody does any more, take it out of metadata.finalizers: kubectl edit configmap settings -n why-leaving --context member2',
    );
    await patch(`cm settings -n ${name} --context member2`, { metadata: { finalizers: null } });
    await waitFor(fleet, 'delete', `crp/${name}`);
  });

  test('a finalizer that holds the copies of a placement in a namespace', async () => {
    const name = 'why-held-here';
    await apply(fleet, [namespace(name), configMap(name, 'settings', { key: 'first' })]);
    for (const member of ['member1', 'member2'])
      await kubectlLine(fleet, `create namespace ${name} --context ${member}`);
    const spec = {
      resourceSelectors: [{ group: '', version: 'v1', kind: 'ConfigMap', name: 'settings' }],
      policy: { placementType: 'PickAll' },
      strategy: { type: 'RollingUpdate' },
    };
    const own = { ...placement(name, name), kind: 'ResourcePlacement', metadata: { name, namespace: name }, spec };
    await apply(fleet, [own]);
    await waitFor(fleet, 'condition=ResourcePlacementAvailable', `rp/${name} -n ${name}`);
    await patch(`cm settings -n ${name} --context member1`, { metadata: { finalizers: ['example.com/hold'] } });
    await kubectlLine(fleet, `delete rp ${name} -n ${name} --wait=false`);
    await waitFor(fleet, 'condition=ResourcePlacementRemoved=false', `rp/${name} -n ${name}`);
    const held =
      'Cluster member1 is still removing the objects of placement why-held-here/why-held-here (AppliedWork why-held-here.why-held-here.work): ConfigMap why-held-here/settings is held by its finalizer example.com/hold';
    const answer = `its finalizer holds it until the copies are gone from member1: ${held}`;
    expect(await whyBecomes(`rp/${name} -n ${name}`, 'from member1:')).toContain(answer);
    const temporal = { TEMPORAL_ADDRESS: fleet.temporalAddress, TEMPORAL_NAMESPACE: 'default' };
    expect(await line(`log rp/${name} -n ${name}`, temporal)).toContain(`member1 waits: ${held}`);
    await patch(`cm settings -n ${name} --context member1`, { metadata: { finalizers: null } });
    await waitFor(fleet, 'delete', `rp/${name} -n ${name}`);
  });
});

describe('gates', () => {
  test('a timed wait', async () => {
    const name = 'why-wait';
    await started(name, [
      stage('all', undefined, { ...atOnce, afterStageTasks: [{ type: 'TimedWait', waitTime: '1h' }] }),
    ]);
    await scenarios.says(name, 'UpdateRunWaiting');
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-wait waits after stage all <since>: strategy why-wait has a TimedWait of 1h0m0s there; it goes on by itself at <time>, in <left>: flotilla rollout status csur/why-wait',
    );
    expect(await whyInPicture(name)).toBe('stage all soaks until <clock>');
  });

  test('an approval before a stage', async () => {
    const name = 'why-before';
    await started(name, [stage('all', undefined, { beforeStageTasks: approval })]);
    await asksApproval(name);
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-before waits for an approval before stage all <since>: strategy why-before has it that the stage begins only with one (request why-before-before-all; a patch needs --subresource=status); whoever may patch clusterapprovalrequests/status on the hub may give it: flotilla approve why-before all --before',
    );
  });

  test('an approval after a stage, beside a timed wait', async () => {
    const name = 'why-after';
    const afterStageTasks = [{ type: 'TimedWait' as const, waitTime: '1h' }, ...approval];
    await started(name, [stage('all', undefined, { ...atOnce, afterStageTasks })]);
    await asksApproval(name);
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-after waits for an approval after stage all <since>: strategy why-after has it that the stage ends only with one, and with its TimedWait of 1h0m0s over (request why-after-all; a patch needs --subresource=status); whoever may patch clusterapprovalrequests/status on the hub may give it, and the wait ends by itself at <time>: flotilla approve why-after all',
    );
    expect(await whyInPicture(name)).toBe(
      'stage all soaks until <clock> and waits for approval why-after-all, asked for at <clock>',
    );
  });

  test('an approval in a namespace', async () => {
    const name = 'why-namespaced';
    const inNamespace = (object: ScenarioObject): ScenarioObject => ({
      ...object,
      kind: object.kind.replace(/^Cluster/, ''),
      metadata: { ...object.metadata, namespace: name },
    });
    const spec = {
      resourceSelectors: [{ group: '', version: 'v1', kind: 'ConfigMap', name: 'settings' }],
      policy: { placementType: 'PickAll' },
      strategy: { type: 'External' },
    };
    await apply(fleet, [namespace(name), configMap(name, 'settings', { key: 'first' })]);
    await apply(fleet, [inNamespace({ ...placement(name, name), spec })]);
    await apply(fleet, [inNamespace(strategy(name, [stage('all', undefined, { beforeStageTasks: approval })]))]);
    await apply(fleet, [inNamespace(updateRun(name, name, '0', name))]);
    await waitFor(fleet, 'create', `approvalrequests/${name}-before-all -n ${name}`);
    const asked = '.status.stagesStatus[0].beforeStageTaskStatus[0].conditions[0].type';
    await waitFor(fleet, `jsonpath={${asked}}=ApprovalRequestCreated`, `sur/${name} -n ${name}`);
    expect(await why(`sur/${name} -n ${name}`)).toBe(
      'sur/why-namespaced/why-namespaced waits for an approval before stage all <since>: strategy why-namespaced has it that the stage begins only with one (request why-namespaced-before-all; a patch needs --subresource=status); whoever may patch approvalrequests/status on the hub may give it: flotilla approve why-namespaced all --before -n why-namespaced',
    );
  });

  describe('an answer that does not count', () => {
    const name = 'why-answer';
    const request = `${name}-before-all`;

    beforeAll(async () => {
      await started(name, [stage('all', undefined, { ...atOnce, beforeStageTasks: approval })]);
      await asksApproval(name);
    }, 120_000);

    test('an approval that was applied without the subresource', async () => {
      const conditions = [{ type: 'Approved', status: 'True', reason: 'lgtm', message: 'lgtm', observedGeneration: 1 }];
      const object = {
        apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
        kind: 'ClusterApprovalRequest',
        metadata: { name: request },
        spec: { parentStageRollout: name, targetStage: 'all' },
        status: { conditions: [{ ...conditions[0], lastTransitionTime: '2025-01-01T00:00:00Z' }] },
      };
      await apply(fleet, [object]);
      expect(await why(`csur/${name}`)).toBe(
        'csur/why-answer waits for an approval before stage all, and the one given does not count <since>: ClusterApprovalRequest why-answer-before-all was applied with a status, which the hub leaves away: a status is written with --subresource=status only; it has to be given again as it should be: flotilla approve why-answer all --before',
      );
    });

    test('an approval of another generation', async () => {
      await scenarios.approve(request, 7);
      expect(await why(`csur/${name}`)).toBe(
        'csur/why-answer waits for an approval before stage all, and the one given does not count <since>: ClusterApprovalRequest why-answer-before-all has observedGeneration 7 in its condition Approved, and must have 1; it has to be given again as it should be: flotilla approve why-answer all --before',
      );
      expect(await whyInPicture(name)).toBe(
        'stage all waits for approval why-answer-before-all to begin (the one given does not count: it has observedGeneration 7 in its condition Approved, and must have 1)',
      );
    });

    test('an approval that says no', async () => {
      const refused = { type: 'Approved', status: 'False', reason: 'Friday', message: 'Not on a Friday.' };
      const conditions = [{ ...refused, observedGeneration: 1, lastTransitionTime: '2025-01-01T00:00:00Z' }];
      await patch(`clusterapprovalrequests ${request} --subresource=status`, { status: { conditions } });
      expect(await why(`csur/${name}`)).toBe(
        'csur/why-answer waits for an approval before stage all, and the one given does not count <since>: ClusterApprovalRequest why-answer-before-all says Approved False: Not on a Friday; it has to be given again as it should be: flotilla approve why-answer all --before',
      );
      await scenarios.approve(request);
      await scenarios.succeeds(name);
    });
  });

  test("a request of somebody else in the approval's place", async () => {
    const name = 'why-foreign';
    const foreign = {
      apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
      kind: 'ClusterApprovalRequest',
      metadata: { name: `${name}-before-all` },
      spec: { parentStageRollout: 'another-run', targetStage: 'production' },
    };
    await apply(fleet, [foreign]);
    await started(name, [stage('all', undefined, { beforeStageTasks: approval })]);
    await scenarios.fails(name);
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-foreign has failed because the approval request why-foreign-before-all is not its own <since>: cannot continue the ClusterStagedUpdateRun: unexpected behavior which cannot be handled by the controller: the approval request task `why-foreign-before-all` is targeting update run `another-run` and stage `production`; delete that request if nothing needs it, then make a new run: kubectl delete clusterapprovalrequests why-foreign-before-all',
    );
  });

  test('stopped', async () => {
    const name = 'why-stopped';
    await started(name, [stage('all', undefined, { beforeStageTasks: approval })]);
    await scenarios.says(name, 'UpdateRunWaiting');
    await scenarios.request(name, 'Stop');
    await scenarios.says(name, 'UpdateRunStopped');
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-stopped is paused <since>: its spec.state is Stop, so it starts nothing more; it goes on once that is Run again: flotilla rollout resume csur/why-stopped',
    );
  });
});

describe('a run that has ended', () => {
  test('displaced by a newer run', async () => {
    const name = 'why-displaced';
    await scenarios.placeHeld(name);
    await scenarios.useStrategy(name, [stage('all')]);
    await scenarios.start(`${name}-old`, { placementName: name, stagedRolloutStrategyName: name });
    await scenarios.becomes(`${name}-old`, (run) => clustersWith(run, 'Started').length === 1);
    await apply(fleet, [configMap(name, 'settings', { key: 'second' })]);
    await waitFor(fleet, 'create', `clusterresourcesnapshots/${name}-1-snapshot`);
    const of = { placementName: name, stagedRolloutStrategyName: name, resourceSnapshotIndex: '1' };
    await scenarios.start(`${name}-new`, of);
    await scenarios.fails(`${name}-old`);
    expect(await why(`csur/${name}-old`)).toBe(
      'csur/why-displaced-old has failed because ClusterStagedUpdateRun/why-displaced-new took member1 over <since>: of two that roll one placement out, the newer one has the cluster, and the older one ends; to bring this revision after all, make a new run: flotilla run why-displaced --strategy why-displaced --index 0',
    );
    expect(await whyInPicture(`${name}-old`)).toBe(
      'ClusterStagedUpdateRun/why-displaced-new took member1 over: the newer of two runs has the cluster',
    );
  });

  test('a policy that has changed since the plan', async () => {
    const name = 'why-policy';
    const policy = { placementType: 'PickFixed', clusterNames: ['member1', 'member2'] };
    await scenarios.place(name, [], placementWith(name, { policy }));
    await scenarios.useStrategy(name, [stage('all', undefined, { beforeStageTasks: approval })]);
    await scenarios.start(name);
    await scenarios.says(name, 'UpdateRunWaiting');
    await patch(`crp ${name}`, { spec: { policy: { clusterNames: ['member1'] } } });
    await scenarios.fails(name);
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-policy has failed because its policy or the members changed after it was planned <since>: a plan is fixed when a run begins, and this one does not fit any more (cannot continue the ClusterStagedUpdateRun: the policy snapshot index used in the clusterStagedUpdateRun is outdated, latest: 1, recorded: 0); a new run is planned with what there is now: flotilla run why-policy --strategy why-policy',
    );
  });

  test('members that have changed since the plan', async () => {
    const name = 'why-members';
    const label = 'example.com/why';
    await kubectlLine(fleet, `label membercluster member1 ${label}=yes`);
    const labelled = { labelSelector: { matchLabels: { [label]: 'yes' } } };
    const clusterAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { clusterSelectorTerms: [labelled] } };
    const policy = { placementType: 'PickAll', affinity: { clusterAffinity } };
    await scenarios.place(name, [], placementWith(name, { policy }));
    await scenarios.useStrategy(name, [stage('all', undefined, { beforeStageTasks: approval })]);
    await scenarios.start(name);
    await scenarios.says(name, 'UpdateRunWaiting');
    await kubectlLine(fleet, `label membercluster member2 ${label}=yes`);
    await scenarios.fails(name);
    expect(await why(`csur/${name}`)).toBe(
      'csur/why-members has failed because its policy or the members changed after it was planned <since>: a plan is fixed when a run begins, and this one does not fit any more (cannot continue the ClusterStagedUpdateRun: the number of clusters in index `0` stage has changed, new: 2, existing: 1; added: member2); a new run is planned with what there is now: flotilla run why-members --strategy why-members',
    );
  });
});

describe('nobody acts', () => {
  test('no worker: the run stands still, and says so', async () => {
    const name = 'why-worker';
    await started(name, [stage('all', undefined, { beforeStageTasks: approval })]);
    await scenarios.says(name, 'UpdateRunWaiting');
    const worker = fleet.process('worker');
    // A worker that is told to end gives its Lease back.
    await worker.kill('SIGTERM');
    try {
      expect(await why(`csur/${name}`)).toBe(
        'csur/why-worker waits for a worker <since>: a worker renews the Lease flotilla in fleet-system, and nobody does; all goes on by itself once a worker runs: in Kubernetes, see what became of its Deployment; on your own machine, flotilla local up starts it: kubectl describe deployment flotilla-worker -n fleet-system',
      );
      expect(await why(`crp/${name}`)).toBe(
        'crp/why-worker follows its newest run, and csur/why-worker waits for a worker <since>: a worker renews the Lease flotilla in fleet-system, and nobody does; all goes on by itself once a worker runs: in Kubernetes, see what became of its Deployment; on your own machine, flotilla local up starts it: kubectl describe deployment flotilla-worker -n fleet-system',
      );
      expect(await whyInPicture(name)).toBe('no worker has run since <clock>, so nothing goes on');
    } finally {
      await worker.start();
    }
  }, 120_000);

  test('Temporal that does not answer: a new run, and an approval', async () => {
    const name = 'why-temporal';
    await started(name, [stage('all', undefined, { ...atOnce, beforeStageTasks: approval })]);
    await asksApproval(name);
    const temporal = fleet.process('temporal');
    await temporal.kill('SIGKILL');
    try {
      await scenarios.start(`${name}-new`, { placementName: name, stagedRolloutStrategyName: name });
      await scenarios.approve(`${name}-before-all`);
      expect(await whyBecomes(`csur/${name}-new`, 'Temporal')).toBe(
        'csur/why-temporal-new has not been noticed as it is now <since>: a worker runs, but runs are carried out by Temporal, which seems not to answer it; it goes on by itself once Temporal answers the worker, whose /readyz and log say what they hear of it: temporal operator cluster health',
      );
      expect(await whyBecomes(`csur/${name}`, 'Temporal')).toBe(
        'csur/why-temporal has not taken up the approval before stage all, which was given <since>: a worker runs, but runs are carried out by Temporal, which seems not to answer it; it goes on by itself once Temporal answers the worker, whose /readyz and log say what they hear of it: temporal operator cluster health',
      );
    } finally {
      await temporal.start();
    }
    await scenarios.says(`${name}-new`, 'UpdateRunWaiting');
    await scenarios.succeeds(name);
  }, 180_000);
});
