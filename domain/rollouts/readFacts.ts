/** From the objects on the hub to the facts that a rolling update is decided on. */
import { findCondition } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement, RolloutStrategy } from '../../api/types/clusterresourceplacement.ts';
import { compareBytes } from '../ordering.ts';
import type { ClusterFacts, RolloutFacts, RolloutMode, RolloutTarget } from './facts.ts';
import { targetKey } from './facts.ts';
import { limitsOf, type RollingUpdateSettings, type RolloutLimits } from './limits.ts';

export interface RolloutInput {
  /** Absent when it does not exist, or when the one of its name is not the one that is meant. */
  placement?: Pick<ClusterResourcePlacement, 'metadata' | 'spec'>;
  /** All bindings of the placement, deleting ones too. */
  bindings: readonly ClusterResourceBinding[];
  /** The latest resource snapshot, if all its parts are there. */
  snapshot?: { name: string; index: string };
  /** Epoch milliseconds. */
  now: number;
}

type Strategy = RolloutStrategy & { rollingUpdate?: RollingUpdateSettings };

/** @throws RangeError when a limit of the strategy cannot be read */
export function readFacts({ placement, bindings, snapshot, now }: RolloutInput): RolloutFacts {
  const strategy: Strategy = placement?.spec.strategy ?? {};
  const mode = modeOf(placement, strategy);
  const used = mode === 'gone' ? [] : onePerCluster(bindings);
  const desired = desiredClusters(placement, used);
  const limits = limitsOf(strategy.rollingUpdate, desired);
  const target = snapshot && targetOf(snapshot, strategy);
  const clusters = used.map((binding) => clusterFacts(binding, target, limits));
  const listed = mode === 'remove' ? clusters : clusters.filter((cluster) => !isSettled(cluster, now));
  return {
    mode,
    desired,
    limits,
    ...(target && { target }),
    settled: clusters.length - listed.length,
    clusters: listed.sort((left, right) => compareBytes(left.cluster, right.cluster)),
  };
}

/** Reasons of conditions that are False because something is still going on; with any other reason it has failed. */
const inProgress: ReadonlySet<string> = new Set([
  'OverriddenPending',
  'WorkNotSynchronizedYet',
  'ApplyPending',
  'ApplyInProgress',
  'ResourceNotAvailableYet',
  'NotAllWorkAreAvailable',
]);

/**
 * Annotation of a binding: its generation since which the cluster is to have what it names. Written with the claim that
 * changes the content, so before the first object is.
 */
export const contentGeneration = 'flotilla.kubernetes-fleet.io/content-generation';

/** Reasons of `Available` True when nobody can tell of each object whether it is available. */
const unobserved: ReadonlySet<string> = new Set(['NotAllWorkAreAvailabilityTrackable', 'WorkNotTrackable']);

function modeOf(placement: RolloutInput['placement'], strategy: Strategy): RolloutMode {
  if (placement === undefined) return 'gone';
  if (placement.metadata.deletionTimestamp !== undefined) return 'remove';
  return strategy.type === 'External' ? 'external' : 'rollingUpdate';
}

/** A cluster whose binding is being deleted is free for the next one only when that has gone. */
function onePerCluster(bindings: readonly ClusterResourceBinding[]): ClusterResourceBinding[] {
  const used = new Map<string, ClusterResourceBinding>();
  for (const binding of bindings) {
    const { targetCluster } = binding.spec;
    if (binding.metadata.deletionTimestamp !== undefined || !used.has(targetCluster)) used.set(targetCluster, binding);
  }
  return [...used.values()];
}

/**
 * What the policy asks for, also where fewer clusters fit: a missing one is an unavailable one. A policy that takes all
 * clusters asks for those that were chosen.
 */
function desiredClusters(placement: RolloutInput['placement'], bindings: readonly ClusterResourceBinding[]): number {
  const { placementType, numberOfClusters, clusterNames } = placement?.spec.policy ?? {};
  if (placementType === 'PickN') return numberOfClusters ?? 0;
  if (placementType === 'PickFixed') return clusterNames?.length ?? 0;
  return bindings.filter(isSelected).length;
}

function isSelected({ spec }: ClusterResourceBinding): boolean {
  return spec.state !== 'Unscheduled';
}

function targetOf(snapshot: { name: string; index: string }, { applyStrategy }: Strategy): RolloutTarget {
  return { snapshot: snapshot.name, index: snapshot.index, ...(applyStrategy && { applyStrategy }) };
}

function isSettled({ selected, deleting, reached, countsFrom }: ClusterFacts, now: number): boolean {
  return selected === true && deleting === undefined && reached === true && (countsFrom ?? 0) <= now;
}

function clusterFacts(
  binding: ClusterResourceBinding,
  target: RolloutTarget | undefined,
  limits: RolloutLimits,
): ClusterFacts {
  const { metadata, spec } = binding;
  const placed = spec.state === 'Bound' || spec.resourceSnapshotName !== undefined;
  const atTarget = target !== undefined && spec.state === 'Bound' && namesTarget(binding, target);
  const reached = atTarget && standing(binding, 'Available')?.status === 'True';
  return {
    cluster: spec.targetCluster,
    binding: metadata.name,
    ...(isSelected(binding) && { selected: true }),
    ...(metadata.deletionTimestamp !== undefined && { deleting: true }),
    ...(placed && { placed: true }),
    ...(atTarget && { atTarget: true }),
    ...(reached && { reached: true }),
    ...(placed ? healthOf(binding, limits.unavailableMs) : { health: 'unavailable' }),
  };
}

function namesTarget({ spec }: ClusterResourceBinding, target: RolloutTarget): boolean {
  const { resourceSnapshotName = '', applyStrategy } = spec;
  return targetKey({ snapshot: resourceSnapshotName, index: '', applyStrategy }) === targetKey(target);
}

/** How the copies on a cluster are, by what its binding reports about its present content. */
export function healthOfBinding(binding: ClusterResourceBinding): ClusterFacts['health'] {
  return healthOf(binding, 0).health;
}

function healthOf(binding: ClusterResourceBinding, unavailableMs: number): Pick<ClusterFacts, 'health' | 'countsFrom'> {
  const reports = ['Overridden', 'WorkSynchronized', 'Applied', 'Available'].map((type) => standing(binding, type));
  if (reports.some((report) => report?.status === 'False' && !inProgress.has(report.reason)))
    return { health: 'failed' };
  const available = standing(binding, 'Available');
  if (available?.status !== 'True') return { health: 'unavailable' };
  if (!unobserved.has(available.reason)) return { health: 'available' };
  return { health: 'available', countsFrom: Date.parse(available.lastTransitionTime) + unavailableMs };
}

/**
 * A report stands as long as nobody has begun to change the cluster since. A newer generation of the binding alone does
 * not end it: the scheduler makes one when it selects a cluster under a new policy, or does so no longer.
 */
function standing({ metadata, status }: ClusterResourceBinding, type: string): Condition | undefined {
  const condition = findCondition(status?.conditions, type);
  const changedAt = wholeNumber(metadata.annotations?.[contentGeneration]) ?? metadata.generation ?? 0;
  return (condition?.observedGeneration ?? -1) >= changedAt ? condition : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
