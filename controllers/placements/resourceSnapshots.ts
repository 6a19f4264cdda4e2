/** Snapshots of what a placement selects: when the placement loop takes the next one. */
import { nameOf, referenceOf } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import { groupSnapshots, latestGroup, nextSnapshotDueAt, type SnapshotPacing } from '../../domain/snapshots/index.ts';
import { isUnreachable } from '../../kube/errors.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { restoreChanges, type Changes, type PlacementMemory } from './memory.ts';
import { ownedBy } from './ownership.ts';
import type { PlacementSelection } from './selection.ts';
import { carryOut, contentOf, isSettled, planFor, readSnapshots } from './snapshotWrites.ts';
import { noteTrouble, pauseAfterTrouble, withTrouble } from './snapshotTrouble.ts';

/** Outcome of a look at a placement's snapshots. */
export interface SnapshotOutcome {
  /** What the user must change in the selectors. */
  invalid?: string;
  /** Why no snapshot can be taken of valid selectors, as one sentence. */
  trouble?: string;
  /** Groups, as `group/version`, that may be selected, and whose API servers do not answer the hub. */
  silentGroups?: string[];
  /** Milliseconds until the next snapshot may be due. */
  dueInMs?: number;
}

type Dependencies = Pick<PlacementControllerDependencies, 'hub' | 'caches' | 'settings' | 'log'>;

/**
 * Takes a snapshot if one is due. Between two changes this costs nothing: selectors are evaluated when they or what
 * they select have changed, and a burst of changes is evaluated once, at its end.
 * @throws the first failures in a row, and always when the hub is away; after that they are {@link SnapshotOutcome.trouble}
 */
export async function ensureResourceSnapshot(
  dependencies: Dependencies,
  selection: PlacementSelection,
  placement: ClusterResourcePlacement,
  memory: PlacementMemory,
  now: number,
): Promise<SnapshotOutcome> {
  const pauseMs = pauseAfterTrouble(memory, placement, now);
  if (pauseMs > 0) return withTrouble(memory, { dueInMs: pauseMs });
  const isEvaluated = memory.selectedGeneration === placement.metadata.generation;
  if (isEvaluated && memory.changes === undefined) return { invalid: faultOf(memory, placement) };
  if (isEvaluated && memory.changes !== undefined && memory.invalid === undefined) {
    const dueInMs = dueAt(dependencies, placement, memory, memory.changes) - now;
    if (dueInMs > 0) return withTrouble(memory, { dueInMs });
  }
  const changes = memory.changes ?? { firstChangeAt: now, lastChangeAt: now };
  // Changes from here on belong to the next snapshot.
  memory.changes = undefined;
  try {
    const outcome = await evaluate(dependencies, selection, placement, memory, changes, now);
    if (outcome.dueInMs === undefined) memory.snapshotTrouble = undefined;
    else restoreChanges(memory, changes);
    return withTrouble(memory, outcome);
  } catch (error) {
    restoreChanges(memory, changes);
    if (isUnreachable(error) || !noteTrouble(dependencies, placement, memory, error, now)) throw error;
    return withTrouble(memory, { dueInMs: pauseAfterTrouble(memory, placement, now) });
  }
}

/** What was wrong with selectors that have been replaced since says nothing about the new ones. */
function faultOf({ invalid }: PlacementMemory, { metadata }: ClusterResourcePlacement): string | undefined {
  return invalid?.generation === metadata.generation ? invalid?.fault : undefined;
}

async function evaluate(
  dependencies: Dependencies,
  selection: PlacementSelection,
  placement: ClusterResourcePlacement,
  memory: PlacementMemory,
  changes: Changes,
  now: number,
): Promise<SnapshotOutcome> {
  const attempt = await selection.select(placement);
  if (!attempt.ready) {
    restoreChanges(memory, changes);
    memory.selectedGeneration = undefined;
    report(dependencies, placement, memory, attempt.missing);
    return { invalid: faultOf(memory, placement), silentGroups: attempt.silent };
  }
  const { generation } = placement.metadata;
  memory.selectedGeneration = generation;
  memory.invalid = attempt.selection.valid ? undefined : { generation, fault: attempt.selection.error };
  if (!attempt.selection.valid) return { invalid: attempt.selection.error };

  const content = contentOf(attempt.selection.objects);
  const cached = ownedBy(placement, dependencies.caches.ofPlacement('resourceSnapshot', referenceOf(placement)));
  const glance = planFor(dependencies, placement, cached, content);
  if (isSettled(glance)) return {};
  const dueInMs = dueAt(dependencies, placement, memory, changes) - now;
  // No label to take off: the writes for a due snapshot have begun before and go on.
  if (glance.isNewIndex && glance.loseLatestLabel.length > 0 && dueInMs > 0) return { dueInMs };

  // The cache said that something is to be written; what exactly follows from an uncached read.
  const existing = await readSnapshots(dependencies.hub, placement);
  const plan = planFor(dependencies, placement, existing, content);
  // A run has taken a snapshot meanwhile, of objects that are perhaps newer than the cached ones.
  if (plan.isNewIndex && latestIndex(existing) !== latestIndex(cached)) return { dueInMs: overtakenPauseMs };
  await carryOut(dependencies, placement, plan);
  memory.snapshotTakenAt = now;
  return {};
}

/** After which the caches have caught up with a snapshot that somebody else took. */
const overtakenPauseMs = 100;

function latestIndex(snapshots: readonly ClusterResourceSnapshot[]): number | undefined {
  return latestGroup(groupSnapshots(snapshots))?.index;
}

/** When the next snapshot may be taken, epoch milliseconds. */
function dueAt(
  { caches, settings }: Dependencies,
  placement: ClusterResourcePlacement,
  memory: PlacementMemory,
  changes: Changes,
): number {
  const existing = ownedBy(placement, caches.ofPlacement('resourceSnapshot', referenceOf(placement)));
  const created = latestGroup(groupSnapshots(existing))?.master?.metadata.creationTimestamp;
  // Runs take snapshots too, so the latest one need not be ours.
  const times = [memory.snapshotTakenAt, created === undefined ? undefined : Date.parse(created)];
  const known = times.filter((time) => time !== undefined);
  const previousSnapshotAt = known.length === 0 ? undefined : Math.max(...known);
  const pacing: SnapshotPacing = {
    quietMs: settings.snapshotQuietMs,
    maxDelayMs: settings.snapshotMaxDelayMs,
    minIntervalMs: settings.snapshotMinIntervalMs,
  };
  return nextSnapshotDueAt({ ...changes, previousSnapshotAt }, pacing);
}

/** Says once that a selection waits, and for what. */
function report(
  { log }: Dependencies,
  placement: ClusterResourcePlacement,
  memory: PlacementMemory,
  missing: readonly string[],
): void {
  const list = missing.join(', ');
  if (memory.reportedMissing === list) return;
  memory.reportedMissing = list;
  log.debug({ placement: nameOf(placement), missing }, 'The selection waits until these kinds can be read.');
}
