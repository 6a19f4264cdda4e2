/** Conditions of evictions. Source of the texts: the reference system. */
import { isFalse, isTrue } from './conditions.ts';

/** `Valid`: whether the eviction makes sense. */
export const evictionValidity = {
  valid: () => isTrue('Valid', 'ClusterResourcePlacementEvictionValid', 'Eviction is valid'),
  placementMissing: () => invalid('Failed to find ClusterResourcePlacement targeted by eviction'),
  placementDeleting: () => invalid('Found deleting ClusterResourcePlacement targeted by eviction'),
  pickFixed: () => invalid('Found ClusterResourcePlacement with PickFixed placement type targeted by eviction'),
  notSelected: () => invalid('Failed to find scheduler decision for placement in cluster targeted by eviction'),
  selectedTwice: () => invalid('Found more than one scheduler decision for placement in cluster targeted by eviction'),
} as const;

/** `Executed`: whether the eviction was carried out, and what decided it. */
export const evictionExecution = {
  underWay: () =>
    executed(
      'Eviction is allowed, resources propagated by placement is currently being removed from cluster targeted by eviction',
    ),
  notPlaced: () => blocked('Eviction is blocked, placement has not propagated resources to target cluster yet'),
  failed: () => executed('Eviction is allowed, placement has failed'),
  noBudget: () => executed('Eviction is allowed, no ClusterResourcePlacementDisruptionBudget specified'),
  misconfigured: () =>
    blocked(
      'Eviction is blocked by misconfigured ClusterResourcePlacementDisruptionBudget, either MaxUnavailable is ' +
        'specified or MinAvailable is specified as a percentage for PickAll ClusterResourcePlacement',
    ),
  allowed: (available: number, total: number) =>
    executed(`Eviction is allowed by specified ClusterResourcePlacementDisruptionBudget, ${counts(available, total)}`),
  overBudget: (available: number, total: number) =>
    blocked(`Eviction is blocked by specified ClusterResourcePlacementDisruptionBudget, ${counts(available, total)}`),
} as const;

function counts(available: number, total: number): string {
  return `availablePlacements: ${String(available)}, totalPlacements: ${String(total)}`;
}

function invalid(message: string): ReturnType<typeof isFalse> {
  return isFalse('Valid', 'ClusterResourcePlacementEvictionInvalid', message);
}

function executed(message: string): ReturnType<typeof isTrue> {
  return isTrue('Executed', 'ClusterResourcePlacementEvictionExecuted', message);
}

function blocked(message: string): ReturnType<typeof isFalse> {
  return isFalse('Executed', 'ClusterResourcePlacementEvictionNotExecuted', message);
}
