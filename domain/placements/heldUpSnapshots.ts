/**
 * Resource snapshots that are not taken, because what is selected cannot be told or the hub refuses them: what the
 * placement says of it.
 */
import {
  conditionAt,
  findCondition,
  placementConditions,
  snapshotsTakenType,
  type ConditionContent,
} from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type { Scope } from '../../api/references.ts';
import type { ClusterResourcePlacement, PlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import { keepingTime } from './clusterEntries.ts';
import { heldUpReason, resumedEvent, type PlacementEvent } from './events.ts';

/** The condition that says so; undefined while snapshots are taken. */
export function snapshotsHeldUp(scope: Scope, status: PlacementStatus | undefined): Condition | undefined {
  const taken = findCondition(status?.conditions, snapshotsTakenType(scope));
  return taken?.status === 'False' ? taken : undefined;
}

/**
 * The status with the condition while snapshots are held up, and without it else.
 * @param groupVersions as `group/version`, whose API servers do not answer the hub; none: nothing is held up
 * @param now RFC 3339, whole seconds
 */
export function withHeldUpSnapshots(
  placement: ClusterResourcePlacement,
  status: PlacementStatus,
  groupVersions: readonly string[],
  now: string,
): PlacementStatus {
  const { snapshotsHeldUp: content } = placementConditions(placement.metadata);
  return withTaken(placement, status, groupVersions.length === 0 ? undefined : content([...groupVersions].sort()), now);
}

/**
 * The status with the condition that no snapshot can be kept.
 * @param trouble one sentence on how the last attempt has ended
 * @param now RFC 3339, whole seconds
 */
export function withFailingSnapshots(
  placement: ClusterResourcePlacement,
  status: PlacementStatus,
  trouble: string,
  now: string,
): PlacementStatus {
  return withTaken(placement, status, placementConditions(placement.metadata).snapshotsFail(trouble), now);
}

/** @param content undefined while snapshots are taken, of which no condition tells */
function withTaken(
  { metadata, status: previous }: ClusterResourcePlacement,
  status: PlacementStatus,
  content: ConditionContent | undefined,
  now: string,
): PlacementStatus {
  const type = snapshotsTakenType(metadata);
  const others = status.conditions?.filter((condition) => condition.type !== type);
  if (content === undefined) return others === undefined ? status : { ...status, conditions: others };
  const condition = keepingTime(previous?.conditions, conditionAt(content, metadata.generation ?? 1, now));
  return { ...status, conditions: [...(others ?? []), condition] };
}

/** An event when snapshots begin to be held up, or by something else than before, and one when they are taken again. */
export function heldUpEvents(
  scope: Scope,
  previous: PlacementStatus | undefined,
  next: PlacementStatus,
): PlacementEvent[] {
  const [before, after] = [snapshotsHeldUp(scope, previous), snapshotsHeldUp(scope, next)];
  if (before?.message === after?.message) return [];
  return [after === undefined ? resumedEvent : { type: 'Warning', reason: heldUpReason, message: after.message }];
}
