/** From the objects on the hub to the facts that a rolling update is decided on. */
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { compareBytes } from '../ordering.ts';
import { namesTarget } from './boundTarget.ts';
import type { ClusterFacts, RolloutFacts, RolloutMode, RolloutTarget } from './facts.ts';
import { countsFrom, limitsOf, type RolloutLimits, type RolloutPause } from './limits.ts';
import { availabilityReport, isAvailable, standingReport } from './reports.ts';

export interface RolloutInput {
  /** Absent when it does not exist, or when the one of its name is not the one that is meant. */
  placement?: Pick<ClusterResourcePlacement, 'metadata' | 'spec'>;
  /** All bindings of the placement, deleting ones too. */
  bindings: readonly ClusterResourceBinding[];
  /** The latest resource snapshot, if all its parts are there. */
  snapshot?: { name: string; index: string };
  pause: RolloutPause;
  /** Epoch milliseconds. */
  now: number;
}

type Strategy = NonNullable<ClusterResourcePlacement['spec']['strategy']>;

/** @throws RangeError when a limit of the strategy cannot be read */
export function readFacts({ placement, bindings, snapshot, pause, now }: RolloutInput): RolloutFacts {
  const strategy = placement?.spec.strategy ?? {};
  const mode = modeOf(placement);
  const used = mode === 'gone' ? [] : onePerCluster(bindings);
  const desired = desiredClusters(placement, used);
  const limits = limitsOf(strategy.rollingUpdate, desired, pause);
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

export function modeOf(placement: RolloutInput['placement']): RolloutMode {
  if (placement === undefined) return 'gone';
  if (placement.metadata.deletionTimestamp !== undefined) return 'remove';
  return placement.spec.strategy?.type === 'External' ? 'external' : 'rollingUpdate';
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
 * As many as are chosen, but not more than the policy asks for: while a cluster is replaced by another, both have a
 * binding. Clusters that the policy misses do not count: a fleet that is one short must be able to take updates.
 */
function desiredClusters(placement: RolloutInput['placement'], bindings: readonly ClusterResourceBinding[]): number {
  const { placementType, numberOfClusters, clusterNames } = placement?.spec.policy ?? {};
  const chosen = bindings.filter(isSelected).length;
  if (placementType === 'PickN') return Math.min(chosen, numberOfClusters ?? chosen);
  if (placementType === 'PickFixed') return Math.min(chosen, clusterNames?.length ?? chosen);
  return chosen;
}

function isSelected({ spec }: ClusterResourceBinding): boolean {
  return spec.state !== 'Unscheduled';
}

export function targetOf(
  snapshot: NonNullable<RolloutInput['snapshot']>,
  { applyStrategy }: Pick<Strategy, 'applyStrategy'>,
): RolloutTarget {
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
  const atTarget = target !== undefined && isAtTarget(binding, target);
  const reached = atTarget && isAvailable(binding);
  return {
    cluster: spec.targetCluster,
    binding: metadata.name,
    ...(isSelected(binding) && { selected: true }),
    ...(metadata.deletionTimestamp !== undefined && { deleting: true }),
    ...(placed && { placed: true }),
    ...(atTarget && { atTarget: true }),
    ...(reached && { reached: true }),
    ...(placed ? healthOf(binding, limits) : { health: 'unavailable' }),
  };
}

function isAtTarget(binding: ClusterResourceBinding, { snapshot, applyStrategy }: RolloutTarget): boolean {
  return namesTarget(binding, { resourceSnapshotName: snapshot, applyStrategy });
}

/** How the copies on a cluster are, by what its binding reports about its present content. */
export function healthOfBinding(binding: ClusterResourceBinding): ClusterFacts['health'] {
  const reports = ['Overridden', 'WorkSynchronized', 'Applied', 'Available'].map((type) =>
    standingReport(binding, type),
  );
  if (reports.some((report) => report?.status === 'False' && !inProgress.has(report.reason))) return 'failed';
  return isAvailable(binding) ? 'available' : 'unavailable';
}

function healthOf(binding: ClusterResourceBinding, limits: RolloutLimits): Pick<ClusterFacts, 'health' | 'countsFrom'> {
  const health = healthOfBinding(binding);
  const report = availabilityReport(binding);
  if (health !== 'available' || report === undefined) return { health };
  const from = countsFrom(report, limits, isSelected(binding));
  return { health, ...(from !== undefined && { countsFrom: from }) };
}
