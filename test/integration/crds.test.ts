/** The definitions in `api/crds` as a real API server and the real kubectl see them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startApiServer, type ApiServer } from '../support/apiServer.ts';
import { kubectlOn, tryKubectl } from '../support/apiServerKubectl.ts';
import { withoutAges } from '../support/kubectl.ts';

const definitions = path.join(import.meta.dirname, '../../api/crds');
const past = '2025-07-22T21:28:08Z';

let server: ApiServer;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flotilla-crds-'));
  server = await startApiServer();
  await kubectlOn(server, ['apply', '-f', definitions]);
  await kubectlOn(server, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
}, 120_000);

afterAll(async () => {
  await (server as ApiServer | undefined)?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** `metadata`, `spec` or more of an object that is to be created. */
interface Draft {
  apiVersion?: string;
  kind: string;
  name: string;
  spec: unknown;
  labels?: Record<string, string>;
}

function manifest(draft: Draft): string {
  const { apiVersion = 'placement.kubernetes-fleet.io/v1beta1', kind, name, spec, labels } = draft;
  return JSON.stringify({ apiVersion, kind, metadata: { name, labels }, spec });
}

async function create(draft: Draft): Promise<void> {
  await kubectlOn(server, ['create', '-f', '-'], manifest(draft));
}

/** What kubectl says when the API server refuses the object. */
async function refusal(draft: Draft): Promise<string> {
  const { code, stderr } = await tryKubectl(server, ['create', '-f', '-'], manifest(draft));
  expect(code).toBe(1);
  return stderr;
}

async function refusedPatch(resource: string, name: string, patch: unknown): Promise<string> {
  const args = ['patch', resource, name, '--type=merge', '-p', JSON.stringify(patch)];
  const { code, stderr } = await tryKubectl(server, args);
  expect(code).toBe(1);
  return stderr;
}

async function patchStatus(resource: string, name: string, status: unknown): Promise<void> {
  const patch = JSON.stringify({ status });
  await kubectlOn(server, ['patch', resource, name, '--subresource=status', '--type=merge', '-p', patch]);
}

function condition(type: string, status: 'True' | 'False' | 'Unknown', reason = 'Tested'): Record<string, unknown> {
  return { type, status, reason, message: 'as the test says', lastTransitionTime: past, observedGeneration: 1 };
}

/** Lines of `kubectl get`, its ages masked. */
async function table(...args: string[]): Promise<string[]> {
  return withoutAges(await kubectlOn(server, ['get', ...args]))
    .trimEnd()
    .split('\n');
}

interface Stored {
  apiVersion: string;
  metadata: { generation: number };
  spec: unknown;
  status?: unknown;
}

async function stored(resource: string, name: string): Promise<Stored> {
  return JSON.parse(await kubectlOn(server, ['get', resource, name, '-o', 'json'])) as Stored;
}

const namespaceSelector = { group: '', version: 'v1', kind: 'Namespace', name: 'test-namespace' };
const placementSpec = {
  resourceSelectors: [namespaceSelector],
  policy: { placementType: 'PickAll' },
  strategy: { type: 'External' },
};
const runSpec = {
  placementName: 'example-placement',
  resourceSnapshotIndex: '1',
  stagedRolloutStrategyName: 'example-strategy',
};

const property = { name: 'kubernetes-fleet.io/node-count', operator: 'Ge', values: ['3'] };
const sorter = { propertySorter: { name: property.name, sortOrder: 'Descending' } };

/** The policies of the documents; where those are fragments, with what they leave out. */
const documentedPolicies = [
  { placementType: 'PickAll', affinity: affinityTo({ labelSelector: { matchLabels: { environment: 'production' } } }) },
  { placementType: 'PickFixed', clusterNames: ['cluster1', 'cluster2'] },
  { placementType: 'PickN', numberOfClusters: 2 },
  {
    placementType: 'PickN',
    numberOfClusters: 3,
    affinity: {
      clusterAffinity: {
        ...affinityTo({ labelSelector: { matchLabels: { 'critical-allowed': 'true' } } }).clusterAffinity,
        preferredDuringSchedulingIgnoredDuringExecution: [
          { weight: 20, preference: { labelSelector: { matchLabels: { 'critical-level': '1' } } } },
          { weight: -5, preference: sorter },
        ],
      },
    },
  },
  {
    placementType: 'PickN',
    numberOfClusters: 3,
    topologySpreadConstraints: [
      { maxSkew: 2, topologyKey: 'region', whenUnsatisfiable: 'DoNotSchedule' },
      { maxSkew: 2, topologyKey: 'updateDay', whenUnsatisfiable: 'ScheduleAnyway' },
    ],
  },
];

const refusedPolicies: [what: string, policy: unknown, text: string][] = [
  [
    'a number with named clusters',
    { placementType: 'PickFixed', clusterNames: ['a'], numberOfClusters: 1 },
    'affinity, numberOfClusters, topologySpreadConstraints, and tolerations cannot be set when placementType is PickFixed',
  ],
  ['no named cluster', { placementType: 'PickFixed' }, 'cluster names cannot be empty for policy type PickFixed'],
  [
    'a cluster that is named twice',
    { placementType: 'PickFixed', clusterNames: ['a', 'a'] },
    'cluster names must be unique for policy type PickFixed',
  ],
  [
    'a number of all clusters',
    { numberOfClusters: 1 },
    'clusterNames, numberOfClusters, and topologySpreadConstraints cannot be set when placementType is PickAll',
  ],
  [
    'preferences where all are taken',
    {
      affinity: {
        clusterAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }] },
      },
    },
    'PreferredDuringSchedulingIgnoredDuringExecution will be ignored for placement policy type PickAll',
  ],
  [
    'PickN without a number',
    { placementType: 'PickN' },
    'clusterNames cannot be set and numberOfClusters must be set when placementType is PickN',
  ],
  [
    'a value where only the key counts',
    { tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] },
    'value must be empty when operator is Exists',
  ],
  ['a toleration without a key', { tolerations: [{ value: 'b' }] }, 'operator must be Exists when key is empty'],
  [
    'a toleration twice, one of them with the operator that is understood',
    {
      tolerations: [
        { key: 'a', value: 'b' },
        { key: 'a', operator: 'Equal', value: 'b' },
      ],
    },
    'toleration already exists, tolerations must be unique',
  ],
  [
    'a toleration key that is none',
    { tolerations: [{ key: 'a b', operator: 'Exists' }] },
    'invalid toleration key a b: a key consists of at most 63 letters',
  ],
  [
    'a toleration value that is none',
    { tolerations: [{ key: 'example.com/a', value: '-b' }] },
    'invalid toleration value -b: a value is empty, or consists of at most 63 letters',
  ],
  [
    'a name of a property that is none, in a requirement',
    { affinity: affinityTo({ propertySelector: { matchExpressions: [{ ...property, name: 'node count' }] } }) },
    'name in body should match',
  ],
  [
    'a name of a property that is none, in a preference',
    {
      placementType: 'PickN',
      numberOfClusters: 1,
      affinity: {
        clusterAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [
            { weight: 1, preference: { propertySorter: { ...sorter.propertySorter, name: '/node-count' } } },
          ],
        },
      },
    },
    'name in body should match',
  ],
  [
    'a ranking as a requirement',
    { affinity: affinityTo(sorter) },
    'PropertySorter is not allowed for RequiredDuringSchedulingIgnoredDuringExecution affinity',
  ],
  [
    'two values for one comparison',
    { affinity: affinityTo({ propertySelector: { matchExpressions: [{ ...property, values: ['1', '2'] }] } }) },
    'must have at most 1 item',
  ],
];

function affinityTo(term: unknown) {
  return { clusterAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { clusterSelectorTerms: [term] } } };
}

test('names, short names, versions and scope of all kinds', async () => {
  const list = (await Promise.all(['placement', 'cluster'].map(apiResources))).flat();
  expect(list).toEqual([
    'appliedworks placement.kubernetes-fleet.io/v1beta1 false AppliedWork',
    'approvalrequests areq placement.kubernetes-fleet.io/v1beta1 true ApprovalRequest',
    'clusterapprovalrequests careq placement.kubernetes-fleet.io/v1beta1 false ClusterApprovalRequest',
    'clusterresourcebindings crb placement.kubernetes-fleet.io/v1 false ClusterResourceBinding',
    'clusterresourceenvelopes placement.kubernetes-fleet.io/v1beta1 false ClusterResourceEnvelope',
    'clusterresourceplacementdisruptionbudgets crpdb placement.kubernetes-fleet.io/v1beta1 false ClusterResourcePlacementDisruptionBudget',
    'clusterresourceplacementevictions crpe placement.kubernetes-fleet.io/v1beta1 false ClusterResourcePlacementEviction',
    'clusterresourceplacements crp placement.kubernetes-fleet.io/v1beta1 false ClusterResourcePlacement',
    'clusterresourceplacementstatuses crps placement.kubernetes-fleet.io/v1beta1 true ClusterResourcePlacementStatus',
    'clusterresourcesnapshots crs placement.kubernetes-fleet.io/v1 false ClusterResourceSnapshot',
    'clusterschedulingpolicysnapshots csps placement.kubernetes-fleet.io/v1 false ClusterSchedulingPolicySnapshot',
    'clusterstagedupdateruns csur placement.kubernetes-fleet.io/v1beta1 false ClusterStagedUpdateRun',
    'clusterstagedupdatestrategies csus placement.kubernetes-fleet.io/v1beta1 false ClusterStagedUpdateStrategy',
    'resourcebindings rb placement.kubernetes-fleet.io/v1 true ResourceBinding',
    'resourceenvelopes placement.kubernetes-fleet.io/v1beta1 true ResourceEnvelope',
    'resourceplacements rp placement.kubernetes-fleet.io/v1beta1 true ResourcePlacement',
    'resourcesnapshots rs placement.kubernetes-fleet.io/v1 true ResourceSnapshot',
    'schedulingpolicysnapshots sps placement.kubernetes-fleet.io/v1 true SchedulingPolicySnapshot',
    'stagedupdateruns sur placement.kubernetes-fleet.io/v1beta1 true StagedUpdateRun',
    'stagedupdatestrategies sus placement.kubernetes-fleet.io/v1beta1 true StagedUpdateStrategy',
    'memberclusters cluster cluster.kubernetes-fleet.io/v1 false MemberCluster',
  ]);
});

async function apiResources(group: string): Promise<string[]> {
  const args = ['api-resources', `--api-group=${group}.kubernetes-fleet.io`, '--no-headers', '--sort-by=name'];
  const lines = (await kubectlOn(server, args)).trimEnd().split('\n');
  return lines.map((line) => line.split(/\s+/).join(' ').trim());
}

test('categories list the kinds of a group together', async () => {
  const args = ['api-resources', '-o', 'name', '--sort-by=name'];
  const [all, placements, clusters] = await Promise.all(
    ['fleet', 'fleet-placement', 'fleet-cluster'].map((name) => kubectlOn(server, [...args, `--categories=${name}`])),
  );
  expect(placements?.trimEnd().split('\n')).toHaveLength(20);
  expect(clusters).toBe('memberclusters.cluster.kubernetes-fleet.io\n');
  expect(all?.trimEnd().split('\n')).toHaveLength(21);
});

test.each([
  ['crp.spec.strategy.type', 'External leaves that to ClusterStagedUpdateRuns.'],
  ['csur.spec.placementName', 'The ClusterResourcePlacement to roll out; its strategy type must be External.'],
  ['csus.spec.stages.afterStageTasks.waitTime', 'How long a TimedWait takes, for example 30s, 5m or 1h30m.'],
  ['crs.spec.selectedResources', 'Whole objects, namespaces and definitions first.'],
  ['cluster.spec.taints.effect', 'NoSchedule keeps new placements away; what is there stays.'],
])('kubectl explain %s', async (field, description) => {
  const text = await kubectlOn(server, ['explain', field]);
  expect(text.replace(/\s+/g, ' ')).toContain(description);
});

describe('ClusterResourcePlacement', () => {
  beforeAll(async () => {
    await create({ kind: 'ClusterResourcePlacement', name: 'example-placement', spec: placementSpec });
    const withoutPolicy = { resourceSelectors: [namespaceSelector] };
    await create({ kind: 'ClusterResourcePlacement', name: 'without-policy', spec: withoutPolicy });
  });

  test('the spec reads back as submitted, with the number of revisions only', async () => {
    const { spec } = await stored('crp', 'example-placement');
    expect(spec).toEqual({ ...placementSpec, revisionHistoryLimit: 10 });
    await create({
      kind: 'ClusterResourcePlacement',
      name: 'smallest',
      spec: { resourceSelectors: [namespaceSelector], policy: {} },
    });
    expect((await stored('crp', 'smallest')).spec).toEqual({
      resourceSelectors: [namespaceSelector],
      policy: { placementType: 'PickAll' },
      revisionHistoryLimit: 10,
    });
  });

  test('columns before and after a run', async () => {
    const get = ['crp', 'example-placement'];
    await patchStatus('crp', 'example-placement', {
      conditions: [condition('ClusterResourcePlacementScheduled', 'True')],
    });
    expect(await table(...get)).toEqual([
      'NAME                GEN   SCHEDULED   SCHEDULED-GEN   AVAILABLE   AVAILABLE-GEN   AGE',
      'example-placement   1     True        1                                           <age>',
    ]);
    await patchStatus('crp', 'example-placement', {
      conditions: ['Scheduled', 'WorkSynchronized', 'Available'].map((step) =>
        condition(`ClusterResourcePlacement${step}`, 'True'),
      ),
    });
    expect(await table(...get)).toEqual([
      'NAME                GEN   SCHEDULED   SCHEDULED-GEN   AVAILABLE   AVAILABLE-GEN   AGE',
      'example-placement   1     True        1               True        1               <age>',
    ]);
    expect(await table(...get, '-o', 'wide')).toEqual([
      'NAME                GEN   TYPE      SCHEDULED   SCHEDULED-GEN   WORK-SYNCHRONIZED   WORK-SYNCHRONIZED-GEN   AVAILABLE   AVAILABLE-GEN   AGE',
      'example-placement   1     PickAll   True        1               True                1                       True        1               <age>',
    ]);
  });

  test('labels, finalizers and status leave the generation at 1', async () => {
    const patch = JSON.stringify({ metadata: { labels: { a: 'b' }, finalizers: ['kubernetes-fleet.io/test'] } });
    await kubectlOn(server, ['patch', 'crp', 'example-placement', '--type=merge', '-p', patch]);
    await patchStatus('crp', 'example-placement', { observedResourceIndex: '1' });
    expect((await stored('crp', 'example-placement')).metadata.generation).toBe(1);
  });

  test.each<[string, Partial<Draft>, string]>([
    ['a name that fits no label', { name: 'a'.repeat(64) }, 'the name field cannot have length exceeding 63'],
    [
      'name and labels in one selector',
      { spec: { resourceSelectors: [{ ...namespaceSelector, labelSelector: {} }] } },
      'name and labelSelector are mutually exclusive in a resource selector',
    ],
    ['no selector', { spec: { resourceSelectors: [] } }, 'spec.resourceSelectors in body should have at least 1 items'],
    [
      'another placement type',
      { spec: { ...placementSpec, policy: { placementType: 'PickSome' } } },
      'spec.policy.placementType: Unsupported value: "PickSome": supported values: "PickAll", "PickN", "PickFixed"',
    ],
    ...refusedPolicies.map(([what, policy, text]): [string, Partial<Draft>, string] => [
      what,
      { spec: { ...placementSpec, policy } },
      text,
    ]),
    [
      'an unknown strategy',
      { spec: { ...placementSpec, strategy: { type: 'Recreate' } } },
      'spec.strategy.type: Unsupported value: "Recreate": supported values: "RollingUpdate", "External"',
    ],
    [
      'another way of applying',
      { spec: { ...placementSpec, strategy: { type: 'External', applyStrategy: { type: 'ReportDiff' } } } },
      'spec.strategy.applyStrategy.type: Unsupported value: "ReportDiff": supported values: "ServerSideApply"',
    ],
    [
      'a share of clusters that is negative',
      { spec: { ...placementSpec, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: -1 } } } },
      'maxSurge must be greater than or equal to 0',
    ],
    [
      'a share of clusters that is none',
      { spec: { ...placementSpec, strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '101%' } } } },
      "should match '^((100|[0-9]{1,2})%|[0-9]+)$'",
    ],
    [
      'settings of a rolling update where runs roll out',
      { spec: { ...placementSpec, strategy: { type: 'External', rollingUpdate: { maxUnavailable: 1 } } } },
      'rollingUpdate is not valid for the External rollout strategy type; remove it in the same change',
    ],
    [
      'no history at all',
      { spec: { ...placementSpec, revisionHistoryLimit: 0 } },
      'spec.revisionHistoryLimit in body should be greater than or equal to 1',
    ],
  ])('refuses %s', async (_, change, text) => {
    const draft = { kind: 'ClusterResourcePlacement', name: 'refused', spec: placementSpec };
    expect(await refusal({ ...draft, ...change })).toContain(text);
  });

  test('refuses to lose its policy, or to change its type', async () => {
    const text = await refusedPatch('crp', 'example-placement', { spec: { policy: null } });
    expect(text).toContain('policy cannot be removed once set');
    const pickN = { spec: { policy: { placementType: 'PickN', numberOfClusters: 1 } } };
    expect(await refusedPatch('crp', 'example-placement', pickN)).toContain('placement type is immutable');
    expect(await refusedPatch('crp', 'without-policy', pickN)).toContain('placement type is immutable');
  });

  test('K44: tolerations can be added, but not changed or removed', async () => {
    const tolerations = [{ key: 'maintenance', operator: 'Equal', value: 'now' }];
    const spec = { ...placementSpec, policy: { placementType: 'PickAll', tolerations } };
    await create({ kind: 'ClusterResourcePlacement', name: 'tolerant', spec });
    const refused = 'tolerations have been updated/deleted, only additions to tolerations are allowed';
    for (const changed of [null, [], [{ ...tolerations[0], value: 'later' }]]) {
      const text = await refusedPatch('crp', 'tolerant', { spec: { policy: { tolerations: changed } } });
      expect(text).toContain(refused);
    }
    const added = JSON.stringify({ spec: { policy: { tolerations: [{ operator: 'Exists' }, ...tolerations] } } });
    await kubectlOn(server, ['patch', 'crp', 'tolerant', '--type=merge', '-p', added]);
  });

  test('a placement that rolls out by itself is given to runs together with the end of its own settings', async () => {
    const rollingUpdate = { maxUnavailable: 1 };
    const spec = { ...placementSpec, strategy: { type: 'RollingUpdate', rollingUpdate } };
    await create({ kind: 'ClusterResourcePlacement', name: 'handed-over', spec });
    const refused = await refusedPatch('crp', 'handed-over', { spec: { strategy: { type: 'External' } } });
    expect(refused).toContain('remove it in the same change');
    const strategy = { type: 'External', rollingUpdate: null };
    const patch = JSON.stringify({ spec: { strategy } });
    await kubectlOn(server, ['patch', 'crp', 'handed-over', '--type=merge', '-p', patch]);
  });

  test('tolerations of every form that a taint can have, and properties of every form that a cluster reports', async () => {
    const tolerations = [
      { operator: 'Exists', effect: 'NoSchedule' },
      { key: 'example.com/Dedicated_to', value: '' },
      { key: 'example.com/Dedicated_to', value: 'Team.a' },
    ];
    const names = [
      'k8s-version',
      'kubernetes.azure.com/vm-sizes/Standard_D4s_v3/count',
      'resources.kubernetes-fleet.io/available-nvidia.com/gpu',
    ];
    const matchExpressions = names.map((name) => ({ ...property, name }));
    const policy = {
      placementType: 'PickAll',
      tolerations,
      affinity: affinityTo({ propertySelector: { matchExpressions } }),
    };
    await create({ kind: 'ClusterResourcePlacement', name: 'all-forms', spec: { ...placementSpec, policy } });
    expect((await stored('crp', 'all-forms')).spec).toMatchObject({ policy: { affinity: policy.affinity } });
  });

  test('K8, K10–K13, K21: the documented policies read back as submitted', async () => {
    for (const [i, policy] of documentedPolicies.entries()) {
      const name = `documented-${String(i)}`;
      await create({ kind: 'ClusterResourcePlacement', name, spec: { ...placementSpec, policy } });
      expect((await stored('crp', name)).spec).toMatchObject({ policy });
    }
  });
});

describe('ClusterResourceSnapshot', () => {
  const namespace = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { labels: { 'kubernetes.io/metadata.name': 'test-namespace' }, name: 'test-namespace' },
    spec: { finalizers: ['kubernetes'] },
  };
  const configMap = {
    apiVersion: 'v1',
    data: { key: 'value2' },
    kind: 'ConfigMap',
    metadata: { name: 'test-cm', namespace: 'test-namespace' },
  };
  const labels = {
    'kubernetes-fleet.io/is-latest-snapshot': 'true',
    'kubernetes-fleet.io/parent-CRP': 'example-placement',
    'kubernetes-fleet.io/resource-index': '0',
  };

  beforeAll(async () => {
    const spec = { selectedResources: [namespace, configMap] };
    await create({ kind: 'ClusterResourceSnapshot', name: 'example-placement-0-snapshot', spec, labels });
  });

  test('columns', async () => {
    const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    expect(await table('clusterresourcesnapshots', '--show-labels')).toEqual([
      'NAME                           GEN   AGE   LABELS',
      `example-placement-0-snapshot   1     <age>   ${shown.join(',')}`,
    ]);
  });

  test('kubectl prints v1 and the objects exactly as they went in', async () => {
    const text = await kubectlOn(server, ['get', 'crs', 'example-placement-0-snapshot', '-o', 'yaml']);
    expect(text).toMatch(/^apiVersion: placement\.kubernetes-fleet\.io\/v1\nkind: ClusterResourceSnapshot\n/);
    expect(text.slice(text.indexOf('spec:'))).toBe(
      [
        'spec:',
        '  selectedResources:',
        '  - apiVersion: v1',
        '    kind: Namespace',
        '    metadata:',
        '      labels:',
        '        kubernetes.io/metadata.name: test-namespace',
        '      name: test-namespace',
        '    spec:',
        '      finalizers:',
        '      - kubernetes',
        '  - apiVersion: v1',
        '    data:',
        '      key: value2',
        '    kind: ConfigMap',
        '    metadata:',
        '      name: test-cm',
        '      namespace: test-namespace',
        '',
      ].join('\n'),
    );
  });

  test('fields and numbers of unknown kinds are kept', async () => {
    const text =
      '{"apiVersion":"placement.kubernetes-fleet.io/v1beta1","kind":"ClusterResourceSnapshot",' +
      '"metadata":{"name":"odd-0-snapshot"},"spec":{"selectedResources":[{"apiVersion":"example.com/v1","kind":"Odd",' +
      '"metadata":{"name":"odd"},"extra":{"big":9007199254740993,"text":"<&>"}}]}}';
    await kubectlOn(server, ['create', '-f', '-'], text);
    const read = await kubectlOn(server, ['get', 'crs', 'odd-0-snapshot', '-o', 'jsonpath={.spec}']);
    expect(JSON.parse(read)).toMatchObject({ selectedResources: [{ extra: { text: '<&>' } }] });
    expect(read).toContain('9007199254740993');
  });
});

describe('ClusterSchedulingPolicySnapshot', () => {
  const spec = { policy: { placementType: 'PickAll' }, policyHash: 'aGFzaA==' };

  test('columns, spec and status', async () => {
    await create({ kind: 'ClusterSchedulingPolicySnapshot', name: 'example-placement-0', spec });
    const decision = { clusterName: 'member1', selected: true, reason: 'picked' };
    const score = { affinityScore: 0, priorityScore: 0 };
    const status = { observedCRPGeneration: 1, targetClusters: [{ ...decision, clusterScore: score }] };
    await patchStatus('csps', 'example-placement-0', { ...status, conditions: [condition('Scheduled', 'True')] });
    expect(await table('csps')).toEqual(['NAME                  GEN   AGE', 'example-placement-0   1     <age>']);
    const object = await stored('csps', 'example-placement-0');
    expect(object).toMatchObject({ apiVersion: 'placement.kubernetes-fleet.io/v1', spec, status });
  });
});

describe('ClusterResourceBinding', () => {
  const spec = {
    state: 'Scheduled',
    targetCluster: 'member1',
    schedulingPolicySnapshotName: 'example-placement-0',
    clusterDecision: { clusterName: 'member1', selected: true, reason: 'picked' },
  };

  test('columns, spec and list of what failed', async () => {
    await create({ kind: 'ClusterResourceBinding', name: 'example-placement-member1-0a1b2c3d', spec });
    const failed = { version: 'v1', kind: 'ConfigMap', name: 'test-cm', namespace: 'test-namespace' };
    const failedPlacements = [{ ...failed, condition: condition('Applied', 'False') }];
    await patchStatus('crb', 'example-placement-member1-0a1b2c3d', {
      conditions: [condition('WorkSynchronized', 'True'), condition('Applied', 'False')],
      failedPlacements,
    });
    expect(await table('crb')).toEqual([
      'NAME                                 WORKSYNCHRONIZED   RESOURCESAPPLIED   AGE',
      'example-placement-member1-0a1b2c3d   True               False              <age>',
    ]);
    expect((await table('crb', '-o', 'wide'))[0]).toBe(
      'NAME                                 WORKSYNCHRONIZED   RESOURCESAPPLIED   RESOURCEAVAILABLE   AGE',
    );
    const object = await stored('crb', 'example-placement-member1-0a1b2c3d');
    expect(object).toMatchObject({ spec, status: { failedPlacements } });
    expect(Object.keys(object.spec as object)).toHaveLength(Object.keys(spec).length);
  });

  test('refuses an unknown state', async () => {
    const text = await refusal({
      kind: 'ClusterResourceBinding',
      name: 'refused',
      spec: { ...spec, state: 'Somewhere' },
    });
    expect(text).toContain('supported values: "Scheduled", "Bound", "Unscheduled"');
  });
});

describe('ClusterStagedUpdateStrategy', () => {
  const canary = { matchLabels: { environment: 'canary' } };
  const stages = [
    {
      name: 'staging',
      labelSelector: { matchLabels: { environment: 'staging' } },
      afterStageTasks: [{ type: 'TimedWait', waitTime: '1m' }],
    },
    { name: 'canary', labelSelector: canary, sortingLabelKey: 'order', afterStageTasks: [{ type: 'Approval' }] },
  ];

  test('columns and spec', async () => {
    await create({ kind: 'ClusterStagedUpdateStrategy', name: 'example-strategy', spec: { stages } });
    expect(await table('csus')).toEqual(['NAME               AGE', 'example-strategy   <age>']);
    const object = await stored('csus', 'example-strategy');
    expect(object.apiVersion).toBe('placement.kubernetes-fleet.io/v1beta1');
    expect(object.spec).toEqual({ stages });
  });

  test.each<[string, unknown]>([
    ...['0s', '1h30m', '0.5s', '1.5h', '90s'].map<[string, unknown]>((waitTime) => [
      `a wait of ${waitTime}`,
      { afterStageTasks: [{ type: 'TimedWait', waitTime }] },
    ]),
    ...[1, 5, 200, '1%', '50%', '100%'].map<[string, unknown]>((maxConcurrency) => [
      `${JSON.stringify(maxConcurrency)} clusters at once`,
      { maxConcurrency },
    ]),
    ['an approval before the stage', { beforeStageTasks: [{ type: 'Approval' }] }],
    ['no task where a list of them is', { beforeStageTasks: [], afterStageTasks: [] }],
    ['a selector of every cluster', { labelSelector: {} }],
    ['the longest name', { name: 'a'.repeat(63) }],
  ])('takes %s as it is', async (_, change) => {
    const stage = { name: 'one', ...(change as object) };
    const args = ['create', '--dry-run=server', '-o', 'json', '-f', '-'];
    const draft = { kind: 'ClusterStagedUpdateStrategy', name: 'taken', spec: { stages: [stage] } };
    const created = JSON.parse(await kubectlOn(server, args, manifest(draft))) as Stored;
    expect(created.spec).toEqual(draft.spec);
  });

  test('takes 31 stages, and none', async () => {
    const spec = { stages: Array.from({ length: 31 }, (_, index) => ({ name: `stage${String(index)}` })) };
    await create({ kind: 'ClusterStagedUpdateStrategy', name: 'longest', spec });
    await create({ kind: 'ClusterStagedUpdateStrategy', name: 'shortest', spec: { stages: [] } });
  });

  test('may be changed later', async () => {
    const patch = JSON.stringify({ spec: { stages: [{ name: 'other', maxConcurrency: '25%' }] } });
    await create({ kind: 'ClusterStagedUpdateStrategy', name: 'changing', spec: { stages } });
    await kubectlOn(server, ['patch', 'csus', 'changing', '--type=merge', '-p', patch]);
    expect((await stored('csus', 'changing')).spec).toEqual({ stages: [{ name: 'other', maxConcurrency: '25%' }] });
  });

  test.each<[string, unknown, string]>([
    [
      'an approval that waits',
      { afterStageTasks: [{ type: 'Approval', waitTime: '1m' }] },
      'AfterStageTaskType is Approval, waitTime is not allowed',
    ],
    [
      'a wait without a time',
      { afterStageTasks: [{ type: 'TimedWait' }] },
      'AfterStageTaskType is TimedWait, waitTime is required',
    ],
    ...['1', '0', '', '1d', '01h', '0abc', '10ms', '-1m', '1h 30m'].map<[string, unknown, string]>((waitTime) => [
      `a wait of ${waitTime}`,
      { afterStageTasks: [{ type: 'TimedWait', waitTime }] },
      'spec.stages[0].afterStageTasks[0].waitTime in body should match',
    ]),
    [
      'three tasks',
      { afterStageTasks: [{ type: 'Approval' }, { type: 'Approval' }, { type: 'Approval' }] },
      'must have at most 2 items',
    ],
    ['a task of another type', { afterStageTasks: [{ type: 'Sleep' }] }, 'supported values: "TimedWait", "Approval"'],
    ['a name with a dash', { name: 'one-two' }, "spec.stages[0].name in body should match '^[a-z0-9]+$'"],
    ['a long name', { name: 'a'.repeat(64) }, 'may not be more than 63 bytes'],
    ['a name with a capital', { name: 'One' }, "spec.stages[0].name in body should match '^[a-z0-9]+$'"],
    ['an empty name', { name: '' }, "spec.stages[0].name in body should match '^[a-z0-9]+$'"],
    ['no name', { name: undefined }, 'spec.stages[0].name: Required value'],
    ...['50', '0', '', '0%', '101%', '1.5%', '-5%', '050%'].map<[string, unknown, string]>((maxConcurrency) => [
      `"${maxConcurrency}" clusters at once`,
      { maxConcurrency },
      "spec.stages[0].maxConcurrency in body should match '^(100|[1-9][0-9]?)%$'",
    ]),
    ...[0, -1].map<[string, unknown, string]>((maxConcurrency) => [
      `${String(maxConcurrency)} clusters at once`,
      { maxConcurrency },
      'maxConcurrency must be at least 1',
    ]),
    ['one and a half clusters at once', { maxConcurrency: 1.5 }, 'must be of type integer,string: "number"'],
    [
      'two tasks before',
      { beforeStageTasks: [{ type: 'Approval' }, { type: 'Approval' }] },
      'must have at most 1 item',
    ],
    [
      'a wait before',
      { beforeStageTasks: [{ type: 'TimedWait', waitTime: '1m' }] },
      'BeforeStageTaskType cannot be TimedWait',
    ],
    [
      'an approval before that waits',
      { beforeStageTasks: [{ type: 'Approval', waitTime: '1m' }] },
      'AfterStageTaskType is Approval, waitTime is not allowed',
    ],
    [
      'a task of another type before',
      { beforeStageTasks: [{ type: 'Sleep' }] },
      'supported values: "TimedWait", "Approval"',
    ],
  ])('refuses %s', async (_, change, text) => {
    const spec = { stages: [{ name: 'one', ...(change as object) }] };
    expect(await refusal({ kind: 'ClusterStagedUpdateStrategy', name: 'refused', spec })).toContain(text);
  });

  test('refuses 32 stages', async () => {
    const spec = { stages: Array.from({ length: 32 }, (_, index) => ({ name: `stage${String(index)}` })) };
    const text = await refusal({ kind: 'ClusterStagedUpdateStrategy', name: 'refused', spec });
    expect(text).toContain('must have at most 31 items');
  });

  test('refuses no stages at all', async () => {
    const text = await refusal({ kind: 'ClusterStagedUpdateStrategy', name: 'refused', spec: {} });
    expect(text).toContain('spec.stages: Required value');
  });
});

describe('ClusterStagedUpdateRun', () => {
  beforeAll(async () => {
    await create({ kind: 'ClusterStagedUpdateRun', name: 'example-run', spec: runSpec });
  });

  test('columns, spec and version', async () => {
    await patchStatus('csur', 'example-run', {
      policySnapshotIndexUsed: '0',
      conditions: [condition('Initialized', 'True'), condition('Progressing', 'True')],
    });
    expect(await table('csur', 'example-run')).toEqual([
      'NAME          PLACEMENT           RESOURCE-SNAPSHOT-INDEX   POLICY-SNAPSHOT-INDEX   INITIALIZED   SUCCEEDED   AGE',
      'example-run   example-placement   1                         0                       True                      <age>',
    ]);
    expect(await table('csur', '-o', 'wide')).toEqual([
      'NAME          PLACEMENT           RESOURCE-SNAPSHOT-INDEX   POLICY-SNAPSHOT-INDEX   INITIALIZED   PROGRESSING   SUCCEEDED   AGE   STRATEGY',
      'example-run   example-placement   1                         0                       True          True                      <age>   example-strategy',
    ]);
    const object = await stored('csur', 'example-run');
    expect(object.apiVersion).toBe('placement.kubernetes-fleet.io/v1beta1');
    expect(object.spec).toEqual(runSpec);
    expect(object.metadata.generation).toBe(1);
  });

  test('a status as a run writes it reads back whole', async () => {
    const status = {
      conditions: [condition('Initialized', 'True'), condition('Progressing', 'False')],
      deletionStageStatus: { clusters: [], stageName: 'kubernetes-fleet.io/deleteStage' },
      policyObservedClusterCount: 3,
      policySnapshotIndexUsed: '0',
      resourceSnapshotIndexUsed: '1',
      stagedUpdateStrategySnapshot: {
        stages: [
          { name: 'staging', labelSelector: {}, afterStageTasks: [{ type: 'TimedWait', waitTime: '500ms' }] },
          {
            name: 'canary',
            sortingLabelKey: 'order',
            maxConcurrency: '25%',
            beforeStageTasks: [{ type: 'Approval' }],
            afterStageTasks: [{ type: 'Approval' }],
          },
          { name: 'rest', maxConcurrency: 3 },
        ],
      },
      stagesStatus: [
        {
          stageName: 'staging',
          clusters: [{ clusterName: 'member2', conditions: [condition('Started', 'True')] }],
          beforeStageTaskStatus: [
            {
              type: 'Approval',
              approvalRequestName: 'example-run-before-staging',
              conditions: [condition('ApprovalRequestCreated', 'True')],
            },
          ],
          afterStageTaskStatus: [{ type: 'Approval', approvalRequestName: 'example-run-staging' }],
          startTime: past,
          endTime: past,
          conditions: [condition('Progressing', 'False')],
        },
        // What has not happened yet need not be written down.
        { stageName: 'canary', clusters: [{ clusterName: 'member1' }], afterStageTaskStatus: [{ type: 'Approval' }] },
      ],
    };
    await patchStatus('csur', 'example-run', status);
    expect((await stored('csur', 'example-run')).status).toEqual(status);
  });

  test.each(Object.keys(runSpec))('refuses another %s later', async (field) => {
    const text = await refusedPatch('csur', 'example-run', { spec: { [field]: 'other' } });
    expect(text).toContain(`The spec field is immutable: ${field} is immutable`);
  });

  describe('resourceSnapshotIndex', () => {
    const refused = 'The spec field is immutable: resourceSnapshotIndex is immutable';

    test('may be left out, and stays so', async () => {
      const spec = { ...runSpec, resourceSnapshotIndex: undefined };
      await create({ kind: 'ClusterStagedUpdateRun', name: 'no-index', spec });
      const { spec: read } = await stored('csur', 'no-index');
      expect(Object.keys(read as object).sort()).toEqual(['placementName', 'stagedRolloutStrategyName']);
      expect(await refusedPatch('csur', 'no-index', { spec: { resourceSnapshotIndex: '1' } })).toContain(refused);
    });

    test('is not removed later', async () => {
      expect(await refusedPatch('csur', 'example-run', { spec: { resourceSnapshotIndex: null } })).toContain(refused);
      expect(await refusedPatch('csur', 'example-run', { spec: { resourceSnapshotIndex: '' } })).toContain(refused);
    });

    test('is the same whether absent or empty, for clients that cannot leave it out', async () => {
      const spec = { ...runSpec, resourceSnapshotIndex: undefined };
      await create({ kind: 'ClusterStagedUpdateRun', name: 'empty-index', spec });
      await patchSpec('empty-index', { resourceSnapshotIndex: '', state: 'Stop' });
      await patchSpec('empty-index', { resourceSnapshotIndex: null, state: 'Run' });
    });
  });

  describe('state', () => {
    const states = ['Initialize', 'Run', 'Stop', undefined] as const;
    type State = (typeof states)[number];
    const forbidden: [State, State, string][] = [
      ['Initialize', 'Stop', 'invalid state transition: cannot transition from Initialize to Stop'],
      ['Run', 'Initialize', 'invalid state transition: cannot transition from Run to Initialize'],
      [undefined, 'Initialize', 'invalid state transition: cannot transition from Run to Initialize'],
      ['Stop', 'Initialize', 'invalid state transition: cannot transition from Stop to Initialize'],
    ];
    const all = states.flatMap((from) => states.map((to): [State, State] => [from, to]));
    const allowed = all.filter(([from, to]) => !forbidden.some(([a, b]) => a === from && b === to));
    const nameOf = (state: State): string => `run-${(state ?? 'absent').toLowerCase()}`;

    async function createIn(state: State, name: string): Promise<void> {
      await create({ kind: 'ClusterStagedUpdateRun', name, spec: { ...runSpec, state } });
    }

    beforeAll(async () => {
      for (const state of states) await createIn(state, nameOf(state));
    });

    test.each(states)('a run may be made with %s, and it reads back so', async (state) => {
      const { spec } = await stored('csur', nameOf(state));
      expect(spec).toEqual(state === undefined ? runSpec : { ...runSpec, state });
    });

    test.each(forbidden)('refuses to go from %s to %s', async (from, to, text) => {
      expect(await refusedPatch('csur', nameOf(from), { spec: { state: to ?? null } })).toContain(text);
    });

    test.each(allowed)('goes from %s to %s', async (from, to) => {
      const patch = JSON.stringify({ spec: { state: to ?? null } });
      await kubectlOn(server, ['patch', 'csur', nameOf(from), '--dry-run=server', '--type=merge', '-p', patch]);
    });

    test('a change of it is a new generation', async () => {
      await createIn('Initialize', 'changing');
      await patchSpec('changing', { state: 'Run' });
      await patchSpec('changing', { state: 'Stop' });
      const { metadata, spec } = await stored('csur', 'changing');
      expect(metadata.generation).toBe(3);
      expect(spec).toEqual({ ...runSpec, state: 'Stop' });
    });

    test('refuses to change with something else', async () => {
      const text = await refusedPatch('csur', nameOf('Run'), { spec: { state: 'Stop', placementName: 'other' } });
      expect(text).toContain('The spec field is immutable: placementName is immutable');
    });
  });

  async function patchSpec(name: string, spec: unknown): Promise<void> {
    await kubectlOn(server, ['patch', 'csur', name, '--type=merge', '-p', JSON.stringify({ spec })]);
  }

  test('takes the longest names', async () => {
    const spec = { ...runSpec, placementName: 'a'.repeat(255) };
    await create({ kind: 'ClusterStagedUpdateRun', name: 'a'.repeat(63), spec });
  });

  test.each<[string, Partial<Draft>, string]>([
    ['a name that fits no label', { name: 'a'.repeat(64) }, 'metadata.name max length is 63'],
    [
      'a run without a placement',
      { spec: { ...runSpec, placementName: undefined } },
      'spec.placementName: Required value',
    ],
    [
      'a run without a strategy',
      { spec: { ...runSpec, stagedRolloutStrategyName: undefined } },
      'spec.stagedRolloutStrategyName: Required value',
    ],
    [
      'an index that is no text',
      { spec: { ...runSpec, resourceSnapshotIndex: 1 } },
      'spec.resourceSnapshotIndex in body must be of type string: "integer"',
    ],
    ['a long placement name', { spec: { ...runSpec, placementName: 'a'.repeat(256) } }, 'may not be more than 255'],
    [
      'another state',
      { spec: { ...runSpec, state: 'Pause' } },
      'spec.state: Unsupported value: "Pause": supported values: "Initialize", "Run", "Stop"',
    ],
    [
      'an empty state',
      { spec: { ...runSpec, state: '' } },
      'spec.state: Unsupported value: "": supported values: "Initialize", "Run", "Stop"',
    ],
  ])('refuses %s', async (_, change, text) => {
    const draft = { kind: 'ClusterStagedUpdateRun', name: 'refused', spec: runSpec };
    expect(await refusal({ ...draft, ...change })).toContain(text);
  });
});

describe('ClusterApprovalRequest', () => {
  const spec = { parentStageRollout: 'example-run', targetStage: 'canary' };

  beforeAll(async () => {
    await create({ kind: 'ClusterApprovalRequest', name: 'example-run-canary', spec });
  });

  test('columns before and after the patch of the documents', async () => {
    expect(await table('clusterapprovalrequest')).toEqual([
      'NAME                 UPDATE-RUN    STAGE    APPROVED   APPROVALACCEPTED   AGE',
      'example-run-canary   example-run   canary                                 <age>',
    ]);
    const file = path.join(folder, 'approval.json');
    const approved = { lastTransitionTime: past, message: 'lgtm', observedGeneration: 1, reason: 'testPassed' };
    // No outer braces: the file is YAML, whatever its name says.
    await writeFile(
      file,
      `"status": ${JSON.stringify({ conditions: [{ ...approved, status: 'True', type: 'Approved' }] })}\n`,
    );
    const patch = ['patch', 'clusterapprovalrequests', 'example-run-canary', '--type=merge', '--patch-file', file];
    await kubectlOn(server, patch);
    expect((await stored('careq', 'example-run-canary')).status).toBeUndefined();
    await kubectlOn(server, [...patch, '--subresource=status']);
    await kubectlOn(server, [
      'patch',
      'careq',
      'example-run-canary',
      '--subresource=status',
      '--type=json',
      '-p',
      JSON.stringify([{ op: 'add', path: '/status/conditions/-', value: condition('ApprovalAccepted', 'True') }]),
    ]);
    expect(await table('clusterapprovalrequest')).toEqual([
      'NAME                 UPDATE-RUN    STAGE    APPROVED   APPROVALACCEPTED   AGE',
      'example-run-canary   example-run   canary   True       True               <age>',
    ]);
    expect((await stored('careq', 'example-run-canary')).metadata.generation).toBe(1);
  });

  test('takes any words as the reason', async () => {
    await create({ kind: 'ClusterApprovalRequest', name: 'any-words', spec });
    await patchStatus('careq', 'any-words', { conditions: [condition('Approved', 'True', 'Seen by Ana, all fine!')] });
    const { status } = await stored('careq', 'any-words');
    expect(status).toMatchObject({ conditions: [{ reason: 'Seen by Ana, all fine!' }] });
  });

  test('refuses another stage later', async () => {
    const text = await refusedPatch('careq', 'example-run-canary', { spec: { targetStage: 'other' } });
    expect(text).toContain('The spec field is immutable');
  });
});

describe('MemberCluster', () => {
  const apiVersion = 'cluster.kubernetes-fleet.io/v1beta1';
  const identity = { kind: 'User', name: 'member1', apiGroup: 'rbac.authorization.k8s.io' };

  test('columns, spec and version', async () => {
    await create({ apiVersion, kind: 'MemberCluster', name: 'member1', spec: { identity } });
    await patchStatus('cluster', 'member1', {
      conditions: [condition('Joined', 'True')],
      properties: { 'kubernetes-fleet.io/node-count': { value: '3', observationTime: past } },
      resourceUsage: { available: { cpu: '4', memory: '8Gi' }, allocatable: { cpu: '6', memory: '9Gi' } },
      agentStatus: [{ type: 'MemberAgent', lastReceivedHeartbeat: past, conditions: [condition('Healthy', 'True')] }],
    });
    const [header, row] = (await kubectlOn(server, ['get', 'cluster'])).trimEnd().split('\n');
    expect(header).toBe(
      'NAME      JOINED   AGE   MEMBER-AGENT-LAST-SEEN   NODE-COUNT   AVAILABLE-CPU   AVAILABLE-MEMORY',
    );
    expect(row).toMatch(/^member1 {3}True {5}\d+s +\w+ {2,}3 {12}4 {15}8Gi$/);
    const wide = await kubectlOn(server, ['get', 'memberclusters', '-o', 'wide']);
    expect(wide).toMatch(/AVAILABLE-MEMORY {3}ALLOCATABLE-CPU {3}ALLOCATABLE-MEMORY\n.* 8Gi {16}6 {17}9Gi\n$/);
    const object = await stored('cluster', 'member1');
    expect(object.apiVersion).toBe('cluster.kubernetes-fleet.io/v1');
    expect(object.spec).toEqual({ identity, heartbeatPeriodSeconds: 60 });
  });

  test.each<[string, Partial<Draft>, string]>([
    ['a long name', { name: 'a'.repeat(64) }, 'metadata.name max length is 63'],
    [
      'a heartbeat of nothing',
      { spec: { heartbeatPeriodSeconds: 0 } },
      'spec.heartbeatPeriodSeconds in body should be greater than or equal to 1',
    ],
    [
      'a taint of another effect',
      { spec: { taints: [{ key: 'a', effect: 'NoExecute' }] } },
      'supported values: "NoSchedule"',
    ],
    [
      'a taint key that is none',
      { spec: { taints: [{ key: '-a', effect: 'NoSchedule' }] } },
      'invalid taint key -a: a key consists of',
    ],
    [
      'a taint value that is none',
      { spec: { taints: [{ key: 'a', value: 'b c', effect: 'NoSchedule' }] } },
      'invalid taint value b c: a value is empty',
    ],
    [
      'a taint twice',
      {
        spec: {
          taints: [
            { key: 'a', value: 'b', effect: 'NoSchedule' },
            { key: 'example.com/c', effect: 'NoSchedule' },
            { key: 'a', value: 'b', effect: 'NoSchedule' },
          ],
        },
      },
      'taint already exists, taints must be unique',
    ],
  ])('refuses %s', async (_, change, text) => {
    expect(await refusal({ apiVersion, kind: 'MemberCluster', name: 'refused', spec: {}, ...change })).toContain(text);
  });
});

describe('AppliedWork', () => {
  test('columns, spec and status', async () => {
    const spec = { workName: 'example-placement-work', workNamespace: 'fleet-member-member1' };
    await create({ kind: 'AppliedWork', name: 'example-placement-work', spec });
    const status = {
      appliedResources: [
        { ordinal: 0, version: 'v1', kind: 'Namespace', resource: 'namespaces', name: 'test-namespace', uid: 'u' },
      ],
      claim: { kind: 'ClusterStagedUpdateRun', name: 'example-run', uid: 'r', createdAt: past, since: past },
      contentHash: 'abc',
    };
    await patchStatus('appliedwork', 'example-placement-work', status);
    expect(await table('appliedworks')).toEqual(['NAME                     AGE', 'example-placement-work   <age>']);
    expect(await stored('appliedwork', 'example-placement-work')).toMatchObject({ spec, status });
  });
});
