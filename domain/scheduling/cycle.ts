/** One scheduling cycle, before anybody writes it down: who stays, who is picked, who goes, and why. */
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement, PlacementPolicy } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { classifyBindings, clustersOf, type ClassifiedBindings } from './bindingClasses.ts';
import { defaultPlugins } from './defaultPlugins.ts';
import { chooseSurplus } from './downscale.ts';
import { clusterEligibility } from './eligibility.ts';
import { pickAll } from './pickAll.ts';
import { pickFixed } from './pickFixed.ts';
import { pickN } from './pickN.ts';
import type { Picks } from './picks.ts';
import type { SchedulerPlugin } from './plugins.ts';
import { policyFault } from './policyFaults.ts';
import { wantedClusters } from './policySnapshots.ts';
import { Rules } from './rules.ts';

/** What a cycle looks at. */
export interface ScheduleInput {
  placement: ClusterResourcePlacement;
  /** The latest policy snapshot of the placement. */
  policySnapshot: ClusterSchedulingPolicySnapshot;
  /** Every member of the fleet. */
  clusters: readonly MemberCluster[];
  /** All bindings of the placement, deleting ones too. */
  bindings: readonly ClusterResourceBinding[];
  /** Epoch milliseconds. */
  now: number;
  /** Epoch milliseconds since which heartbeats are written down without a break; absent: always. */
  observedSince?: number;
}

export interface Cycle {
  policy: PlacementPolicy;
  /** What is wrong with the policy; then nobody is picked and nobody goes but clusters that have left. */
  fault?: string;
  /** How many clusters the policy wants; undefined if it wants all that fit. */
  wanted?: number;
  found: ClassifiedBindings;
  /** Bindings that stay as they are. */
  kept: ClusterResourceBinding[];
  /** Bindings of clusters that were picked under an older policy, or are too many, or have left. */
  leaving: ClusterResourceBinding[];
  picks: Picks;
  /** The rules after the last pick. */
  rules: Rules;
}

/**
 * Runs one cycle. Clusters that the current policy has already picked stay picked whatever becomes of them, so that
 * nothing moves without a reason; a changed policy asks every rule anew.
 */
export function runCycle(input: ScheduleInput, plugins: readonly SchedulerPlugin[] = defaultPlugins): Cycle {
  const { policySnapshot, clusters, bindings, now, observedSince } = input;
  const policy = policySnapshot.spec.policy ?? {};
  const found = classifyBindings(bindings, clusters, policySnapshot.metadata.name);
  const fault = policyFault(policy);
  const wanted = wantedClusters(policySnapshot);
  const surplus =
    policy.placementType === 'PickN' ? chooseSurplus(found.current, found.current.length - (wanted ?? 0)) : [];
  const gone = new Set(surplus);
  const kept = found.current.filter((binding) => !gone.has(binding));
  const placed = clustersOf(kept);
  const context = { policy, clusters, placed, obsolete: clustersOf(found.obsolete), now, observedSince };
  const base = { policy, wanted, found, kept };
  if (fault !== undefined) {
    return {
      ...base,
      fault,
      // What a faulty policy would say of them is not known, so those of the policy before it stay as well.
      kept: [...found.current, ...found.obsolete],
      leaving: found.dangling,
      picks: nobody,
      rules: new Rules([], context),
    };
  }
  const rules = new Rules(policy.placementType === 'PickFixed' ? [clusterEligibility] : plugins, context);
  const picks = pick({ policy, wanted, placed, clusters, rules });
  const picked = new Set(picks.picked.map(({ cluster }) => cluster.metadata.name));
  const dropped = found.obsolete.filter(({ spec }) => !picked.has(spec.targetCluster));
  return { ...base, leaving: [...found.dangling, ...dropped, ...surplus], picks, rules };
}

/** Whether a cycle leaves the policy with all the clusters that it wants. */
export function isFulfilled({ policy, fault, wanted, kept, picks }: Cycle): boolean {
  if (fault !== undefined) return false;
  if (policy.placementType === 'PickFixed') return picks.refused.length === 0 && picks.missing.length === 0;
  return wanted === undefined || kept.length + picks.picked.length >= wanted;
}

const nobody: Picks = { picked: [], outscored: [], refused: [], missing: [] };

interface PickInput {
  policy: PlacementPolicy;
  wanted: number | undefined;
  placed: ReadonlySet<string>;
  clusters: readonly MemberCluster[];
  rules: Rules;
}

function pick({ policy, wanted = 0, placed, clusters, rules }: PickInput): Picks {
  const { placementType = 'PickAll', clusterNames = [] } = policy;
  if (placementType === 'PickFixed') {
    return pickFixed(
      clusterNames.filter((name) => !placed.has(name)),
      clusters,
      rules,
    );
  }
  const candidates = clusters.filter(({ metadata }) => !placed.has(metadata.name));
  return placementType === 'PickN' ? pickN(candidates, wanted - placed.size, rules) : pickAll(candidates, rules);
}
