import { describe, expect, test } from '@jest/globals';
import type { KubernetesObject } from '../../../../api/meta.ts';
import type { ResourceSelector } from '../../../../api/types/clusterresourceplacement.ts';
import type { ServedKind } from '../../../../domain/selection/kinds.ts';
import { groupAndVersion } from '../../../../domain/selection/identifiers.ts';
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
    await expect(selectResources({ name: 'example' }, [namespaceSelector('a')], source)).rejects.toThrow(
      'not filled yet',
    );
  });
});

async function select(selectors: readonly ResourceSelector[], objects: readonly KubernetesObject[]) {
  return await selectResources({ name: 'example' }, selectors, {
    kinds,
    find: ({ group, version, kind }, scope) =>
      objects.filter(
        ({ apiVersion, kind: ofObject, metadata }) =>
          ofObject === kind &&
          groupAndVersion(apiVersion).group === group &&
          groupAndVersion(apiVersion).version === version &&
          (scope.namespace === undefined || metadata.namespace === scope.namespace) &&
          (scope.name === undefined || metadata.name === scope.name),
      ),
  });
}

async function selected(selectors: readonly ResourceSelector[], objects: readonly KubernetesObject[]) {
  const selection = await select(selectors, objects);
  return selection.valid ? selection.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`) : selection.error;
}

function served(group: string, version: string, kind: string, more: Partial<ServedKind> = {}): ServedKind {
  const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
  return { group, version, kind, plural: `${kind.toLowerCase()}s`, namespaced: true, preferred: true, verbs, ...more };
}
