/** How a cluster-scoped placement stands on a cluster that is to be drained: what can be done now, judged by the hub. */
import { evictionExecution } from '../../api/evictionConditions.ts';
import { annotations } from '../../api/labels.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type {
  ClusterResourcePlacementDisruptionBudget,
  PlacementDisruptionBudgetSpec,
} from '../../api/types/clusterresourceplacementdisruptionbudget.ts';
import { availableOf, decideEviction } from '../../domain/evictions/decideEviction.ts';
import { cordonTaint } from '../../domain/members/index.ts';
import { removalTrouble } from '../../domain/placements/removal.ts';
import { isTolerated } from '../../domain/scheduling/taintToleration.ts';
import { drainEviction } from './drainEviction.ts';

/** A placement and the cluster. */
export interface PlacementThere {
  name: string;
  cluster: string;
  /** Absent where it is gone and its bindings are about to. */
  placement: Pick<ClusterResourcePlacement, 'apiVersion' | 'kind' | 'metadata' | 'spec'> | undefined;
  /** The one to the cluster. */
  binding: ClusterResourceBinding;
  /** All of the placement. */
  bindings: readonly ClusterResourceBinding[];
  budget: ClusterResourcePlacementDisruptionBudget | undefined;
}

/** What a disruption budget wants, and what there is; clusters. */
export interface Hold {
  limits: PlacementDisruptionBudgetSpec;
  available: number;
  total: number;
  /** It counts by a number that the placement does not have. */
  isMisconfigured: boolean;
}

/**
 * - `free`: an eviction takes it
 * - `held`: the disruption budget does not let it go now
 * - `arriving`: it can be evicted once it is there, or goes by itself
 * - `leaving`: it goes, or would if nothing kept it
 * - `unplaced`: chosen, but not there: only a run would bring it
 * - `pickFixed`, `tolerating`, `awaitingRun`: no eviction helps
 */
export type Standing =
  | { state: 'free' | 'arriving' | 'unplaced' | 'pickFixed' | 'tolerating' | 'awaitingRun' }
  | { state: 'leaving'; trouble?: string }
  | { state: 'held'; hold: Hold };

export function standingOf({ name, cluster, placement, binding, bindings, budget }: PlacementThere): Standing {
  if (placement === undefined || isGoing(placement) || isGoing(binding)) {
    const trouble = removalTrouble(binding)?.message;
    return { state: 'leaving', ...(trouble !== undefined && { trouble }) };
  }
  const { policy = {}, strategy } = placement.spec;
  const isByRuns = strategy?.type === 'External';
  const isUnscheduled = binding.spec.state === 'Unscheduled';
  if (policy.placementType === 'PickFixed') {
    if (!isUnscheduled) return { state: 'pickFixed' };
    return { state: !isByRuns ? 'arriving' : wasBound(binding) ? 'awaitingRun' : 'unplaced' };
  }
  if (!isUnscheduled && (policy.tolerations ?? []).some((toleration) => isTolerated(cordonTaint, toleration))) {
    return { state: 'tolerating' };
  }
  const decided = decideEviction({ eviction: drainEviction(name, cluster, ''), placement, bindings, budget });
  const verdict = decided.conditions.at(-1);
  if (verdict?.status === 'True') return { state: 'free' };
  if (verdict?.message === evictionExecution.notPlaced().message) return { state: isByRuns ? 'unplaced' : 'arriving' };
  return {
    state: 'held',
    hold: {
      limits: budget?.spec ?? {},
      available: availableOf(bindings),
      total: bindings.length,
      isMisconfigured: verdict?.message === evictionExecution.misconfigured().message,
    },
  };
}

/** Whether drain has nothing more to do with it: the copies are not there, or stay until somebody does something else. */
export function isSettled({ state }: Standing): boolean {
  return state === 'unplaced' || isKept({ state });
}

/** Whether the copies stay on the cluster whatever drain does. */
export function isKept({ state }: Pick<Standing, 'state'>): boolean {
  return state === 'pickFixed' || state === 'tolerating' || state === 'awaitingRun';
}

function isGoing({ metadata }: Pick<ClusterResourceBinding, 'metadata'>): boolean {
  return metadata.deletionTimestamp !== undefined;
}

function wasBound({ metadata }: ClusterResourceBinding): boolean {
  return metadata.annotations?.[annotations.previousBindingState] === 'Bound';
}
