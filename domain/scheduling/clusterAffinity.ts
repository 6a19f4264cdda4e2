import type { MemberCluster } from '../../api/types/membercluster.ts';
import { remedyOf } from './affinityRemedies.ts';
import { compileAffinity, matchesRequired, type CompiledPreference } from './affinityTerms.ts';
import type { SchedulerPlugin } from './plugins.ts';
import { propertyValue } from './properties.ts';

/** Refuses clusters that match none of the required terms, and gives points for the preferred ones. */
export const clusterAffinity: SchedulerPlugin = {
  name: 'ClusterAffinity',
  prepare({ policy, clusters }) {
    const affinity = compileAffinity(policy);
    const { required, preferred } = affinity;
    if (required.length === 0 && preferred.length === 0) return undefined;
    const scorers = preferred.map((preference) => prepareScorer(preference, clusters));
    return {
      filter: (cluster) =>
        matchesRequired(affinity, cluster)
          ? undefined
          : 'cluster does not match with any of the required cluster affinity terms',
      score: (cluster) => ({ affinityScore: scorers.reduce((sum, scorer) => sum + scorer(cluster), 0) }),
      explain: (cluster) => ({
        because: `it ${required.length === 1 ? 'does not match the required term' : 'matches none of the required terms'} of the affinity`,
        remedies: required.map(({ term }) => remedyOf(term, cluster)),
      }),
    };
  },
};

type Scorer = (cluster: MemberCluster) => number;

function prepareScorer(preference: CompiledPreference, clusters: readonly MemberCluster[]): Scorer {
  const { weight, sorter } = preference;
  if (sorter === undefined) return (cluster) => (preference.matchesLabels(cluster) ? weight : 0);
  const points = sortedPoints(sorter, weight, clusters);
  return (cluster) => (preference.matchesLabels(cluster) ? points(cluster) : 0);
}

/** Points in proportion to where a cluster's value lies between the smallest and the largest of the whole fleet. */
function sortedPoints(
  { name, sortOrder }: NonNullable<CompiledPreference['sorter']>,
  weight: number,
  clusters: readonly MemberCluster[],
): Scorer {
  let smallest: bigint | undefined;
  let largest: bigint | undefined;
  for (const cluster of clusters) {
    const value = propertyValue(cluster, name);
    if (value === undefined) continue;
    if (smallest === undefined || value < smallest) smallest = value;
    if (largest === undefined || value > largest) largest = value;
  }
  if (smallest === undefined || largest === undefined || smallest === largest) return () => 0;
  const lowest = smallest;
  const range = Number(largest - lowest);
  return (cluster) => {
    const value = propertyValue(cluster, name);
    if (value === undefined) return 0;
    const share = Number(value - lowest) / range;
    return roundAwayFromZero((sortOrder === 'Descending' ? share : 1 - share) * weight);
  };
}

/** Half a point counts as a whole one, below zero too. */
function roundAwayFromZero(points: number): number {
  const size = Math.round(Math.abs(points));
  return points < 0 && size > 0 ? -size : size;
}
