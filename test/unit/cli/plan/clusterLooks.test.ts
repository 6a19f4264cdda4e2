import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { annotations } from '../../../../api/labels.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import { lookAtClusters, type ClusterLook } from '../../../../cli/plan/clusterLooks.ts';
import type { PlanFacts } from '../../../../cli/plan/facts.ts';
import { planFacts } from '../../../../cli/plan/planning.ts';
import { render } from '../../../../domain/apply/render.ts';
import { KubernetesClient } from '../../../../kube/client.ts';
import { findFreePorts } from '../../../../local/ports.ts';
import { condition, object, placement, scheduled } from '../../domain/objects.ts';
import { failure, kubeconfigText, sendJson, startPlainServer, type PlainServer } from '../../kube/plainServer.ts';
import { boundTo, contents, facts, memberIn, newRun, snapshot } from './world.ts';

/** Kubeconfigs of members as the hub has them; those that are not named are not there. */
const kubeconfigs = new Map<string, string>();
const forbidden = new Set<string>();
let hubServer: PlainServer;
let hub: KubernetesClient;

beforeAll(async () => {
  hubServer = await startPlainServer((request, response) => {
    const cluster = /fleet-member-(\w+)/.exec(request.url ?? '')?.[1] ?? '';
    const kubeconfig = kubeconfigs.get(cluster);
    if (forbidden.has(cluster)) {
      const message = 'secrets "kubeconfig" is forbidden: User "ana" cannot get resource "secrets"';
      sendJson(response, { ...failure(403, 'Forbidden'), message }, 403);
    } else if (kubeconfig === undefined) {
      sendJson(response, failure(404, 'NotFound', { name: 'kubeconfig', kind: 'secrets' }), 404);
    } else {
      sendJson(response, { data: { kubeconfig: Buffer.from(kubeconfig).toString('base64') } });
    }
  });
  hub = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig: hubServer.kubeconfig });
});

afterAll(async () => {
  await hub.close();
  await hubServer.close();
});

async function look(of: PlanFacts, askMembers = true): Promise<Record<string, ClusterLook>> {
  const { plan } = planFacts(of);
  if (plan === undefined) throw new Error('There is no plan.');
  const looks = await lookAtClusters(hub, plan, of, { askMembers });
  return Object.fromEntries(looks.map((one) => [one.changes.cluster, one]));
}

const fromSnapshots = {
  source: 'snapshots',
  added: [],
  changed: [{ object: 'ConfigMap web/settings', fields: ['data.value'] }],
  removed: [],
};

test('a member that cannot be asked: why, whether that stops the run, and what the snapshots say', async () => {
  const [port] = await findFreePorts(1);
  forbidden.add('member1');
  kubeconfigs.set('member2', kubeconfigText(`https://127.0.0.1:${String(port)}`, { token: 'any' }));
  kubeconfigs.set('member3', kubeconfigText('https://127.0.0.1:1', { exec: { command: 'login' } }));
  expect(await look(facts())).toMatchObject({
    member1: { changes: { ...fromSnapshots, note: 'you may not read its kubeconfig on the hub' }, problems: [] },
    member2: {
      changes: { ...fromSnapshots, note: 'it cannot be reached from here' },
      problems: ['it cannot be reached from here (ECONNREFUSED); --no-members asks the hub only'],
    },
    member3: { changes: { ...fromSnapshots, note: 'its kubeconfig cannot be used here' }, problems: [] },
  });
  forbidden.clear();
  kubeconfigs.clear();
  expect(await look(facts())).toMatchObject({
    member1: { problems: ['the hub has no kubeconfig for it: flotilla join with --kubeconfig brings one'] },
  });
});

test('nothing is asked of members that are not ready, of those that have all of it, and with --no-members', async () => {
  const before = hubServer.requests.length;
  const unhealthy = memberIn('member1', 'canary');
  unhealthy.status = {
    agentStatus: [
      {
        type: 'MemberAgent',
        conditions: [condition('Joined', 'True'), condition('Healthy', 'False', { message: 'It does not answer.' })],
      },
    ],
  };
  const [first, second, third] = facts().bindings;
  if (first === undefined || second === undefined || third === undefined) throw new Error('There are three bindings.');
  const available = { conditions: [condition('Available', 'True')] };
  const hash = render(contents[1] ?? []).contentHash;
  const upToDate = brought(boundTo([second], 1), hash).map((one) => ({ ...one, status: available }));
  const otherContent = brought(boundTo([third], 1), 'of other objects').map((one) => ({ ...one, status: available }));
  const known = { memberClusters: [unhealthy, memberIn('member2', 'staging'), memberIn('member3', 'canary')] };
  const looks = await look(facts({ ...known, bindings: [first, ...upToDate, ...otherContent] }), false);
  expect(looks).toMatchObject({
    member1: { changes: { ...fromSnapshots, note: 'it is not ready' }, problems: ['It does not answer'] },
    member2: { changes: { source: 'upToDate', changed: [] }, problems: [] },
    member3: { changes: { source: 'snapshots', added: [], changed: [], removed: [] }, problems: [] },
  });
  expect(looks.member3?.changes.note).toBeUndefined();
  expect(hubServer.requests).toHaveLength(before);
});

test('a snapshot that is gone, and one of which parts are missing', async () => {
  const pruned = facts();
  pruned.resourceSnapshots = pruned.resourceSnapshots.slice(1);
  expect((await look(pruned, false)).member2).toMatchObject({
    changes: { source: 'unknown', note: 'the snapshot that it has is not on the hub any more' },
    problems: [],
  });
  const part = snapshot(1, contents[1] ?? [], true);
  part.metadata.annotations = { ...part.metadata.annotations, [annotations.numberOfResourceSnapshots]: '2' };
  const incomplete = facts();
  incomplete.resourceSnapshots = [...incomplete.resourceSnapshots.slice(0, 1), part];
  expect((await look(incomplete, false)).member2).toMatchObject({
    changes: { source: 'unknown' },
    problems: ['resource snapshot example-placement-1-snapshot is not complete: parts are missing'],
  });
});

test('a cluster that is not selected any more loses what it has', async () => {
  const { bindings } = scheduled(placement(), ['member4']);
  const leaving = boundTo(bindings, 0).map((one) => ({ ...one, spec: { ...one.spec, state: 'Unscheduled' as const } }));
  const known = facts();
  const looks = await look(facts({ bindings: [...known.bindings, ...leaving] }), false);
  expect(looks.member4?.changes).toMatchObject({ added: [], changed: [], removed: ['ConfigMap web/settings'] });
});

test('a hub that fails is an error, not a note', async () => {
  const gone = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig: hubServer.kubeconfig });
  await gone.close();
  const { plan } = planFacts(facts());
  if (plan === undefined) throw new Error('There is no plan.');
  await expect(lookAtClusters(gone, plan, facts({ run: newRun() }), { askMembers: true })).rejects.toThrow(
    'cluster hub',
  );
});

test('a member that has exactly this is left alone, unless an object is not the one that was brought', async () => {
  const hash = render(contents[1] ?? []).contentHash;
  const uids = { brought: 'uid-1', replaced: 'uid-2' };
  let uid = uids.brought;
  const applied: string[] = [];
  const work = {
    metadata: { name: 'example-placement-work', uid: 'work-uid' },
    status: {
      contentHash: hash,
      appliedResources: [
        {
          ordinal: 0,
          version: 'v1',
          kind: 'ConfigMap',
          resource: 'configmaps',
          name: 'settings',
          namespace: 'web',
          uid: uids.brought,
        },
      ],
    },
  };
  const owned = { ownerReferences: [{ apiVersion: '', kind: '', name: '', uid: 'work-uid' }] };
  const live = (value: string): object => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'web', uid, ...owned },
    data: { value },
  });
  const member = await startPlainServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://member');
    if (request.method === 'PATCH') {
      applied.push(searchParams.get('dryRun') ?? 'for good');
      sendJson(response, live('1'));
    } else if (pathname.includes('appliedworks')) sendJson(response, work);
    else if (pathname.includes('configmaps')) sendJson(response, live('drifted'));
    else sendJson(response, discovery(pathname));
  });
  try {
    for (const name of ['member1', 'member2', 'member3']) {
      kubeconfigs.set(name, kubeconfigText(member.url, { token: 'any' }));
    }
    // Brought to snapshot 1, and not available: the run does not pass it by, but it has nothing to apply.
    const bindings = brought(boundTo(facts().bindings, 1), hash);
    const untouched = await look(facts({ bindings }));
    expect(untouched.member1?.changes).toMatchObject({ source: 'member', added: [], changed: [], removed: [] });
    expect(applied).toEqual([]);
    uid = uids.replaced;
    const touched = await look(facts({ bindings }));
    expect(touched.member1?.changes.changed).toEqual([{ object: 'ConfigMap web/settings', fields: ['data.value'] }]);
    expect(applied).toEqual(['All', 'All', 'All']);
  } finally {
    await member.close();
    kubeconfigs.clear();
  }
});

test('a kind whose definition comes along is new and not asked for; a version that it does not serve is refused', async () => {
  const definition = object(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    { name: 'widgets.example.com' },
    {
      spec: {
        group: 'example.com',
        scope: 'Namespaced',
        names: { kind: 'Widget', plural: 'widgets' },
        versions: [{ name: 'v1', served: true }],
      },
    },
  );
  const widgets = ['v1', 'v2'].map((version) =>
    object(`example.com/${version}`, 'Widget', { name: `of-${version}`, namespace: 'web' }),
  );
  const asked: string[] = [];
  const member = await startPlainServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://member');
    asked.push(pathname);
    if (pathname.includes('appliedworks')) sendJson(response, failure(404, 'NotFound', { name: 'work' }), 404);
    else sendJson(response, discovery(pathname));
  });
  try {
    kubeconfigs.set('member1', kubeconfigText(member.url, { token: 'any' }));
    const resourceSnapshots = [snapshot(0, []), snapshot(1, [definition, ...widgets], true)];
    const { member1 } = await look(facts({ resourceSnapshots }));
    expect(member1).toMatchObject({
      changes: { source: 'member', added: ['Widget web/of-v1'], changed: [], removed: [] },
      problems: [
        'kind CustomResourceDefinition of apiextensions.k8s.io/v1 is not served, so CustomResourceDefinition widgets.example.com cannot be applied',
        'kind Widget of example.com/v2 is not served, so Widget web/of-v2 cannot be applied',
      ],
    });
    expect(asked.filter((path) => path.includes('widgets'))).toEqual([]);
    expect(asked.filter((path) => path === '/apis')).toHaveLength(1);
  } finally {
    await member.close();
    kubeconfigs.clear();
  }
});

/** The same bindings, with the content that was brought to their clusters. */
function brought(bindings: readonly ClusterResourceBinding[], contentHash: string): ClusterResourceBinding[] {
  return bindings.map((one) => ({
    ...one,
    metadata: { ...one.metadata, annotations: { ...one.metadata.annotations, [annotations.contentHash]: contentHash } },
  }));
}

/** What an API server says about its kinds: ConfigMaps only. */
function discovery(pathname: string): object {
  const versions = [
    {
      version: 'v1',
      resources: [{ resource: 'configmaps', responseKind: { kind: 'ConfigMap' }, scope: 'Namespaced', verbs: ['get'] }],
    },
  ];
  return { kind: 'APIGroupDiscoveryList', items: pathname === '/api' ? [{ metadata: {}, versions }] : [] };
}
