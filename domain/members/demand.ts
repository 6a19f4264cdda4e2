/** Whether anybody wants to know how much room members have left: only then their pods are read often. */
import type { ClusterResourcePlacement, ClusterSelectorTerm } from '../../api/types/clusterresourceplacement.ts';

/** Beginning of the names of properties that need the pods of a member. */
const availablePrefix = 'resources.kubernetes-fleet.io/available-';

/** Whether the placement's policy compares members by what they have left. */
export function asksForAvailable({ spec }: ClusterResourcePlacement): boolean {
  const affinity = spec.policy?.affinity?.clusterAffinity;
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution?.clusterSelectorTerms ?? [];
  const preferred = (affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map(
    ({ preference }) => preference,
  );
  return [...required, ...preferred].flatMap(propertiesIn).some((name) => name.startsWith(availablePrefix));
}

function propertiesIn({ propertySelector, propertySorter }: ClusterSelectorTerm): string[] {
  const selected = (propertySelector?.matchExpressions ?? []).map(({ name }) => name);
  return propertySorter === undefined ? selected : [...selected, propertySorter.name];
}
