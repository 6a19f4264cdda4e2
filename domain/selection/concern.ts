/** Which placements a change on the hub concerns: those that must be evaluated again. */
import type { KubernetesObject } from '../../api/meta.ts';
import type { ClusterResourcePlacement, ResourceSelector } from '../../api/types/clusterresourceplacement.ts';
import { groupAndVersion, identityKey, objectKey } from './identifiers.ts';
import { isEndpoints, isService } from './kinds.ts';
import { isNeverSelected } from './neverSelected.ts';
import type { PropagationRules } from './propagation.ts';
import { bringsContents, matchesNameOrLabels, namespaceOfSelectors } from './scopes.ts';

/**
 * True if a placement selects `object`, selects everything in its namespace, or lists it among what it placed.
 * A change that takes an object out of a selection (lost label) shows only in its state before: ask for both states.
 *
 * `namespaceLabels` gives the labels of a namespace on the hub, undefined if it does not exist.
 */
export function selectorsConcern(
  placement: ClusterResourcePlacement,
  object: KubernetesObject,
  namespaceLabels: (namespace: string) => Record<string, string> | undefined,
  rules: PropagationRules,
): boolean {
  const kind = { ...groupAndVersion(object.apiVersion), kind: object.kind };
  // A Service that comes or goes decides about its Endpoints, which therefore concern a placement like any object.
  if (isNeverSelected(object, () => false)) return false;
  const { resourceSelectors } = placement.spec;
  const { namespace } = object.metadata;
  const isInScope =
    namespace === undefined
      ? placement.metadata.namespace === undefined
      : namespace === namespaceOfSelectors(placement.metadata, resourceSelectors);
  const isPlaced = rules.placesKind(kind);
  const selected = resourceSelectors.some((selector) => {
    if (isInScope && isService(kind) && isEndpoints(selector)) return true;
    if (!isPlaced) return false;
    if (isInScope && isSameKind(selector, kind) && matchesNameOrLabels(selector, object.metadata)) return true;
    if (namespace === undefined || !bringsContents(placement.metadata, selector)) return false;
    const labels = namespaceLabels(namespace);
    return matchesNameOrLabels(selector, { name: namespace, ...(labels && { labels }) });
  });
  return selected || (isPlaced && isListed(placement, object));
}

type Kind = Pick<ResourceSelector, 'group' | 'version' | 'kind'>;

function isSameKind(one: Kind, other: Kind): boolean {
  return one.group === other.group && one.version === other.version && one.kind === other.kind;
}

function isListed(placement: ClusterResourcePlacement, object: KubernetesObject): boolean {
  const key = objectKey(object);
  return placement.status?.selectedResources?.some((listed) => identityKey(listed) === key) ?? false;
}
