/** Turns a placement's selectors into the objects that it places. */
import type { KubernetesObject } from '../../api/meta.ts';
import { apiVersionOf } from '../../api/meta.ts';
import { formatReference, type ObjectReference } from '../../api/references.ts';
import type { ResourceIdentifier, ResourceSelector } from '../../api/types/clusterresourceplacement.ts';
import { validateSelector } from '../labelSelectors.ts';
import { cleanForSnapshot } from './clean.ts';
import { groupAndVersion, identifierOf, identityKey } from './identifiers.ts';
import {
  belongsToNamespaceContents,
  canBeFollowed,
  findServed,
  isEndpoints,
  isService,
  type ServedKind,
} from './kinds.ts';
import { isNeverSelected } from './neverSelected.ts';
import { compareForSnapshot } from './order.ts';
import type { PropagationRules } from './propagation.ts';
import { bringsContents, matchesNameOrLabels, nameIn, namespacesOwnSelectors, selectsNamespaces } from './scopes.ts';

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
 * objects of that namespace. A cluster-scoped one selects cluster-scoped objects, whole namespaces, and single objects
 * of the one namespace that a selector with `NamespaceWithResourceSelectors` names.
 */
export async function selectResources(
  placement: ObjectReference,
  selectors: readonly ResourceSelector[],
  source: ResourceSource,
  rules: PropagationRules,
): Promise<Selection> {
  try {
    const evaluation = {
      placement,
      source,
      rules,
      namespace: await findNamespace(placement, selectors, source, rules),
    };
    const selected: KubernetesObject[] = [];
    for (const selector of selectors) selected.push(...(await evaluate(evaluation, selector)));
    selected.sort(compareForSnapshot);
    const identifiers = selected.map(identifierOf);
    refuseDuplicates(identifiers);
    return { valid: true, objects: selected.map(cleanForSnapshot), identifiers };
  } catch (error) {
    if (error instanceof UserError) return { valid: false, error: error.message };
    throw error;
  }
}

/** A selector that cannot be evaluated before somebody changes it. */
class UserError extends Error {}

interface Evaluation {
  placement: ObjectReference;
  source: ResourceSource;
  rules: PropagationRules;
  /** Where selectors of namespaced kinds look; without it there can be none. */
  namespace: string | undefined;
}

/** See {@link namespaceOfSelectors}; makes sure that it is there and may be placed. */
async function findNamespace(
  placement: ObjectReference,
  selectors: readonly ResourceSelector[],
  source: ResourceSource,
  rules: PropagationRules,
): Promise<string | undefined> {
  if (placement.namespace !== undefined) {
    if (rules.isReservedNamespace(placement.namespace)) {
      const which = `namespace ${placement.namespace} is not allowed to propagate`;
      throw new UserError(`invalid placement ${formatReference(placement)}: ${which}`);
    }
    return placement.namespace;
  }
  const selector = selectors.find(namespacesOwnSelectors);
  if (selector === undefined || !rules.placesKind(selector)) return undefined;
  const served = servedKind(placement, selector, source);
  const name = nameIn(selector);
  const found = name === undefined ? [] : await source.find(served, { name });
  const [namespace] = found.filter(isAlive);
  if (namespace === undefined) {
    throw new UserError(
      `invalid clusterResourcePlacement ${placement.name}: NamespaceWithResourceSelectors mode requires exactly one ` +
        'namespace, but no namespaces were selected',
    );
  }
  refuseReservedNamespaces(placement, [namespace], rules);
  return namespace.metadata.name;
}

async function evaluate(evaluation: Evaluation, selector: ResourceSelector): Promise<KubernetesObject[]> {
  const { placement, source, rules, namespace } = evaluation;
  if (!rules.placesKind(selector)) return [];
  const served = servedKind(placement, selector, source);
  refuseOtherScope(evaluation, selector, served);
  const fault = validateSelector(selector.labelSelector);
  if (fault !== undefined)
    throw new UserError(`invalid placement ${formatReference(placement)}: the label selector is invalid: ${fault}`);
  const name = nameIn(selector);
  const scope = { ...(served.namespaced && { namespace }), ...(name !== undefined && { name }) };
  const found = await source.find(served, scope);
  const matching = found.filter((object) => isAlive(object) && matchesNameOrLabels(selector, object.metadata));
  if (selectsNamespaces(selector)) refuseReservedNamespaces(placement, matching, rules);
  if (bringsContents(placement, selector)) {
    const contents = await Promise.all(matching.map(({ metadata }) => contentsOf(metadata.name, source, rules)));
    return [...matching, ...contents.flat()];
  }
  const services = isEndpoints(served) ? await servicesIn(namespace, source) : new Set<string>();
  return matching.filter((object) => !isNeverSelected(object, (service) => services.has(service)));
}

function servedKind(placement: ObjectReference, selector: ResourceSelector, { kinds }: ResourceSource): ServedKind {
  const served = findServed(selector, kinds);
  const named = `kind ${JSON.stringify(selector.kind)} in version ${JSON.stringify(apiVersionOf(selector))}`;
  if (served === undefined) {
    throw new UserError(
      `invalid placement ${formatReference(placement)}, failed to get GVR of the selector: no matches for ${named}`,
    );
  }
  if (canBeFollowed(served)) return served;
  throw new UserError(
    `invalid placement ${formatReference(placement)}: cannot select ${named}, ` +
      'because the hub neither lists nor watches such objects; name another kind',
  );
}

function refuseOtherScope(
  { placement, namespace }: Evaluation,
  selector: ResourceSelector,
  { namespaced, plural }: ServedKind,
): void {
  if (namespaced ? namespace !== undefined : placement.namespace === undefined) return;
  const { group, version } = selector;
  const resource = selectsNamespaces(selector) ? 'Namespace' : `${group}/${version}, Resource=${plural}`;
  const [scope, kind] = namespaced ? ['namespace', 'clusterResourcePlacement'] : ['cluster', 'resourcePlacement'];
  throw new UserError(
    `invalid placement ${formatReference(placement)}: cannot select ${scope}-scoped resource ${resource} in a ${kind}`,
  );
}

function refuseReservedNamespaces(
  placement: ObjectReference,
  namespaces: readonly KubernetesObject[],
  rules: PropagationRules,
): void {
  const reserved = namespaces.find(({ metadata }) => rules.isReservedNamespace(metadata.name));
  if (reserved === undefined) return;
  throw new UserError(
    `invalid clusterRresourcePlacement ${placement.name}: namespace ${reserved.metadata.name} is not allowed to propagate`,
  );
}

async function contentsOf(
  namespace: string,
  source: ResourceSource,
  rules: PropagationRules,
): Promise<KubernetesObject[]> {
  const kinds = source.kinds.filter((served) => belongsToNamespaceContents(served, rules));
  const found = (await Promise.all(kinds.map(async (kind) => await source.find(kind, { namespace })))).flat();
  const services = kinds.some(isService) ? namesOfServices(found) : await servicesIn(namespace, source);
  return found.filter((object) => isAlive(object) && !isNeverSelected(object, (name) => services.has(name)));
}

/** Also of those that are being deleted: their Endpoints still go with them. */
async function servicesIn(namespace: string | undefined, source: ResourceSource): Promise<Set<string>> {
  const kind = source.kinds.find(isService);
  return namesOfServices(kind === undefined ? [] : await source.find(kind, { namespace }));
}

function namesOfServices(objects: readonly KubernetesObject[]): Set<string> {
  const services = objects.filter(({ apiVersion, kind }) => isService({ ...groupAndVersion(apiVersion), kind }));
  return new Set(services.map(({ metadata }) => metadata.name));
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
