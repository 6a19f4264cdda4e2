import type { KubernetesObject } from '../../api/meta.ts';
import type { ResourceIdentifier } from '../../api/types/clusterresourceplacement.ts';

/** Identifier of an object as it stands in a placement's status; empty parts are left out, as kubectl shows it. */
export function identifierOf(object: KubernetesObject): ResourceIdentifier {
  const { group, version } = groupAndVersion(object.apiVersion);
  const { name, namespace } = object.metadata;
  return {
    ...(group === '' ? {} : { group }),
    version,
    kind: object.kind,
    name,
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
  };
}

/** Key of an object, the same for all its versions. */
export function objectKey(object: KubernetesObject): string {
  return identityKey(identifierOf(object));
}

/** `ConfigMap web/settings`, as people name an object. */
export function describeObject({ kind, metadata }: Pick<KubernetesObject, 'kind' | 'metadata'>): string {
  return describeIdentifier({ kind, ...metadata });
}

/** The same of an object that is only named. */
export function describeIdentifier({
  kind,
  name,
  namespace,
}: Pick<ResourceIdentifier, 'kind' | 'name' | 'namespace'>): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

/** Key that is the same for all versions of one object. */
export function identityKey({ group = '', kind, namespace = '', name }: Omit<ResourceIdentifier, 'version'>): string {
  return [group, kind, namespace, name].join('/');
}

/** Splits `apiVersion`; the core group is `''`. */
export function groupAndVersion(apiVersion: string): { group: string; version: string } {
  const slash = apiVersion.indexOf('/');
  return { group: apiVersion.slice(0, Math.max(slash, 0)), version: apiVersion.slice(slash + 1) };
}
