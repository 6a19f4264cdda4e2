/** The copy of a placement's status in the namespace that it places, for those who may read there only. */
import {
  conditionAt,
  placementConditions,
  setCondition,
  statusSyncedType,
  type ConditionContent,
} from '../../api/conditions.ts';
import { kinds, type ClusterResourcePlacementStatus } from '../../api/kinds.ts';
import { apiVersionOf } from '../../api/meta.ts';
import type { ClusterResourcePlacement, PlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { nameIn, selectsNamespaces } from '../selection/scopes.ts';
import { placementOwnerReference } from '../snapshots/build.ts';
import { keepingTime } from './clusterEntries.ts';

/** True for placements whose status is copied. Those in a namespace can be read there anyway. */
export function isNamespaceAccessible({ metadata, spec }: ClusterResourcePlacement): boolean {
  return metadata.namespace === undefined && spec.statusReportingScope === 'NamespaceAccessible';
}

/** The namespace that gets the copy: the one that is selected by its name. */
export function accessibleNamespace({ spec }: ClusterResourcePlacement): string | undefined {
  return nameIn(spec.resourceSelectors.find(selectsNamespaces));
}

/**
 * What the user must change before the placement's status can be copied; undefined if nothing.
 * @param copies copies of the status that this placement has made
 */
export function accessFault(
  placement: ClusterResourcePlacement,
  copies: readonly ClusterResourcePlacementStatus[],
): string | undefined {
  const chosen = accessibleNamespace(placement);
  if (chosen === undefined) {
    return "NamespaceAccessible ClusterResourcePlacement doesn't specify a resource selector which selects a namespace";
  }
  const picked = copies[0]?.metadata.namespace ?? placement.status?.selectedResources?.find(selectsNamespaces)?.name;
  if (picked === undefined || picked === chosen) return undefined;
  return (
    `namespace resource selector is choosing a different namespace '${chosen}' from what was originally picked ` +
    `'${picked}'. This is not allowed for NamespaceAccessible ClusterResourcePlacement`
  );
}

/** Status of a placement that has an {@link accessFault}: everything but `Scheduled` stays as it was. */
export function accessFaultStatus(placement: ClusterResourcePlacement, fault: string, now: string): PlacementStatus {
  const content = placementConditions(placement.metadata).invalidNamespaceSelector(fault);
  const condition = conditionAt(content, placement.metadata.generation ?? 1, now);
  return { ...placement.status, conditions: setCondition(placement.status?.conditions, condition) };
}

/** What is copied: all but the condition about the copying. */
export function statusToCopy({ metadata }: ClusterResourcePlacement, status: PlacementStatus): PlacementStatus {
  const conditions = status.conditions?.filter(({ type }) => type !== statusSyncedType(metadata));
  return { ...status, ...(conditions && { conditions }) };
}

/**
 * The copy as a whole object.
 * @param sourceStatus as {@link statusToCopy} makes it
 * @param now RFC 3339, whole seconds
 */
export function buildStatusCopy(
  { metadata }: ClusterResourcePlacement,
  namespace: string,
  sourceStatus: PlacementStatus,
  now: string,
): ClusterResourcePlacementStatus {
  const { name, uid = '' } = metadata;
  return {
    apiVersion: apiVersionOf(kinds.statusCopy),
    kind: kinds.statusCopy.kind,
    metadata: { name, namespace, ownerReferences: [placementOwnerReference({ name, uid })] },
    sourceStatus,
    lastUpdatedTime: now,
  };
}

/** The status with the outcome of the copying as its last condition. */
export function withCopyOutcome(
  placement: ClusterResourcePlacement,
  status: PlacementStatus,
  outcome: ConditionContent,
  now: string,
): PlacementStatus {
  const condition = conditionAt(outcome, placement.metadata.generation ?? 1, now);
  const previous = placement.status?.conditions;
  const { conditions = [], ...rest } = statusToCopy(placement, status);
  return { ...rest, conditions: [...conditions, keepingTime(previous, condition)] };
}
