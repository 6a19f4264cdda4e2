/** Turns a placement's selectors into the objects that it places. */
import type { KubernetesObject } from '../../api/meta.ts';
import { apiVersionOf } from '../../api/meta.ts';
import { formatReference, scopeOf, type ObjectReference, type Scope } from '../../api/references.ts';
import type { ResourceIdentifier, ResourceSelector } from '../../api/types/clusterresourceplacement.ts';
import { matchesSelector, validateSelector } from '../labelSelectors.ts';
import { cleanForSnapshot } from './clean.ts';
import { identifierOf, identityKey } from './identifiers.ts';
import { belongsToNamespaceContents, isDisabledKind, isReservedNamespace } from './kinds.ts';
import type { ServedKind } from './kinds.ts';
import { isNeverSelected } from './neverSelected.ts';
import { compareForSnapshot } from './order.ts';

/** Where objects come from: watch caches or lists. */
export interface ResourceSource {
  /** Every kind that the hub serves, in every version. */
  readonly kinds: readonly ServedKind[];
  /**
   * Objects of a kind, narrowed to a namespace and a name where given. Must reject rather than leave anything out.
   * Objects carry `apiVersion` and `kind`.
   */
  find(
    kind: ServedKind,
    scope: { namespace?: string; name?: string },
  ): Promise<readonly KubernetesObject[]> | readonly KubernetesObject[];
}

/** What a placement selects: cleaned copies in snapshot order with their identifiers, or what the user must change. */
export type Selection =
  { valid: true; objects: KubernetesObject[]; identifiers: ResourceIdentifier[] } | { valid: false; error: string };

/**
 * Evaluates the selectors of a placement. They are ORed; selecting an object twice is the user's mistake, a named
 * object that does not exist is not. Objects that are being deleted are left out. A placement in a namespace selects
 * objects of that namespace, a cluster-scoped one cluster-scoped objects and whole namespaces.
 */
export async function selectResources(
  placement: ObjectReference,
  selectors: readonly ResourceSelector[],
  source: ResourceSource,
): Promise<Selection> {
  try {
    const selected: KubernetesObject[] = [];
    for (const selector of selectors) selected.push(...(await evaluate(placement, selector, source)));
    selected.sort(compareForSnapshot);
    const identifiers = selected.map(identifierOf);
    refuseDuplicates(identifiers);
    return { valid: true, objects: selected.map(cleanForSnapshot), identifiers };
  } catch (error) {
    if (error instanceof UserError) return { valid: false, error: error.message };
    throw error;
  }
}

/** True for a selector of namespaces that brings along what is in them. Only cluster-scoped placements have such. */
export function bringsContents({ namespace }: Scope, selector: ResourceSelector): boolean {
  return namespace === undefined && selectsNamespaces(selector) && selector.selectionScope !== 'NamespaceOnly';
}

/** True if a selector names or labels an object of its kind; without either it takes all of them. */
export function matchesNameOrLabels(
  selector: ResourceSelector,
  object: { name: string; labels?: Record<string, string> },
): boolean {
  if (selector.name !== undefined && selector.name !== '') return object.name === selector.name;
  return selector.labelSelector === undefined || matchesSelector(selector.labelSelector, object.labels);
}

/** A selector that cannot be evaluated before somebody changes it. */
class UserError extends Error {}

function selectsNamespaces({ group, version, kind }: ResourceSelector): boolean {
  return group === '' && version === 'v1' && kind === 'Namespace';
}

async function evaluate(
  placement: ObjectReference,
  selector: ResourceSelector,
  source: ResourceSource,
): Promise<KubernetesObject[]> {
  if (isDisabledKind(selector)) return [];
  const served = servedKind(placement, selector, source);
  const fault = validateSelector(selector.labelSelector);
  if (fault !== undefined)
    throw new UserError(`invalid placement ${formatReference(placement)}: the label selector is invalid: ${fault}`);
  const name = selector.name === '' ? undefined : selector.name;
  const found = await source.find(served, { ...scopeOf(placement), ...(name === undefined ? {} : { name }) });
  const matching = found.filter((object) => isAlive(object) && matchesNameOrLabels(selector, object.metadata));
  if (selectsNamespaces(selector)) refuseReservedNamespaces(placement, matching);
  if (!bringsContents(placement, selector)) return matching.filter((object) => !isNeverSelected(object, () => false));
  const contents = await Promise.all(matching.map(({ metadata }) => contentsOf(metadata.name, source)));
  return [...matching, ...contents.flat()];
}

function servedKind(placement: ObjectReference, selector: ResourceSelector, { kinds }: ResourceSource): ServedKind {
  const { group, version } = selector;
  const served = kinds.find(
    (other) => other.group === group && other.version === version && other.kind === selector.kind,
  );
  if (served === undefined) {
    throw new UserError(
      `invalid placement ${formatReference(placement)}, failed to get GVR of the selector: ` +
        `no matches for kind ${JSON.stringify(selector.kind)} in version ${JSON.stringify(apiVersionOf(selector))}`,
    );
  }
  if (served.namespaced !== (placement.namespace !== undefined)) {
    const resource = selectsNamespaces(selector) ? 'Namespace' : `${group}/${version}, Resource=${served.plural}`;
    const [scope, kind] = served.namespaced
      ? ['namespace', 'clusterResourcePlacement']
      : ['cluster', 'resourcePlacement'];
    throw new UserError(
      `invalid placement ${formatReference(placement)}: cannot select ${scope}-scoped resource ${resource} in a ${kind}`,
    );
  }
  return served;
}

function refuseReservedNamespaces(placement: ObjectReference, namespaces: readonly KubernetesObject[]): void {
  const reserved = namespaces.find(({ metadata }) => isReservedNamespace(metadata.name));
  if (reserved === undefined) return;
  throw new UserError(
    `invalid clusterRresourcePlacement ${placement.name}: namespace ${reserved.metadata.name} is not allowed to propagate`,
  );
}

async function contentsOf(namespace: string, source: ResourceSource): Promise<KubernetesObject[]> {
  const kinds = source.kinds.filter(belongsToNamespaceContents);
  const found = (await Promise.all(kinds.map(async (kind) => await source.find(kind, { namespace })))).flat();
  const services = new Set(
    found
      .filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Service')
      .map(({ metadata }) => metadata.name),
  );
  return found.filter((object) => isAlive(object) && !isNeverSelected(object, (name) => services.has(name)));
}

function isAlive({ metadata }: KubernetesObject): boolean {
  return metadata.deletionTimestamp === undefined;
}

function refuseDuplicates(identifiers: readonly ResourceIdentifier[]): void {
  const seen = new Set<string>();
  for (const identifier of identifiers) {
    const key = identityKey(identifier);
    if (seen.has(key)) throw new UserError(`found duplicate resource ${goStruct(identifier)}`);
    seen.add(key);
  }
}

/** An identifier as Go's `%+v` prints it: the text that users of the reference know. */
function goStruct({ group = '', version, kind, name, namespace = '' }: ResourceIdentifier): string {
  return `{Group:${group} Version:${version} Kind:${kind} Name:${name} Namespace:${namespace} Envelope:<nil>}`;
}
