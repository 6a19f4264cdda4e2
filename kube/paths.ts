/** Request paths of the Kubernetes API. */
import type { ResourceDefinition } from '../api/meta.ts';

/** Values of query parameters; `undefined` leaves a parameter out. */
export type Query = Record<string, string | number | boolean | undefined>;

/** Path of a kind's collection; of all namespaces where `namespace` is absent. */
export function collectionPath(definition: ResourceDefinition, namespace?: string): string {
  const { group, version, plural, namespaced } = definition;
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced && namespace !== undefined
    ? `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}`
    : `${root}/${plural}`;
}

/**
 * Path of one object.
 * @throws TypeError when the kind lives in namespaces and none is named
 */
export function objectPath(
  definition: ResourceDefinition,
  name: string,
  namespace?: string,
  subresource?: string,
): string {
  requireNamespace(definition, name, namespace);
  const path = `${collectionPath(definition, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** Throws a TypeError when an object of a namespaced kind comes without its namespace. */
export function requireNamespace(definition: ResourceDefinition, name: string, namespace?: string): void {
  if (definition.namespaced && (namespace === undefined || namespace === '')) {
    throw new TypeError(`${definition.kind} ${name} lives in a namespace: name it.`);
  }
}

/** `?key=value&…`, or nothing. */
export function queryString(query: Query): string {
  const parameters = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${encodeURIComponent(String(value))}`],
  );
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}
