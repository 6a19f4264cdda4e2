/** Which placements a change on the hub concerns: those that must be evaluated again. */
import type { KubernetesObject } from '../../api/meta.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { groupAndVersion, identifierOf, identityKey } from './identifiers.ts';
import { isDisabledKind } from './kinds.ts';
import { isNeverSelected } from './neverSelected.ts';
import { bringsContents, matchesNameOrLabels } from './select.ts';

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
): boolean {
  const { group, version } = groupAndVersion(object.apiVersion);
  // A Service that comes or goes decides about its Endpoints, which therefore concern a placement like any object.
  if (isDisabledKind({ group, kind: object.kind }) || isNeverSelected(object, () => false)) return false;
  const { namespace } = object.metadata;
  const isInScope = (namespace ?? '') === (placement.metadata.namespace ?? '');
  const selected = placement.spec.resourceSelectors.some((selector) => {
    if (isInScope) {
      const sameKind = selector.group === group && selector.version === version && selector.kind === object.kind;
      return sameKind && matchesNameOrLabels(selector, object.metadata);
    }
    if (namespace === undefined || !bringsContents(placement.metadata, selector)) return false;
    const labels = namespaceLabels(namespace);
    return matchesNameOrLabels(selector, { name: namespace, ...(labels && { labels }) });
  });
  return selected || isListed(placement, object);
}

function isListed(placement: ClusterResourcePlacement, object: KubernetesObject): boolean {
  const key = identityKey(identifierOf(object));
  return placement.status?.selectedResources?.some((listed) => identityKey(listed) === key) ?? false;
}
