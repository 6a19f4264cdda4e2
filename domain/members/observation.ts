/** What was found out about a member besides its health, and how its status tells of it. */
import { memberClusterConditions, type ConditionContent } from '../../api/conditions.ts';
import type { MemberClusterStatus } from '../../api/types/membercluster.ts';
import type { MemberCosts } from './prices.ts';
import type { MemberResources } from './resources.ts';

/** Each part is absent if it could not be read, or was not looked at: then what was known stays. */
export interface Observation {
  /** For example `v1.35.0`. */
  kubernetesVersion?: string;
  /** Sums over the nodes. */
  nodes?: MemberResources;
  /** Absent without a list of prices; only together with {@link nodes}. */
  costs?: MemberCosts;
  /** What could not be read; absent if everything that was looked at could be. */
  trouble?: { reason: 'TimedOut' | 'FailedToCollect'; message: string };
}

type Properties = NonNullable<MemberClusterStatus['properties']>;
type ResourceUsage = NonNullable<MemberClusterStatus['resourceUsage']>;

/** Names under which placements ask. Source: the documents. */
const propertyNames = {
  nodeCount: 'kubernetes-fleet.io/node-count',
  kubernetesVersion: 'k8s.io/k8s-version',
  perCpuCore: 'kubernetes.azure.com/per-cpu-core-cost',
  perGbMemory: 'kubernetes.azure.com/per-gb-memory-cost',
} as const;

/** The properties with what is new; costs that nobody can tell any more go. @param now RFC 3339 */
export function observedProperties(before: Properties | undefined, observed: Observation, now: string): Properties {
  const { nodes, kubernetesVersion, costs } = observed;
  const { perCpuCore, perGbMemory } = propertyNames;
  const { [perCpuCore]: _cpuCost, [perGbMemory]: _memoryCost, ...others } = before ?? {};
  const at = (value: string): Properties[string] => ({ value, observationTime: now });
  return {
    ...(nodes === undefined ? before : others),
    ...(nodes && { [propertyNames.nodeCount]: at(String(nodes.nodeCount)) }),
    ...(kubernetesVersion !== undefined && { [propertyNames.kubernetesVersion]: at(kubernetesVersion) }),
    ...(costs?.state === 'known' && { [perCpuCore]: at(costs.perCpuCore), [perGbMemory]: at(costs.perGbMemory) }),
  };
}

/** @param now RFC 3339 */
export function observedUsage(
  before: ResourceUsage | undefined,
  { nodes }: Observation,
  now: string,
): { resourceUsage?: ResourceUsage } {
  if (nodes === undefined) return {};
  const { capacity, allocatable, available = before?.available } = nodes;
  return { resourceUsage: { capacity, allocatable, ...(available && { available }), observationTime: now } };
}

export function observationConditions({ trouble, costs }: Observation): ConditionContent[] {
  const collected =
    trouble === undefined
      ? memberClusterConditions.propertiesCollected()
      : memberClusterConditions.propertiesNotCollected(trouble.reason, trouble.message);
  return costs === undefined ? [collected] : [collected, costCondition(costs)];
}

function costCondition(costs: MemberCosts): ConditionContent {
  if (costs.state === 'unknown') return memberClusterConditions.costsFailed(costs.trouble);
  return costs.warnings.length === 0
    ? memberClusterConditions.costsCalculated()
    : memberClusterConditions.costsDegraded(costs.warnings.join('; '));
}
