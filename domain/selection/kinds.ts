/** Kinds as the hub serves them, and which of them a placement has to look at. */
import { apiVersionOf, type ResourceDefinition } from '../../api/meta.ts';
import type { Scope } from '../../api/references.ts';
import type { ResourceSelector } from '../../api/types/clusterresourceplacement.ts';
import type { PropagationRules } from './propagation.ts';
import { bringsContents, namespacesOwnSelectors } from './scopes.ts';

/** A kind as the hub serves it. */
export interface ServedKind extends ResourceDefinition {
  verbs: readonly string[];
  /** True for the version that the server recommends within the kind's group. */
  preferred: boolean;
}

/** True for kinds whose objects come along when their namespace is selected, each kind in one version only. */
export function belongsToNamespaceContents(served: ServedKind, rules: PropagationRules): boolean {
  return served.namespaced && served.preferred && canBeFollowed(served) && rules.placesKind(served);
}

/** False for kinds that are asked something and kept nowhere, such as reviews of rights. */
export function canBeFollowed({ verbs }: Pick<ServedKind, 'verbs'>): boolean {
  return verbs.includes('list') && verbs.includes('watch');
}

/** The kind that a selector names; undefined if the hub does not serve it. */
export function findServed<T extends ServedKind>(
  { group, version, kind }: Pick<ServedKind, 'group' | 'version' | 'kind'>,
  kinds: readonly T[],
): T | undefined {
  return kinds.find((other) => other.group === group && other.version === version && other.kind === kind);
}

/** Those of `kinds` that have to be read to evaluate the selectors of a placement. Some may stand in it twice. */
export function kindsToRead<T extends ServedKind>(
  placement: Scope,
  selectors: readonly ResourceSelector[],
  kinds: readonly T[],
  rules: PropagationRules,
): T[] {
  const takesNamespaced = placement.namespace !== undefined || selectors.some(namespacesOwnSelectors);
  const named = selectors
    .filter((selector) => rules.placesKind(selector))
    .map((selector) => findServed(selector, kinds))
    .filter((served) => served !== undefined)
    .filter(canBeFollowed)
    .filter(({ namespaced }) => (namespaced ? takesNamespaced : placement.namespace === undefined));
  const contents = selectors.some((selector) => bringsContents(placement, selector))
    ? kinds.filter((served) => belongsToNamespaceContents(served, rules))
    : [];
  const wanted = [...named, ...contents];
  return wanted.some(isEndpoints) ? [...wanted, ...kinds.filter(isService)] : wanted;
}

/** Endpoints are made by each cluster itself where a Service of their name exists. */
export function isEndpoints(definition: Pick<ServedKind, 'group' | 'version' | 'kind'>): boolean {
  return definition.kind === 'Endpoints' && apiVersionOf(definition) === 'v1';
}

export function isService(definition: Pick<ServedKind, 'group' | 'version' | 'kind'>): boolean {
  return definition.kind === 'Service' && apiVersionOf(definition) === 'v1';
}
