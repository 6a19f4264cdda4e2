import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../../api/meta.ts';
import type { ResourceSelector } from '../../../../api/types/clusterresourceplacement.ts';
import type { ServedKind } from '../../../../domain/selection/kinds.ts';
import { groupAndVersion } from '../../../../domain/selection/identifiers.ts';
import { builtInRules, propagationRules, type PropagationRules } from '../../../../domain/selection/propagation.ts';
import { selectResources } from '../../../../domain/selection/select.ts';
import type { ResourceSource } from '../../../../domain/selection/select.ts';
import { resourceHash } from '../../../../domain/snapshots/hash.ts';
import { configMap, namespace, namespaceSelector, object } from '../objects.ts';

const kinds: ServedKind[] = [
  served('', 'v1', 'Namespace', { namespaced: false }),
  served('', 'v1', 'ConfigMap'),
  served('', 'v1', 'Endpoints'),
  served('', 'v1', 'Event'),
  served('', 'v1', 'Pod'),
  served('', 'v1', 'Secret'),
  served('', 'v1', 'Service'),
  served('', 'v1', 'ServiceAccount'),
  served('apps', 'v1', 'Deployment'),
  served('apps', 'v1beta1', 'Deployment', { preferred: false }),
  served('apps', 'v1', 'ReplicaSet'),
  served('authorization.k8s.io', 'v1', 'LocalSubjectAccessReview', { verbs: ['create'] }),
  served('coordination.k8s.io', 'v1', 'Lease'),
  served('discovery.k8s.io', 'v1', 'EndpointSlice'),
  served('rbac.authorization.k8s.io', 'v1', 'ClusterRole', { namespaced: false }),
];

const tutorial = [
  configMap('test-namespace', 'test-cm', { key: 'value2' }),
  namespace('test-namespace'),
  configMap('test-namespace', 'kube-root-ca.crt', { 'ca.crt': 'x' }),
  object('v1', 'ServiceAccount', { name: 'default', namespace: 'test-namespace' }),
  configMap('other', 'elsewhere'),
];

describe('a namespace brings its contents', () => {
  test('N12 to N17: the tutorial selects two cleaned objects in order', async () => {
    const selection = await select([namespaceSelector('test-namespace')], tutorial);
    expect(selection).toEqual({
      valid: true,
      objects: [
        {
          apiVersion: 'v1',
          kind: 'Namespace',
          metadata: { labels: { 'kubernetes.io/metadata.name': 'test-namespace' }, name: 'test-namespace' },
          spec: { finalizers: ['kubernetes'] },
        },
        {
          apiVersion: 'v1',
          data: { key: 'value2' },
          kind: 'ConfigMap',
          metadata: { name: 'test-cm', namespace: 'test-namespace' },
        },
      ],
      identifiers: [
        { version: 'v1', kind: 'Namespace', name: 'test-namespace' },
        { version: 'v1', kind: 'ConfigMap', name: 'test-cm', namespace: 'test-namespace' },
      ],
    });
    expect(selection.valid && resourceHash(selection.objects)).toBe(
      '10dd7a3d1e5f9849afe956cfbac080a60671ad771e9bda7dd34415f867c75648',
    );
  });

  test('but not what clusters make for themselves', async () => {
    const in_ = (name: string) => ({ name, namespace: 'a' });
    const owned = { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', uid: 'u' }] };
    const managed = { labels: { 'endpointslice.kubernetes.io/managed-by': 'controller' } };
    const objects = [
      namespace('a'),
      object('v1', 'Service', in_('served')),
      object('v1', 'Endpoints', in_('served')),
      object('v1', 'Endpoints', in_('by-hand')),
      object('discovery.k8s.io/v1', 'EndpointSlice', { ...in_('managed'), ...managed }),
      object('discovery.k8s.io/v1', 'EndpointSlice', in_('by-hand')),
      object('apps/v1', 'ReplicaSet', { ...in_('owned'), ...owned }),
      object('apps/v1', 'ReplicaSet', in_('free')),
      object('v1', 'Secret', in_('token'), { type: 'kubernetes.io/service-account-token' }),
      object('v1', 'Secret', in_('mine'), { type: 'Opaque' }),
      object('v1', 'Pod', in_('pod')),
      object('v1', 'Event', in_('event')),
      object('coordination.k8s.io/v1', 'Lease', in_('lease')),
      object('apps/v1', 'Deployment', { ...in_('leaving'), deletionTimestamp: '2025-07-22T21:00:00Z' }),
      object('apps/v1', 'Deployment', in_('staying')),
    ];
    expect(await selected([namespaceSelector('a')], objects)).toEqual([
      'Namespace a',
      'Secret mine',
      'Service served',
      'ReplicaSet free',
      'Deployment staying',
      'Endpoints by-hand',
      'EndpointSlice by-hand',
    ]);
  });

  test('unless only the namespace is asked for', async () => {
    const only: ResourceSelector = { ...namespaceSelector('test-namespace'), selectionScope: 'NamespaceOnly' };
    expect(await selected([only], tutorial)).toEqual(['Namespace test-namespace']);
  });

  test('namespaces that are being deleted bring nothing', async () => {
    const leaving = namespace('a', { deletionTimestamp: '2025-07-22T21:00:00Z' });
    expect(await selected([namespaceSelector('a')], [leaving, configMap('a', 'b')])).toEqual([]);
  });
});

describe('selectors', () => {
  const blue = { team: 'blue' };
  const roles = [
    object('rbac.authorization.k8s.io/v1', 'ClusterRole', { name: 'one', labels: blue }),
    object('rbac.authorization.k8s.io/v1', 'ClusterRole', { name: 'two' }),
  ];
  const role: ResourceSelector = { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole' };

  test('take by name, by labels, or all of a kind', async () => {
    expect(await selected([{ ...role, name: 'two' }], roles)).toEqual(['ClusterRole two']);
    expect(await selected([{ ...role, labelSelector: { matchLabels: blue } }], roles)).toEqual(['ClusterRole one']);
    expect(await selected([role], roles)).toEqual(['ClusterRole one', 'ClusterRole two']);
  });

  test('are ORed; a name that does not exist is no mistake', async () => {
    const selectors = ['two', 'one', 'three'].map((name) => ({ ...role, name }));
    expect(await selected(selectors, roles)).toEqual(['ClusterRole one', 'ClusterRole two']);
  });

  test('on kinds that are never placed select nothing', async () => {
    const members: ResourceSelector = {
      group: 'cluster.kubernetes-fleet.io',
      version: 'v1beta1',
      kind: 'MemberCluster',
    };
    expect(await selected([members], roles)).toEqual([]);
  });

  test.each<[description: string, selectors: ResourceSelector[], error: string]>([
    [
      'an unknown kind',
      [{ group: 'example.com', version: 'v1', kind: 'Thing' }],
      'invalid placement example, failed to get GVR of the selector: no matches for kind "Thing" in version "example.com/v1"',
    ],
    [
      'an unknown core kind',
      [{ group: '', version: 'v1', kind: 'Thing' }],
      'invalid placement example, failed to get GVR of the selector: no matches for kind "Thing" in version "v1"',
    ],
    [
      'a kind whose objects are kept nowhere',
      [{ group: 'authorization.k8s.io', version: 'v1', kind: 'LocalSubjectAccessReview' }],
      'invalid placement example: cannot select kind "LocalSubjectAccessReview" in version "authorization.k8s.io/v1", because the hub neither lists nor watches such objects; name another kind',
    ],
    [
      'a namespaced kind',
      [{ group: 'apps', version: 'v1', kind: 'Deployment' }],
      'invalid placement example: cannot select namespace-scoped resource apps/v1, Resource=deployments in a clusterResourcePlacement',
    ],
    [
      'a reserved namespace',
      [namespaceSelector('kube-system')],
      'invalid clusterRresourcePlacement example: namespace kube-system is not allowed to propagate',
    ],
    [
      'a reserved namespace without its contents',
      [{ ...namespaceSelector('default'), selectionScope: 'NamespaceOnly' }],
      'invalid clusterRresourcePlacement example: namespace default is not allowed to propagate',
    ],
    [
      'the same object twice',
      [{ ...role, name: 'one' }, role],
      'found duplicate resource {Group:rbac.authorization.k8s.io Version:v1 Kind:ClusterRole Name:one Namespace: Envelope:<nil>}',
    ],
    [
      'a label selector that is none',
      [{ ...role, labelSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: [] }] } }],
      `invalid placement example: the label selector is invalid: values: Invalid value: null: for 'in', 'notin' operators, values set can't be empty`,
    ],
  ])('%s is a mistake of the user', async (_description, selectors, error) => {
    const objects = [...roles, namespace('kube-system'), namespace('default')];
    expect(await select(selectors, objects)).toEqual({ valid: false, error });
  });

  test('what cannot be read is no empty selection', async () => {
    const source: ResourceSource = {
      kinds,
      find: () => {
        throw new Error('The cache of namespaces is not filled yet.');
      },
    };
    const selection = selectResources({ name: 'example' }, [namespaceSelector('a')], source, builtInRules);
    await expect(selection).rejects.toThrow('not filled yet');
  });
});

describe('single objects of one namespace', () => {
  const named: ResourceSelector = { ...namespaceSelector('shop'), selectionScope: 'NamespaceWithResourceSelectors' };
  const configMaps: ResourceSelector = { group: '', version: 'v1', kind: 'ConfigMap' };
  const role: ResourceSelector = {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    kind: 'ClusterRole',
    name: 'one',
  };
  const objects = [
    namespace('shop'),
    namespace('kube-system'),
    namespace('leaving', { deletionTimestamp: '2025-07-22T21:00:00Z' }),
    configMap('shop', 'prices'),
    configMap('shop', 'kube-root-ca.crt'),
    configMap('elsewhere', 'prices'),
    object('v1', 'Secret', { name: 'key', namespace: 'shop' }),
    object('v1', 'Service', { name: 'served', namespace: 'shop' }),
    object('v1', 'Endpoints', { name: 'served', namespace: 'shop' }),
    object('v1', 'Endpoints', { name: 'by-hand', namespace: 'shop' }),
    object('rbac.authorization.k8s.io/v1', 'ClusterRole', { name: 'one' }),
  ];

  test('come with their namespace, and with cluster-scoped objects; the order of selectors does not matter', async () => {
    const expected = ['Namespace shop', 'ConfigMap prices', 'ClusterRole one'];
    expect(await selected([named, configMaps, role], objects)).toEqual(expected);
    expect(await selected([role, configMaps, named], objects)).toEqual(expected);
  });

  test('may be none', async () => {
    expect(await selected([named], objects)).toEqual(['Namespace shop']);
  });

  test('are not those that clusters make for themselves', async () => {
    const endpoints = { ...configMaps, kind: 'Endpoints' };
    expect(await selected([named, endpoints], objects)).toEqual(['Namespace shop', 'Endpoints by-hand']);
  });

  test.each<[description: string, selectors: ResourceSelector[], error: string]>([
    ['that does not exist', [{ ...named, name: 'nowhere' }, configMaps], 'no namespaces were selected'],
    ['that is being deleted', [{ ...named, name: 'leaving' }, configMaps], 'no namespaces were selected'],
    ['without a name', [{ ...named, name: '' }, configMaps], 'no namespaces were selected'],
  ])('a namespace %s is a mistake of the user', async (_description, selectors, error) => {
    const mode = 'NamespaceWithResourceSelectors mode requires exactly one namespace, but';
    expect(await selected(selectors, objects)).toBe(`invalid clusterResourcePlacement example: ${mode} ${error}`);
  });

  test('a reserved namespace is refused, and one that the administrator keeps back', async () => {
    const text = (name: string) =>
      `invalid clusterRresourcePlacement example: namespace ${name} is not allowed to propagate`;
    expect(await selected([{ ...named, name: 'kube-system' }, configMaps], objects)).toBe(text('kube-system'));
    const rules = propagationRules({ skippedPropagatingNamespaces: ['shop'] });
    expect(await selected([named, configMaps], objects, { rules })).toBe(text('shop'));
    expect(await selected([namespaceSelector('shop')], objects, { rules })).toBe(text('shop'));
  });

  test('without a selector of their namespace they are refused', async () => {
    const only = { ...named, selectionScope: 'NamespaceOnly' as const };
    expect(await selected([only, configMaps], objects)).toBe(
      'invalid placement example: cannot select namespace-scoped resource /v1, Resource=configmaps in a clusterResourcePlacement',
    );
  });
});

describe('a placement in a namespace', () => {
  const configMaps: ResourceSelector = { group: '', version: 'v1', kind: 'ConfigMap' };
  const objects = [
    namespace('shop'),
    configMap('shop', 'prices'),
    configMap('other', 'prices'),
    object('v1', 'Service', { name: 'served', namespace: 'shop' }),
    object('v1', 'Endpoints', { name: 'served', namespace: 'shop' }),
  ];

  test('takes objects of its namespace', async () => {
    expect(await selected([configMaps], objects, { namespace: 'shop' })).toEqual(['ConfigMap prices']);
    const endpoints = { ...configMaps, kind: 'Endpoints' };
    expect(await selected([endpoints], objects, { namespace: 'shop' })).toEqual([]);
  });

  test.each([
    [namespaceSelector('shop'), 'Namespace'],
    [
      { group: 'rbac.authorization.k8s.io', version: 'v1', kind: 'ClusterRole' },
      'rbac.authorization.k8s.io/v1, Resource=clusterroles',
    ],
  ])('and no cluster-scoped ones: %o', async (selector, resource) => {
    expect(await selected([selector], objects, { namespace: 'shop' })).toBe(
      `invalid placement shop/example: cannot select cluster-scoped resource ${resource} in a resourcePlacement`,
    );
  });

  test('takes nothing of a reserved namespace', async () => {
    expect(await selected([configMaps], objects, { namespace: 'kube-public' })).toBe(
      'invalid placement kube-public/example: namespace kube-public is not allowed to propagate',
    );
  });
});

test('kinds that the administrator skips or does not allow are left out without a word', async () => {
  const objects = [
    namespace('shop'),
    configMap('shop', 'prices'),
    object('v1', 'Service', { name: 'served', namespace: 'shop' }),
    object('v1', 'Endpoints', { name: 'served', namespace: 'shop' }),
    object('v1', 'Secret', { name: 'key', namespace: 'shop' }),
  ];
  const pattern = (...kindNames: string[]) => [{ group: '', version: 'v1', kinds: kindNames }];
  const skipping = propagationRules({ skippedPropagatingApis: pattern('Secret') });
  const everything = namespaceSelector('shop');
  expect(await selected([everything], objects, { rules: skipping })).toEqual([
    'Namespace shop',
    'ConfigMap prices',
    'Service served',
  ]);
  // The Service decides about the Endpoints although it is not placed itself.
  const allowing = propagationRules({ allowedPropagatingApis: pattern('Namespace', 'Secret', 'Endpoints') });
  expect(await selected([everything], objects, { rules: allowing })).toEqual(['Namespace shop', 'Secret key']);
  const withoutNamespaces = propagationRules({ allowedPropagatingApis: pattern('Secret') });
  expect(await selected([everything], objects, { rules: withoutNamespaces })).toEqual([]);
});

interface Surroundings {
  /** Of the placement. */
  namespace?: string;
  rules?: PropagationRules;
}

async function select(
  selectors: readonly ResourceSelector[],
  objects: readonly KubernetesObject[],
  { namespace: scope, rules = builtInRules }: Surroundings = {},
) {
  const source: ResourceSource = {
    kinds,
    find: ({ group, version, kind }, { namespace: wanted, name }) =>
      objects.filter(
        ({ apiVersion, kind: ofObject, metadata }) =>
          ofObject === kind &&
          groupAndVersion(apiVersion).group === group &&
          groupAndVersion(apiVersion).version === version &&
          (wanted === undefined || metadata.namespace === wanted) &&
          (name === undefined || metadata.name === name),
      ),
  };
  const placement = { name: 'example', ...(scope !== undefined && { namespace: scope }) };
  return await selectResources(placement, selectors, source, rules);
}

async function selected(
  selectors: readonly ResourceSelector[],
  objects: readonly KubernetesObject[],
  surroundings?: Surroundings,
) {
  const selection = await select(selectors, objects, surroundings);
  return selection.valid ? selection.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`) : selection.error;
}

function served(group: string, version: string, kind: string, more: Partial<ServedKind> = {}): ServedKind {
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
  return { group, version, kind, plural: `${kind.toLowerCase()}s`, namespaced: true, preferred: true, verbs, ...more };
}
