/** The kinds that simulated members serve, and how an API server treats objects of each. */
import { kinds } from '../../api/kinds.ts';
import type { ResourceDefinition } from '../../api/meta.ts';

/** A kind that a simulated member serves. */
export interface ServedKind extends ResourceDefinition {
  /** Whether objects count their changes in `metadata.generation`. */
  hasGeneration: boolean;
  /** Whether status is written through a path of its own, and ignored in all other writes. */
  hasStatus: boolean;
  /** Whether a replacing write must say which version it replaces. */
  needsVersion: boolean;
}

const plain = { hasGeneration: false, hasStatus: false, needsVersion: false };
const workload = { hasGeneration: true, hasStatus: true, needsVersion: false };

/** What the product asks of members for the content that the benchmarks roll out. */
export const servedKinds: readonly ServedKind[] = [
  { ...kinds.appliedWork, hasGeneration: true, hasStatus: true, needsVersion: true },
  { ...kinds.namespace, ...plain, hasStatus: true },
  { ...kinds.secret, ...plain },
  core('ConfigMap', 'configmaps', true),
  { ...core('Node', 'nodes', false), hasStatus: true },
  { ...core('Pod', 'pods', true), hasGeneration: true, hasStatus: true },
  { group: 'apps', version: 'v1', kind: 'Deployment', plural: 'deployments', namespaced: true, ...workload },
];

/** The kind that is served under a path, if any. */
export function kindAt(group: string, version: string, plural: string): ServedKind | undefined {
  return servedKinds.find((kind) => kind.group === group && kind.version === version && kind.plural === plural);
}

function core(kind: string, plural: string, namespaced: boolean): ServedKind {
  return { group: '', version: 'v1', kind, plural, namespaced, ...plain };
}
