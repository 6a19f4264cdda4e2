/** Snapshots of what a placement selects: when one is due, and the writes that make it. */
import { kinds } from '../../api/kinds.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import { isOver } from '../../domain/runs/over.ts';
import {
  groupSnapshots,
  latestGroup,
  nextSnapshotDueAt,
  planSnapshot,
  resourceHash,
  resourceIndexOf,
  type SnapshotPacing,
  type SnapshotPlan,
} from '../../domain/snapshots/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { restoreChanges, type Changes, type PlacementMemory } from './memory.ts';
import { belongsTo, historyLimit, labelledLatest, ownedBy } from './ownership.ts';
import type { PlacementSelection } from './selection.ts';

/** Outcome of a look at a placement's snapshots. */
export interface SnapshotOutcome {
  /** What the user must change in the selectors. */
  invalid?: string;
  /** Milliseconds until the next snapshot may be due. */
  dueInMs?: number;
}

type Dependencies = Pick<PlacementControllerDependencies, 'hub' | 'caches' | 'settings' | 'log'>;

/**
 * Takes a snapshot if one is due. Between two changes this costs nothing: selectors are evaluated when they or what
 * they select have changed, and a burst of changes is evaluated once, at its end.
 */
export async function ensureResourceSnapshot(
  dependencies: Dependencies,
  selection: PlacementSelection,
  placement: ClusterResourcePlacement,
  memory: PlacementMemory,
  now: number,
): Promise<SnapshotOutcome> {
  const isEvaluated = memory.selectedGeneration === placement.metadata.generation;
  if (isEvaluated && memory.changes === undefined) return { invalid: memory.invalid };
  if (isEvaluated && memory.changes !== undefined && memory.invalid === undefined) {
    const dueInMs = dueAt(dependencies, placement, memory, memory.changes) - now;
    if (dueInMs > 0) return { dueInMs };
  }
  const changes = memory.changes ?? { firstChangeAt: now, lastChangeAt: now };
  // Changes from here on belong to the next snapshot.
  memory.changes = undefined;
  try {
    const outcome = await evaluate(dependencies, selection, placement, memory, changes, now);
    if (outcome.dueInMs !== undefined) restoreChanges(memory, changes);
    return outcome;
  } catch (error) {
    restoreChanges(memory, changes);
    throw error;
  }
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
    return { invalid: memory.invalid };
  }
  memory.selectedGeneration = placement.metadata.generation;
  memory.invalid = attempt.selection.valid ? undefined : attempt.selection.error;
  if (!attempt.selection.valid) return { invalid: memory.invalid };

  const { objects } = attempt.selection;
  const hash = resourceHash(objects);
  const cached = ownedBy(placement, dependencies.caches.ofPlacement('resourceSnapshot', placement.metadata.name));
  const glance = planFor(dependencies, placement, cached, objects, hash);
  if (isSettled(glance)) return {};
  const dueInMs = dueAt(dependencies, placement, memory, changes) - now;
  // No label to take off: the writes for a due snapshot have begun before and go on.
  if (glance.isNewIndex && glance.loseLatestLabel.length > 0 && dueInMs > 0) return { dueInMs };
  await carryOut(dependencies, placement, objects, hash);
  memory.snapshotTakenAt = now;
  return {};
}

/** The cache said that something is to be written; what exactly follows from an uncached read. */
async function carryOut(
  dependencies: Dependencies,
  placement: ClusterResourcePlacement,
  objects: readonly KubernetesObject[],
  hash: string,
): Promise<void> {
  const { hub, log } = dependencies;
  const { items } = await hub.list(kinds.resourceSnapshot, belongsTo(placement.metadata.name));
  const plan = planFor(dependencies, placement, ownedBy(placement, items), objects, hash);
  if (isSettled(plan)) return;
  for (const snapshot of plan.loseLatestLabel) await relabel(hub, snapshot, false);
  if (plan.regainLatestLabel !== undefined) await relabel(hub, plan.regainLatestLabel, true);
  for (const { metadata } of plan.remove) {
    await hub.delete(kinds.resourceSnapshot, metadata.name, { uid: metadata.uid });
  }
  for (const snapshot of plan.create) await hub.create(kinds.resourceSnapshot, snapshot);
  log.info(
    { placement: placement.metadata.name, resourceSnapshotIndex: plan.index, objects: objects.length },
    plan.isNewIndex ? 'Took a resource snapshot.' : 'Completed a resource snapshot.',
  );
}

/** A JSON patch, since replacing would send the whole content back. */
async function relabel(hub: KubernetesClient, snapshot: ClusterResourceSnapshot, isLatest: boolean): Promise<void> {
  const { name, resourceVersion } = snapshot.metadata;
  const body = [
    { op: 'add', path: '/metadata/resourceVersion', value: resourceVersion },
    { op: 'add', path: '/metadata/labels', value: labelledLatest(snapshot, isLatest).metadata.labels },
  ];
  await hub.patch(kinds.resourceSnapshot, name, { type: 'json', body });
}

function planFor(
  dependencies: Dependencies,
  placement: ClusterResourcePlacement,
  existing: readonly ClusterResourceSnapshot[],
  objects: readonly KubernetesObject[],
  hash: string,
): SnapshotPlan {
  const { name, uid = '' } = placement.metadata;
  return planSnapshot({
    placement: { name, uid },
    existing,
    objects,
    hash,
    revisionHistoryLimit: historyLimit(placement),
    indexesInUse: indexesInUse(dependencies, name, existing),
  });
}

function isSettled({ loseLatestLabel, regainLatestLabel, create, isNewIndex }: SnapshotPlan): boolean {
  return !isNewIndex && loseLatestLabel.length === 0 && regainLatestLabel === undefined && create.length === 0;
}

/** Indexes that a binding points at or that a run has still to roll out. */
function indexesInUse(
  { caches }: Dependencies,
  placement: string,
  existing: readonly ClusterResourceSnapshot[],
): ReadonlySet<number> {
  const indexByName = new Map(existing.map((snapshot) => [snapshot.metadata.name, resourceIndexOf(snapshot)]));
  const bound = caches.ofPlacement('binding', placement).map(({ spec }) => spec.resourceSnapshotName);
  const named = caches
    .items('run')
    .filter((run) => run.spec.placementName === placement && !isOver(run))
    .map(({ spec }) => Number(spec.resourceSnapshotIndex));
  const indexes = [...bound.map((name) => (name === undefined ? undefined : indexByName.get(name))), ...named];
  return new Set(indexes.filter((index) => index !== undefined));
}

/** When the next snapshot may be taken, epoch milliseconds. */
function dueAt(
  { caches, settings }: Dependencies,
  placement: ClusterResourcePlacement,
  memory: PlacementMemory,
  changes: Changes,
): number {
  const existing = ownedBy(placement, caches.ofPlacement('resourceSnapshot', placement.metadata.name));
  const created = latestGroup(groupSnapshots(existing))?.master?.metadata.creationTimestamp;
  const previousSnapshotAt = memory.snapshotTakenAt ?? (created === undefined ? undefined : Date.parse(created));
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
  log.debug({ placement: placement.metadata.name, missing }, 'The selection waits until these kinds can be read.');
}
