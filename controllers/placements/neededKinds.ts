/** What a discovery of the hub means for the selectors of a placement. */
import { apiVersionOf } from '../../api/meta.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import {
  bringsContents,
  findServed,
  groupAndVersion,
  type PropagationRules,
  type ServedKind,
} from '../../domain/selection/index.ts';
import type { DiscoveredResource, Discovery } from '../../kube/discovery.ts';

/**
 * Every kind that the hub serves, in every version. `preferred` is true for exactly one version of each kind: where
 * the group's preferred version does not have the kind, the first one that does.
 */
export function kindsServed(discovery: Discovery): DiscoveredResource[] {
  return discovery.resources.map((resource) => ({
    ...resource,
    preferred: discovery.findPreferred(resource.group, resource.kind) === resource,
  }));
}

/**
 * Those of the group versions in `incomplete`, written `group/version`, that the selectors need. Without them a
 * namespace would seem to have lost objects, and its members would lose them for real; and a kind that the user named
 * would seem not to exist.
 */
export function groupsUnknown(
  { metadata, spec }: ClusterResourcePlacement,
  served: readonly ServedKind[],
  incomplete: readonly string[],
  rules: PropagationRules,
): string[] {
  const bringContents = spec.resourceSelectors.some((selector) => bringsContents(metadata, selector));
  const isNamed = (groupVersion: string): boolean =>
    spec.resourceSelectors.some(
      (selector) => apiVersionOf(selector) === groupVersion && findServed(selector, served) === undefined,
    );
  return incomplete
    .filter((groupVersion) => rules.placesFrom(groupAndVersion(groupVersion)))
    .filter((groupVersion) => bringContents || isNamed(groupVersion));
}
