/** Copies that are to go and do not: what bindings say of it, and what the placement says while it is being deleted. */
import {
  conditionAt,
  conditionTypes,
  findCondition,
  placementConditions,
  removedType,
  setCondition,
} from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement, PlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { compareBytes } from '../ordering.ts';

/**
 * What keeps the copies of a binding that is to go; undefined while nothing is known to. On a binding that is to stay
 * it means nothing.
 */
export function removalTrouble({ status }: Pick<ClusterResourceBinding, 'status'>): Condition | undefined {
  const removed = findCondition(status?.conditions, conditionTypes.binding.removed);
  return removed?.status === 'False' ? removed : undefined;
}

/**
 * Status of a placement that is being deleted: as it was, and with the first cluster that keeps its copies.
 * Undefined where nothing has ever been in the way.
 * @param bindings of the placement
 * @param now RFC 3339, whole seconds
 */
export function removalStatus(
  { metadata, status }: ClusterResourcePlacement,
  bindings: readonly ClusterResourceBinding[],
  now: string,
): PlacementStatus | undefined {
  const [first, ...others] = bindings
    .filter((binding) => removalTrouble(binding) !== undefined)
    .sort((left, right) => compareBytes(left.spec.targetCluster, right.spec.targetCluster));
  const trouble = first && removalTrouble(first);
  const type = removedType(metadata);
  if (trouble === undefined) {
    if (findCondition(status?.conditions, type) === undefined) return undefined;
    return { ...status, conditions: status?.conditions?.filter((condition) => condition.type !== type) };
  }
  const content = placementConditions(metadata).notRemoved(trouble.message, others.length);
  return {
    ...status,
    conditions: setCondition(status?.conditions, conditionAt(content, metadata.generation ?? 1, now)),
  };
}
