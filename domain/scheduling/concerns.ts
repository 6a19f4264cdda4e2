/** Which changes of members can change what a policy picks. Heartbeats are most of what happens, and decide nothing. */
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { goJson } from '../snapshots/goJson.ts';
import { compileAffinity, matchesRequired } from './affinityTerms.ts';
import { reasonNotEligible } from './eligibility.ts';
import { policyFault } from './policyFaults.ts';

/** What has become of a member, as far as schedulers care. */
export interface MemberChange {
  previous: MemberCluster;
  current: MemberCluster;
  isLeaving: boolean;
  /** It has become eligible, or is no longer. */
  inEligibility: boolean;
  inLabelsOrTaints: boolean;
  /** Properties or resource usage have other values. */
  inProperties: boolean;
}

/**
 * Compares two states of a member; undefined if nothing has changed but times. Times in epoch milliseconds.
 * @param observedSince see {@link reasonNotEligible}
 */
export function memberChange(
  previous: MemberCluster,
  current: MemberCluster,
  now: number,
  observedSince?: number,
): MemberChange | undefined {
  const isEligible = (member: MemberCluster): boolean => reasonNotEligible(member, now, observedSince) === undefined;
  const change = {
    isLeaving: current.metadata.deletionTimestamp !== previous.metadata.deletionTimestamp,
    inEligibility: isEligible(current) !== isEligible(previous),
    inLabelsOrTaints: goJson(placementFacts(previous)) !== goJson(placementFacts(current)),
    inProperties: goJson(measuredFacts(previous)) !== goJson(measuredFacts(current)),
  };
  return Object.values(change).includes(true) ? { previous, current, ...change } : undefined;
}

/** Whether a change of a member may change what the placement's policy picks. */
export function concernsPlacement(
  { previous, current, ...change }: MemberChange,
  placement: ClusterResourcePlacement,
): boolean {
  const { policy = {} } = placement.spec;
  if (change.isLeaving) return true;
  if (policy.placementType === 'PickFixed') {
    return change.inEligibility && (policy.clusterNames ?? []).includes(current.metadata.name);
  }
  if (change.inEligibility || change.inLabelsOrTaints) return true;
  if (policyFault(policy) !== undefined) return false;
  // Properties that only rank clusters count when the next cluster is picked, which they do not bring about.
  const affinity = compileAffinity(policy);
  return matchesRequired(affinity, previous) !== matchesRequired(affinity, current);
}

function placementFacts({ metadata, spec }: MemberCluster): unknown {
  return [metadata.labels ?? {}, spec.taints ?? []];
}

function measuredFacts({ status }: MemberCluster): unknown {
  const { capacity, allocatable, available } = status?.resourceUsage ?? {};
  const properties = Object.entries(status?.properties ?? {}).map(([name, { value }]) => [name, value]);
  return [capacity, allocatable, available, Object.fromEntries(properties)];
}
