/** Answers about which kinds there are: the aggregated form, and the older one of a request for each group. */
import { apiVersionOf } from '../../api/meta.ts';
import { servedKinds, type ServedKind } from './kinds.ts';

const verbs = ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'];
const groupVersions = [...new Set(servedKinds.map((kind) => apiVersionOf(kind)))];

/** Answer to `path`, or `undefined` where it is not about discovery. */
export function discoveryAt(path: string, accept: string): unknown {
  const isAggregated = accept.includes('as=APIGroupDiscoveryList');
  if (path === '/api')
    return isAggregated ? aggregated((group) => group === '') : { kind: 'APIVersions', versions: ['v1'] };
  if (path === '/apis') return isAggregated ? aggregated((group) => group !== '') : groupList();
  const groupVersion = /^\/apis?\/(.+)$/.exec(path)?.[1];
  return groupVersion !== undefined && groupVersions.includes(groupVersion) ? resourceList(groupVersion) : undefined;
}

function aggregated(isWanted: (group: string) => boolean): unknown {
  const groups = [...new Set(servedKinds.map(({ group }) => group))].filter(isWanted);
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map((group) => ({ metadata: { name: group }, versions: versionsOf(group) })),
  };
}

function versionsOf(group: string): unknown[] {
  const served = servedKinds.filter((kind) => kind.group === group);
  return [...new Set(served.map(({ version }) => version))].map((version) => ({
    version,
    freshness: 'Current',
    resources: served.filter((kind) => kind.version === version).map(aggregatedResource),
  }));
}

function aggregatedResource({ group, version, kind, plural, namespaced }: ServedKind): unknown {
  const scope = namespaced ? 'Namespaced' : 'Cluster';
  return {
    resource: plural,
    responseKind: { group, version, kind },
    scope,
    singularResource: kind.toLowerCase(),
    verbs,
  };
}

function groupList(): unknown {
  const groups = [...new Set(servedKinds.map(({ group }) => group))].filter((group) => group !== '');
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: groups.map(apiGroup) };
}

function apiGroup(name: string): unknown {
  const versions = groupVersions
    .filter((groupVersion) => groupVersion.startsWith(`${name}/`))
    .map((groupVersion) => ({ groupVersion, version: groupVersion.slice(name.length + 1) }));
  return { name, versions, preferredVersion: versions[0] };
}

function resourceList(groupVersion: string): unknown {
  const resources = servedKinds
    .filter((kind) => apiVersionOf(kind) === groupVersion)
    .map(({ plural, kind, namespaced }) => ({ name: plural, singularName: '', kind, namespaced, verbs }));
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
}
