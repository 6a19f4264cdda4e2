/** What a cluster lacks for a required term, in words. */
import type { LabelSelectorRequirement } from '../../api/meta.ts';
import type { ClusterSelectorTerm, PropertySelectorRequirement } from '../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { matchesSelector, requirementsOf } from '../labelSelectors.ts';
import { meetsRequirement } from './affinityTerms.ts';
import { propertyText } from './properties.ts';

/** Everything that would have to be otherwise for the term to match: one clause that goes on from "if". */
export function remedyOf({ labelSelector, propertySelector }: ClusterSelectorTerm, cluster: MemberCluster): string {
  const ofLabels = requirementsOf(labelSelector)
    .filter((requirement) => !matchesSelector({ matchExpressions: [requirement] }, cluster.metadata.labels))
    .map((requirement) => labelRemedy(requirement, cluster));
  const ofProperties = (propertySelector?.matchExpressions ?? [])
    .filter((requirement) => !meetsRequirement(requirement, cluster))
    .map((requirement) => propertyRemedy(requirement, cluster));
  return [...ofLabels, ...ofProperties].join(' and ');
}

function labelRemedy({ key, operator, values = [] }: LabelSelectorRequirement, { metadata }: MemberCluster): string {
  const { labels = {} } = metadata;
  const present = Object.hasOwn(labels, key) ? `it is ${labels[key] ?? ''}` : 'it has none';
  switch (operator) {
    case 'In':
      return `its label ${key} were ${values.join(' or ')} (${present})`;
    case 'NotIn':
      return `its label ${key} were not ${values.join(' or ')}`;
    case 'Exists':
      return `it had a label ${key}`;
    case 'DoesNotExist':
      return `it had no label ${key} (${present})`;
  }
}

function propertyRemedy({ name, operator, values }: PropertySelectorRequirement, cluster: MemberCluster): string {
  const text = propertyText(cluster, name);
  const present = text === undefined ? 'the cluster does not report it' : `it is ${text}`;
  return `its property ${name} were ${comparisonWords[operator]} ${values[0] ?? ''} (${present})`;
}

const comparisonWords: Record<PropertySelectorRequirement['operator'], string> = {
  Gt: 'greater than',
  Ge: 'at least',
  Lt: 'less than',
  Le: 'at most',
  Eq: 'equal to',
  Ne: 'other than',
};
