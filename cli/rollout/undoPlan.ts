/** What going back means: which revision, for which clusters, with which strategy. */
import { referenceOf } from '../../api/references.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { compareBytes } from '../../domain/ordering.ts';
import { phaseOfObject } from '../../domain/runs/objectPhase.ts';
import { isOver } from '../../domain/runs/over.ts';
import { ownCommand } from '../calledAs.ts';
import { missingRevision } from './missingRevision.ts';
import { bindingRevisions, revisionsOf, type Revision, type RevisionFacts } from './revisions.ts';
import { revisionOf } from './runOrder.ts';
import { runTarget } from './target.ts';

export interface UndoRequest extends RevisionFacts {
  /** The placement, as it is typed. */
  name: string;
  toRevision?: number;
  /** Absent: that of the newest run. */
  strategy?: string;
}

export interface UndoPlan {
  to: number;
  strategy: string;
  /** By name of the cluster. */
  moves: ClusterMove[];
  /** Runs that would go on with another revision meanwhile. */
  toPause: ClusterStagedUpdateRun[];
}

export interface ClusterMove {
  cluster: string;
  /** Absent: it has nothing yet. */
  from?: number;
  /** Absent: the placement does not select it any more, so it loses what it has. */
  to?: number;
}

/** @throws Error with one sentence on why there is no way back, and what there is instead */
export function planUndo(request: UndoRequest): UndoPlan {
  const { name, runs, bindings, snapshots } = request;
  const revisions = revisionsOf(request);
  const to = request.toRevision ?? previousRevision(request, revisions);
  const target = revisions.find(({ index }) => index === to);
  if (target === undefined) throw new Error(missingRevision(name, to, revisions));
  if (!target.complete) throw new Error(`Revision ${String(to)} of ${name} is incomplete: parts of it were deleted.`);
  const strategy = request.strategy ?? runs[0]?.spec.stagedRolloutStrategyName;
  if (strategy === undefined) {
    throw new Error(`${name} has no run whose strategy could be used again: say which with --strategy.`);
  }
  const revisionIn = bindingRevisions(snapshots);
  const moves = bindings.map((binding): ClusterMove => {
    const from = revisionIn(binding);
    const isLeaving = binding.spec.state === 'Unscheduled' || binding.metadata.deletionTimestamp !== undefined;
    return { cluster: binding.spec.targetCluster, ...(from !== undefined && { from }), ...(!isLeaving && { to }) };
  });
  const underWay = runs.filter(isUnderWay);
  const toPause = underWay.filter((run) => revisionOf(run) !== to);
  const [already] = underWay;
  if (already !== undefined && toPause.length === 0) {
    const run = runTarget(referenceOf(already));
    throw new Error(
      `${run} brings ${name} to revision ${String(to)} already: ${ownCommand(`rollout status ${run}`)} follows it.`,
    );
  }
  if (toPause.length === 0 && moves.every((move) => move.from === move.to)) {
    throw new Error(`Nothing to do: every cluster of ${name} has revision ${String(to)} already.`);
  }
  return { to, strategy, moves: moves.sort((left, right) => compareBytes(left.cluster, right.cluster)), toPause };
}

/** One that is only planned, or paused already, starts nothing by itself. */
function isUnderWay(run: ClusterStagedUpdateRun): boolean {
  return !isOver(run) && run.metadata.deletionTimestamp === undefined && (run.spec.state ?? 'Run') === 'Run';
}

/**
 * The revision from before the newest run: the last one that a run brought to its end, else the earlier one that most
 * clusters still have. What only once was selected and never proved itself is no way back.
 */
function previousRevision({ name, runs, bindings, snapshots }: UndoRequest, revisions: readonly Revision[]): number {
  const current = runs.map(revisionOf).find((index) => index !== undefined);
  const kept = new Set(revisions.map(({ index }) => index));
  const proved = runs
    .filter((run) => phaseOfObject(run) === 'Succeeded')
    .map(revisionOf)
    .find((index) => index !== undefined && index !== current);
  const isEarlier = (index: number | undefined): boolean => index !== undefined && index < (current ?? Infinity);
  const previous = proved ?? mostCommon(bindings.map(bindingRevisions(snapshots)).filter(isEarlier));
  if (previous !== undefined) return previous;
  const others = [...kept].filter((index) => index !== current);
  const choice = others.length === 0 ? 'there is no other' : `choose with --to-revision: ${others.join(', ')}`;
  throw new Error(`No earlier revision of ${name} was rolled out to its end; ${choice}.`);
}

function mostCommon(indexes: readonly (number | undefined)[]): number | undefined {
  const counts = new Map<number, number>();
  for (const index of indexes) if (index !== undefined) counts.set(index, (counts.get(index) ?? 0) + 1);
  return [...counts].sort(([one, times], [other, otherTimes]) => otherTimes - times || other - one)[0]?.[0];
}
