import { expect, test } from '@jest/globals';
import type { KubernetesObject, ResourceDefinition } from '../../../../api/meta.ts';
import { scopeFault, workObjects, type ServedKinds } from '../../../../domain/apply/workObjects.ts';
import { configMap, object } from '../objects.ts';

const configMaps = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };
const widget = object('example.com/v1', 'Widget', { name: 'round', namespace: 'web' });

function serving(...definitions: ResourceDefinition[]): ServedKinds {
  return {
    find: (group, version, kind) =>
      definitions.find((one) => one.group === group && one.version === version && one.kind === kind),
  };
}

function widgetDefinition(scope: string, versions: { name: string; served: boolean }[]): KubernetesObject {
  return {
    ...object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', { name: 'widgets.example.com' }),
    spec: { group: 'example.com', scope, names: { kind: 'Widget', plural: 'widgets' }, versions },
  } as KubernetesObject;
}

test('an object is addressed as the member serves its kind, and listed under its place in the content', () => {
  const settings = configMap('web', 'settings');
  const { objects, unknown } = workObjects([widget, settings], serving(configMaps));
  expect(unknown).toEqual([widget]);
  expect(objects).toEqual([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      manifest: settings,
      definition: configMaps,
      key: '/ConfigMap/web/settings',
      entry: {
        ordinal: 1,
        version: 'v1',
        kind: 'ConfigMap',
        resource: 'configmaps',
        name: 'settings',
        namespace: 'web',
      },
      isServed: true,
      bringsDefinition: false,
    },
  ]);
});

test('a kind that is not served yet is known where its definition comes along', () => {
  const definition = widgetDefinition('Namespaced', [{ name: 'v1', served: true }]);
  const { objects, unknown } = workObjects([widget, definition], serving());
  expect(unknown).toEqual([definition]);
  const widgets = { group: 'example.com', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true };
  expect(objects).toMatchObject([{ definition: widgets, isServed: false, bringsDefinition: true }]);
});

test('once it is served, the member says how it is addressed', () => {
  const served = { group: 'example.com', version: 'v1', kind: 'Widget', plural: 'widgetry', namespaced: true };
  const definition = widgetDefinition('Cluster', [{ name: 'v1', served: true }]);
  const { objects } = workObjects([definition, widget], serving(served));
  expect(objects).toMatchObject([{ definition: served, isServed: true, bringsDefinition: true }]);
});

test('a definition does not bring versions that it does not serve', () => {
  const definition = widgetDefinition('Namespaced', [
    { name: 'v1', served: false },
    { name: 'v2', served: true },
  ]);
  expect(workObjects([definition, widget], serving()).unknown).toEqual([definition, widget]);
});

test('an object has to lie where its kind does', () => {
  const inCluster = widgetDefinition('Cluster', [{ name: 'v1', served: true }]);
  const inNamespaces = widgetDefinition('Namespaced', [{ name: 'v1', served: true }]);
  const bare = object('example.com/v1', 'Widget', { name: 'round' });
  const faultsOf = (...manifests: KubernetesObject[]): (string | undefined)[] =>
    workObjects(manifests, serving()).objects.map(scopeFault);
  expect(faultsOf(inCluster, widget, bare)).toEqual(['does not live in namespaces', undefined]);
  expect(faultsOf(inNamespaces, widget, bare)).toEqual([undefined, 'lives in namespaces']);
});
