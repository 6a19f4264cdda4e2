import type { TopologySpreadConstraint } from '../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { DomainCounts } from './domainCounts.ts';
import type { SchedulerPlugin, SchedulingContext } from './plugins.ts';

/** Points for a cluster that violates a constraint which is only best effort. */
const violationScore = -1000;

/**
 * Spreads picked clusters over the values of labels. Every value that some member has is a domain, whether the member
 * is eligible or not. A cluster without the label violates nothing and gains nothing.
 */
export const topologySpread: SchedulerPlugin = {
  name: 'TopologySpreadConstraints',
  prepare(context) {
    const spreads = (context.policy.topologySpreadConstraints ?? []).map((constraint) => prepare(constraint, context));
    if (spreads.length === 0) return undefined;
    return {
      filter(cluster) {
        const violated = spreads.find((spread) => spread.isStrict && violates(spread, cluster));
        return (
          violated &&
          `violated doNotSchedule topology spread constraint "${violated.key}" (max skew ${violated.maxSkew})`
        );
      },
      score: (cluster) => ({
        topologySpreadScore: spreads.reduce((sum, spread) => sum + points(spread, cluster), 0),
      }),
      explain(cluster) {
        const violated = spreads.filter((spread) => spread.isStrict && violates(spread, cluster));
        const keys = violated.map(({ key }) => key).join(' and ');
        const excesses = violated.map(({ key, maxSkew }) => {
          const domain = domainOf(cluster, key) ?? '';
          return `with it ${key} ${domain} would be more than ${maxSkew} ahead of the emptiest ${key}`;
        });
        return {
          because: excesses.join(' and '),
          remedies: [
            `more clusters were picked from another ${keys}`,
            `the policy had a larger maxSkew for ${keys}, or ScheduleAnyway`,
          ],
        };
      },
      dynamics: {
        groupOf: (cluster) => JSON.stringify(spreads.map(({ key }) => domainOf(cluster, key))),
        picked: (cluster) => {
          for (const { key, counts } of spreads) count(counts, cluster, key);
        },
      },
    };
  },
};

interface Spread {
  key: string;
  maxSkew: number;
  /** Refuses clusters instead of taking points from them. */
  isStrict: boolean;
  counts: DomainCounts;
}

function prepare(constraint: TopologySpreadConstraint, { clusters, placed }: SchedulingContext): Spread {
  const { topologyKey: key, maxSkew = 1, whenUnsatisfiable } = constraint;
  const counts = new DomainCounts(
    clusters.map((cluster) => domainOf(cluster, key)).filter((domain) => domain !== undefined),
  );
  for (const cluster of clusters) if (placed.has(cluster.metadata.name)) count(counts, cluster, key);
  return { key, maxSkew, isStrict: whenUnsatisfiable !== 'ScheduleAnyway', counts };
}

function count(counts: DomainCounts, cluster: MemberCluster, key: string): void {
  const domain = domainOf(cluster, key);
  if (domain !== undefined) counts.add(domain);
}

function violates({ key, maxSkew, counts }: Spread, cluster: MemberCluster): boolean {
  const domain = domainOf(cluster, key);
  return domain !== undefined && counts.wouldExceed(domain, maxSkew);
}

function points(spread: Spread, cluster: MemberCluster): number {
  const domain = domainOf(cluster, spread.key);
  if (domain === undefined) return 0;
  // Subtracting from zero keeps a zero positive.
  return violates(spread, cluster) ? violationScore : 0 - spread.counts.skewChange(domain);
}

function domainOf({ metadata: { labels = {} } }: MemberCluster, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
