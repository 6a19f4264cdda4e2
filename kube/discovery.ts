/** Which kinds a cluster serves. */
import type { ResourceDefinition } from '../api/meta.ts';
import { KubernetesError, isRejected } from './errors.ts';

/** A kind that a cluster serves. */
export interface DiscoveredResource extends ResourceDefinition {
  /** Such as `get`, `list`, `watch`, `patch`. */
  verbs: string[];
  /** Whether the server prefers this version of the group. */
  preferred: boolean;
}

/** Every kind that a cluster serves, in all versions, without subresources. */
export interface Discovery {
  resources: DiscoveredResource[];
  /** Group versions (`metrics.k8s.io/v1beta1`) that could not be asked: their extension API server is away. */
  incomplete: string[];
  find(group: string, version: string, kind: string): DiscoveredResource | undefined;
  /** The version of a kind that the server prefers. */
  findPreferred(group: string, kind: string): DiscoveredResource | undefined;
}

/** Fetches a path as JSON, with an `Accept` header. */
export type FetchJson = (path: string, accept?: string) => Promise<unknown>;

/** Asks for the aggregated form, two requests; servers before 1.30 get one request for each group version. */
export async function discoverResources(fetchJson: FetchJson): Promise<Discovery> {
  const answers = await Promise.all(['/api', '/apis'].map((path) => fetchAggregated(fetchJson, path)));
  const lists = answers.filter((answer) => answer !== undefined);
  return lists.length === 2 ? fromAggregated(lists) : classicalDiscovery(fetchJson);
}

const aggregatedAccept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

interface GroupList {
  kind: string;
  items: {
    metadata?: { name?: string };
    versions: { version: string; freshness?: string; resources?: AggregatedResource[] }[];
  }[];
}

interface AggregatedResource {
  resource: string;
  responseKind?: { kind: string };
  scope: 'Namespaced' | 'Cluster';
  verbs: string[];
}

async function fetchAggregated(fetchJson: FetchJson, path: string): Promise<GroupList | undefined> {
  try {
    const answer = (await fetchJson(path, aggregatedAccept)) as GroupList;
    return answer.kind === 'APIGroupDiscoveryList' ? answer : undefined;
  } catch (error) {
    if (isRejected(error)) {
      return undefined;
    }
    throw error;
  }
}

function fromAggregated(lists: GroupList[]): Discovery {
  const resources: DiscoveredResource[] = [];
  const incomplete: string[] = [];
  for (const { metadata, versions } of lists.flatMap(({ items }) => items)) {
    const group = metadata?.name ?? '';
    versions.forEach(({ version, freshness, resources: found = [] }, position) => {
      if (freshness === 'Stale') {
        incomplete.push(`${group}/${version}`);
      }
      for (const { resource, responseKind, scope, verbs } of found) {
        if (responseKind !== undefined) {
          const namespaced = scope === 'Namespaced';
          const { kind } = responseKind;
          resources.push({ group, version, kind, plural: resource, namespaced, verbs, preferred: position === 0 });
        }
      }
    });
  }
  return discovery(resources, incomplete);
}

interface GroupVersion {
  group: string;
  version: string;
  preferred: boolean;
}

async function classicalDiscovery(fetchJson: FetchJson): Promise<Discovery> {
  const [core, groups] = (await Promise.all([fetchJson('/api'), fetchJson('/apis')])) as [
    { versions: string[] },
    { groups: { name: string; preferredVersion?: { version: string }; versions: { version: string }[] }[] },
  ];
  const groupVersions: GroupVersion[] = [
    ...core.versions.map((version, position) => ({ group: '', version, preferred: position === 0 })),
    ...groups.groups.flatMap(({ name, preferredVersion, versions }) =>
      versions.map(({ version }) => ({ group: name, version, preferred: version === preferredVersion?.version })),
    ),
  ];
  const incomplete: string[] = [];
  const resources = await Promise.all(
    groupVersions.map(async (groupVersion) => {
      try {
        return await resourcesOf(fetchJson, groupVersion);
      } catch (error) {
        if (!(error instanceof KubernetesError) || error.errorClass === 'unreachable' || error.status === 401) {
          throw error;
        }
        incomplete.push(`${groupVersion.group}/${groupVersion.version}`);
        return [];
      }
    }),
  );
  return discovery(resources.flat(), incomplete);
}

async function resourcesOf(fetchJson: FetchJson, groupVersion: GroupVersion): Promise<DiscoveredResource[]> {
  const { group, version, preferred } = groupVersion;
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const list = (await fetchJson(path)) as {
    resources: { name: string; kind: string; namespaced: boolean; verbs: string[] }[];
  };
  return list.resources
    .filter(({ name }) => !name.includes('/'))
    .map(({ name, kind, namespaced, verbs }) => ({ group, version, kind, plural: name, namespaced, verbs, preferred }));
}

function discovery(resources: DiscoveredResource[], incomplete: string[]): Discovery {
  const byKind = new Map(resources.map((resource) => [key(resource.group, resource.version, resource.kind), resource]));
  return {
    resources,
    incomplete,
    find: (group, version, kind) => byKind.get(key(group, version, kind)),
    findPreferred: (group, kind) =>
      resources.find((resource) => resource.preferred && resource.group === group && resource.kind === kind) ??
      resources.find((resource) => resource.group === group && resource.kind === kind),
  };
}

function key(group: string, version: string, kind: string): string {
  return `${group}/${version}/${kind}`;
}
