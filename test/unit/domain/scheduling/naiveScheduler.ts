/**
 * The rules of scheduling once more, as plainly as they can be said and without any regard for speed: everything is
 * computed anew for each question. The model test holds the scheduler against it.
 */
import type { PlacementPolicy, PropertySelectorRequirement } from '../../../../api/types/clusterresourceplacement.ts';

/** All that the rules can see of a member of a {@link import('./randomFleets.ts') random fleet}. */
export interface PlainCluster {
  name: string;
  labels: Record<string, string>;
  /** Keys of taints without a value. */
  taints: string[];
  /** Value of the only property; undefined if the cluster does not report it. */
  nodes?: number;
  isOffline: boolean;
}

export const nodesProperty = 'kubernetes-fleet.io/node-count';

/** Whether a cluster may be picked, topology aside. */
export function isFit(cluster: PlainCluster, policy: PlacementPolicy): boolean {
  if (cluster.isOffline) return false;
  if (policy.placementType === 'PickFixed') return (policy.clusterNames ?? []).includes(cluster.name);
  const tolerates = (taint: string): boolean =>
    (policy.tolerations ?? []).some(
      ({ key, operator }) => (operator === 'Exists' && key === undefined) || key === taint,
    );
  if (!cluster.taints.every(tolerates)) return false;
  const terms =
    policy.affinity?.clusterAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.clusterSelectorTerms ?? [];
  if (terms.length === 0) return true;
  return terms.some(
    ({ labelSelector, propertySelector }) =>
      hasLabels(cluster, labelSelector?.matchLabels) &&
      (propertySelector?.matchExpressions ?? []).every((requirement) => meets(cluster, requirement)),
  );
}

function hasLabels({ labels }: PlainCluster, wanted: Record<string, string> = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

function meets({ nodes }: PlainCluster, { operator, values }: PropertySelectorRequirement): boolean {
  if (nodes === undefined) return false;
  const wanted = Number(values[0]);
  return {
    Gt: nodes > wanted,
    Ge: nodes >= wanted,
    Lt: nodes < wanted,
    Le: nodes <= wanted,
    Eq: nodes === wanted,
    Ne: nodes !== wanted,
  }[operator];
}

export function affinityOf(cluster: PlainCluster, policy: PlacementPolicy, fleet: readonly PlainCluster[]): number {
  const preferred = policy.affinity?.clusterAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
  let sum = 0;
  for (const { weight, preference } of preferred) {
    if (!hasLabels(cluster, preference.labelSelector?.matchLabels)) continue;
    if (preference.propertySorter === undefined) {
      sum += weight;
      continue;
    }
    const values = fleet.map(({ nodes }) => nodes).filter((nodes) => nodes !== undefined);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    if (cluster.nodes === undefined || low === high) continue;
    const share = (cluster.nodes - low) / (high - low);
    const points = (preference.propertySorter.sortOrder === 'Descending' ? share : 1 - share) * weight;
    sum += points < 0 ? Math.ceil(points - 0.5) : Math.floor(points + 0.5);
  }
  return sum;
}

interface Spread {
  /** Points, or undefined if a strict constraint is violated. */
  points?: number;
}

/** What one more pick means for the topology, with what has been picked so far. */
export function spreadOf(
  cluster: PlainCluster,
  policy: PlacementPolicy,
  fleet: readonly PlainCluster[],
  picked: readonly string[],
): Spread {
  let points = 0;
  for (const { topologyKey, maxSkew = 1, whenUnsatisfiable } of policy.topologySpreadConstraints ?? []) {
    const domain = cluster.labels[topologyKey];
    if (domain === undefined) continue;
    const before = countsBy(topologyKey, fleet, picked);
    const after = countsBy(topologyKey, fleet, [...picked, cluster.name]);
    const change = before.size === 1 ? 1 : skew(after) - skew(before);
    const isViolated = after.get(domain)! - Math.min(...after.values()) > maxSkew;
    if (isViolated && whenUnsatisfiable !== 'ScheduleAnyway') return {};
    points += isViolated ? -1000 : -change;
  }
  return { points };
}

export function countsBy(key: string, fleet: readonly PlainCluster[], picked: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name, labels } of fleet) {
    const domain = labels[key];
    if (domain !== undefined) counts.set(domain, (counts.get(domain) ?? 0) + (picked.includes(name) ? 1 : 0));
  }
  return counts;
}

function skew(counts: Map<string, number>): number {
  return Math.max(...counts.values()) - Math.min(...counts.values());
}

/** Clusters that a policy picks in addition to those that it has picked, in the order of picking. */
export function naivePicks(
  fleet: readonly PlainCluster[],
  policy: PlacementPolicy,
  placed: readonly string[],
  reusable: readonly string[],
): string[] {
  const fit = fleet.filter((cluster) => isFit(cluster, policy) && !placed.includes(cluster.name));
  if (policy.placementType !== 'PickN') return fit.map(({ name }) => name);
  const picked: string[] = [];
  while (placed.length + picked.length < (policy.numberOfClusters ?? 0)) {
    const best = fit
      .filter(({ name }) => !picked.includes(name))
      .flatMap((cluster) => {
        const { points } = spreadOf(cluster, policy, fleet, [...placed, ...picked]);
        const reuse = reusable.includes(cluster.name) ? 1 : 0;
        return points === undefined
          ? []
          : [{ name: cluster.name, rank: [points, affinityOf(cluster, policy, fleet), reuse] }];
      })
      .sort((left, right) => {
        const i = left.rank.findIndex((value, at) => value !== right.rank[at]);
        return i === -1 ? (left.name < right.name ? 1 : -1) : right.rank[i]! - left.rank[i]!;
      })[0];
    if (best === undefined) break;
    picked.push(best.name);
  }
  return picked;
}
