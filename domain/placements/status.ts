/** Status of a placement, computed as a whole from what the hub holds. */
import {
  conditionAt,
  conditionTypes,
  findCondition,
  invalidPolicyReason,
  placementConditions,
  setCondition,
} from '../../api/conditions.ts';
import type { ConditionContent } from '../../api/conditions.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type {
  ClusterResourcePlacement,
  PerClusterPlacementStatus,
  PlacementStatus,
} from '../../api/types/clusterresourceplacement.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import type {
  ClusterDecision,
  ClusterSchedulingPolicySnapshot,
} from '../../api/types/clusterschedulingpolicysnapshot.ts';
import { compareBytes } from '../ordering.ts';
import { identifierOf } from '../selection/identifiers.ts';
import { groupSnapshots, latestGroup, objectsOf } from '../snapshots/groups.ts';
import type { SnapshotGroup } from '../snapshots/groups.ts';
import { clusterEntry, keepingTime } from './clusterEntries.ts';
import { aggregateSteps } from './aggregate.ts';
import { externalRollout } from './external.ts';
import { fitPlacementStatus } from './statusSize.ts';
import { documentedConditions, type StatusProfile } from './profile.ts';
import { unmetEntries } from './unmetEntries.ts';

/** What a status is made from. */
export interface PlacementStatusInput {
  placement: ClusterResourcePlacement;
  /** The latest policy snapshot; absent until it exists. */
  policySnapshot?: ClusterSchedulingPolicySnapshot;
  /** All bindings of the placement. */
  bindings: readonly ClusterResourceBinding[];
  /** All resource snapshots of the placement, every part. */
  resourceSnapshots: readonly ClusterResourceSnapshot[];
  /** For placements that roll out by themselves; External ones are younger than the document. */
  profile: StatusProfile;
  /** RFC 3339, whole seconds. */
  now: string;
}

/** New status of a placement. Conditions keep their times as long as their status stays. */
export function placementStatus(input: PlacementStatusInput): PlacementStatus {
  const groups = groupSnapshots(input.resourceSnapshots);
  const outcome = schedulingOutcome(input);
  if (outcome === undefined) return unscheduledStatus(input, latestGroup(groups));
  const entries = clusterEntries(input, outcome.selected, groups);
  const { conditions, resources } = rollout(input, entries, groups);
  const previous = input.placement.status?.conditions;
  return fitPlacementStatus(input.placement.metadata, {
    ...resources,
    placementStatuses: [...entries, ...outcome.unmet],
    conditions: [outcome.condition, ...conditions].map((content) =>
      keepingTime(previous, conditionAt(content, generationOf(input.placement), input.now)),
    ),
  });
}

/** Status of a placement whose selectors cannot be evaluated: everything but `Scheduled` stays as it was. */
export function invalidSelectorsStatus(
  placement: ClusterResourcePlacement,
  fault: string,
  now: string,
): PlacementStatus {
  return withScheduled(placement, placementConditions(placement.metadata).invalidResourceSelectors(fault), now);
}

/** True for placements that only staged update runs roll out. */
function isExternal({ spec }: ClusterResourcePlacement): boolean {
  return spec.strategy?.type === 'External';
}

type ResourcesInStatus = Pick<PlacementStatus, 'observedResourceIndex' | 'selectedResources'>;

/** Condition and selected clusters once the scheduler has seen this generation; undefined before. */
function schedulingOutcome({
  placement,
  policySnapshot,
  bindings,
  profile,
  now,
}: PlacementStatusInput):
  { condition: ConditionContent; selected: ClusterDecision[]; unmet: PerClusterPlacementStatus[] } | undefined {
  if (policySnapshot === undefined) return undefined;
  const { status, metadata } = policySnapshot;
  const scheduled = findCondition(status?.conditions, conditionTypes.policySnapshot.scheduled);
  if (scheduled === undefined || scheduled.status === 'Unknown') return undefined;
  const isFresh = scheduled.observedGeneration === (metadata.generation ?? 1);
  if (!isFresh || (status?.observedCRPGeneration ?? 0) < generationOf(placement)) return undefined;
  return {
    condition: placementConditions(placement.metadata).scheduled(scheduled),
    selected: selectedDecisions(policySnapshot, bindings),
    unmet: unmetEntries(placement, policySnapshot, now, isExternal(placement) ? 'upstream' : profile),
  };
}

/** By name. A policy snapshot lists so many decisions and no more, but each binding carries its own. */
function selectedDecisions(
  policySnapshot: ClusterSchedulingPolicySnapshot,
  bindings: readonly ClusterResourceBinding[],
): ClusterDecision[] {
  const listed = (policySnapshot.status?.targetClusters ?? []).filter(({ selected }) => selected);
  const names = new Set(listed.map(({ clusterName }) => clusterName));
  const further = bindings
    .filter(({ spec }) => spec.state !== 'Unscheduled' && !names.has(spec.targetCluster))
    .filter((binding) => standsUnder(policySnapshot, binding))
    .map(({ spec }) => spec.clusterDecision);
  return [...listed, ...further].sort((left, right) => compareBytes(left.clusterName, right.clusterName));
}

/**
 * Whether a binding counts under a policy: the one it was made for. Under a policy with a fault those of the policy
 * before it count too, for nothing is moved until the fault is gone.
 */
function standsUnder(
  { metadata: { name }, status }: ClusterSchedulingPolicySnapshot,
  { metadata, spec }: ClusterResourceBinding,
): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  const scheduled = findCondition(status?.conditions, conditionTypes.policySnapshot.scheduled);
  return spec.schedulingPolicySnapshotName === name || scheduled?.reason === invalidPolicyReason;
}

/** While the scheduler works on a new generation, later conditions stay, with the generation they were about. */
function unscheduledStatus(
  { placement, now }: PlacementStatusInput,
  latest: SnapshotGroup | undefined,
): PlacementStatus {
  const { conditions } = withScheduled(placement, placementConditions(placement.metadata).schedulePending(), now);
  return { ...resourcesOf(latest), placementStatuses: [], conditions };
}

function withScheduled(placement: ClusterResourcePlacement, content: ConditionContent, now: string): PlacementStatus {
  const condition = conditionAt(content, generationOf(placement), now);
  return { ...placement.status, conditions: setCondition(placement.status?.conditions, condition) };
}

function clusterEntries(
  { placement, policySnapshot, bindings, profile, now }: PlacementStatusInput,
  selected: readonly ClusterDecision[],
  groups: readonly SnapshotGroup[],
): PerClusterPlacementStatus[] {
  const bindingOf = new Map(
    bindings
      .filter((binding) => policySnapshot !== undefined && standsUnder(policySnapshot, binding))
      .map((binding) => [binding.spec.targetCluster, binding]),
  );
  const external = isExternal(placement);
  const latest = latestGroup(groups)?.master?.metadata.name;
  const indexOf = new Map(groups.map(({ master, index }) => [master?.metadata.name, String(index)]));
  const previousOf = new Map(placement.status?.placementStatuses?.map((entry) => [entry.clusterName, entry]));
  return selected.map((decision) => {
    const binding = bindingOf.get(decision.clusterName);
    const previous = previousOf.get(decision.clusterName);
    const snapshotName = binding?.spec.resourceSnapshotName;
    return clusterEntry({
      decision,
      ...(binding && { binding }),
      ...(previous && { previous }),
      resourceIndex: snapshotName === undefined ? '' : (indexOf.get(snapshotName) ?? ''),
      awaitsRollout: !external && snapshotName !== latest,
      profile: external ? 'upstream' : profile,
      generation: generationOf(placement),
      now,
    });
  });
}

/** Conditions after `Scheduled`, and the resources that they are about: the latest ones unless clusters say otherwise. */
function rollout(
  { placement, profile }: Pick<PlacementStatusInput, 'placement' | 'profile'>,
  entries: readonly PerClusterPlacementStatus[],
  groups: readonly SnapshotGroup[],
): { conditions: ConditionContent[]; resources: ResourcesInStatus } {
  const latest = latestGroup(groups);
  if (entries.length === 0) return { conditions: [], resources: resourcesOf(latest) };
  if (!isExternal(placement)) {
    const conditions = aggregateSteps(placement.metadata, entries);
    return {
      conditions: profile === 'documented' ? documentedConditions(placement.metadata, conditions, entries) : conditions,
      resources: resourcesOf(latest),
    };
  }
  const { conditions, resourceIndex } = externalRollout(placement.metadata, entries);
  return { conditions, resources: resourcesOf(groups.find(({ index }) => String(index) === resourceIndex)) };
}

function resourcesOf(group: SnapshotGroup | undefined): ResourcesInStatus {
  if (group === undefined) return { selectedResources: [] };
  return { observedResourceIndex: String(group.index), selectedResources: objectsOf(group).map(identifierOf) };
}

function generationOf({ metadata }: ClusterResourcePlacement): number {
  return metadata.generation ?? 1;
}
