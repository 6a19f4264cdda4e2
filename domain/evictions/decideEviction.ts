/** What becomes of an eviction: a request to take the copies of a placement from one cluster, made once. */
import { findCondition, type ConditionContent } from '../../api/conditions.ts';
import { evictionExecution, evictionValidity } from '../../api/evictionConditions.ts';
import { annotations } from '../../api/labels.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterResourcePlacementDisruptionBudget } from '../../api/types/clusterresourceplacementdisruptionbudget.ts';
import type { ClusterResourcePlacementEviction } from '../../api/types/clusterresourceplacementeviction.ts';
import { healthOfBinding } from '../rollouts/readFacts.ts';
import { isAllowedByBudget } from './budget.ts';

/** What an eviction is judged by, as the hub holds it now. */
export interface EvictionInput {
  eviction: ClusterResourcePlacementEviction;
  placement: ClusterResourcePlacement | undefined;
  /** All bindings of the placement. */
  bindings: readonly ClusterResourceBinding[];
  budget: ClusterResourcePlacementDisruptionBudget | undefined;
}

/** Conditions that the eviction gets, and the binding that is to be deleted before they are written. */
export interface EvictionDecision {
  conditions: ConditionContent[];
  remove?: ClusterResourceBinding;
}

/** An eviction is decided once: it was invalid, or something was done about it. */
export function isDecided({ metadata, status }: ClusterResourcePlacementEviction): boolean {
  const valid = findCondition(status?.conditions, 'Valid');
  const isInvalid = valid?.status === 'False' && valid.observedGeneration === (metadata.generation ?? 1);
  return isInvalid || findCondition(status?.conditions, 'Executed') !== undefined;
}

export function decideEviction(input: EvictionInput): EvictionDecision {
  const found = findTarget(input);
  if ('status' in found) return { conditions: [found] };
  const { placement, binding } = found;
  const execution = execute(placement, binding, input);
  const isNew = execution.status === 'True' && binding.metadata.deletionTimestamp === undefined;
  return { conditions: [evictionValidity.valid(), execution], ...(isNew && { remove: binding }) };
}

/** The one binding that is meant, or why there is none. */
function findTarget({
  eviction,
  placement,
  bindings,
}: EvictionInput): { placement: ClusterResourcePlacement; binding: ClusterResourceBinding } | ConditionContent {
  if (placement === undefined) return evictionValidity.placementMissing();
  if (placement.metadata.deletionTimestamp !== undefined) return evictionValidity.placementDeleting();
  if (placement.spec.policy?.placementType === 'PickFixed') return evictionValidity.pickFixed();
  const [binding, ...others] = bindings.filter(({ spec }) => spec.targetCluster === eviction.spec.clusterName);
  if (binding === undefined) return evictionValidity.notSelected();
  return others.length > 0 ? evictionValidity.selectedTwice() : { placement, binding };
}

function execute(
  placement: ClusterResourcePlacement,
  binding: ClusterResourceBinding,
  { bindings, budget }: EvictionInput,
): ConditionContent {
  if (binding.metadata.deletionTimestamp !== undefined) return evictionExecution.underWay();
  if (!isPlaced(binding)) return evictionExecution.notPlaced();
  if (healthOfBinding(binding) === 'failed') return evictionExecution.failed();
  if (budget === undefined) return evictionExecution.noBudget();
  const available = availableOf(bindings);
  const isAllowed = isAllowedByBudget(budget.spec, placement.spec.policy, available, bindings.length);
  if (isAllowed === undefined) return evictionExecution.misconfigured();
  const { allowed, overBudget } = evictionExecution;
  return (isAllowed ? allowed : overBudget)(available, bindings.length);
}

/** On how many clusters a placement is available, as disruption budgets count. */
export function availableOf(bindings: readonly ClusterResourceBinding[]): number {
  return bindings.filter(isAvailable).length;
}

/** What is on its way out counts no more, whatever it still reports. */
function isAvailable(binding: ClusterResourceBinding): boolean {
  return binding.metadata.deletionTimestamp === undefined && healthOfBinding(binding) === 'available';
}

/** Whether copies may be on the cluster. */
function isPlaced({ metadata, spec }: ClusterResourceBinding): boolean {
  const wasBound = metadata.annotations?.[annotations.previousBindingState] === 'Bound';
  return spec.state === 'Bound' || (spec.state === 'Unscheduled' && wasBound);
}
