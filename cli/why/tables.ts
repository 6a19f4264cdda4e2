/** The causes in the order in which they are tried: what ends everything first, then what holds everything, then parts. */
import { removalTrouble } from '../../domain/placements/removal.ts';
import { isRolledOut } from '../rollout/placementLines.ts';
import { approvalGiven } from './causes/approvalGiven.ts';
import { approvalNotCounted } from './causes/approvalNotCounted.ts';
import { approvalPending } from './causes/approvalPending.ts';
import { applyRejected, ownershipConflict } from './causes/applyRejected.ts';
import { displaced } from './causes/displaced.ts';
import { failed, succeeded } from './causes/ended.ts';
import { foreignRequest } from './causes/foreignRequest.ts';
import { hindered } from './causes/hindered.ts';
import { memberUnreachable } from './causes/memberUnreachable.ts';
import { noWorker } from './causes/noWorker.ts';
import { imageNotPulled, notAvailable } from './causes/notAvailable.ts';
import { placementNotScheduled, runNotScheduled } from './causes/notScheduled.ts';
import { planOutdated } from './causes/planOutdated.ts';
import { copiesHeld, leftCopiesHeld, placementHeld, runHeld } from './causes/removalHeld.ts';
import { snapshotsHeld } from './causes/snapshotsHeld.ts';
import { planned, stopped } from './causes/stopped.ts';
import { temporalUnreachable } from './causes/temporalUnreachable.ts';
import { timedWait } from './causes/timedWait.ts';
import { noRun, nothing, progressing } from './causes/underWay.ts';
import { placementWaitsForSlot, waitingForSlot } from './causes/waitingForSlot.ts';
import { count } from '../run/counts.ts';
import { firstOf, type Cause, type Finding } from './finding.ts';
import {
  stageOf,
  workingCluster,
  workingOn,
  type PlacementFacts,
  type RunFacts,
  type WhyFacts,
  type WorkingCluster,
} from './facts.ts';

export const runCauses: readonly Cause<RunFacts>[] = [
  succeeded,
  displaced,
  planOutdated,
  foreignRequest,
  failed,
  noWorker,
  runHeld,
  temporalUnreachable,
  runNotScheduled,
  planned,
  stopped,
  approvalGiven,
  approvalNotCounted,
  approvalPending,
  timedWait,
  workOfRun,
  progressing,
];

/** One cluster of a run: what it waits for itself, not what the others do. */
export const clusterOfRunCauses: readonly Cause<RunFacts>[] = [waitingForSlot, workOfRun];

export const placementCauses: readonly Cause<PlacementFacts>[] = [
  attended(placementHeld),
  attended(snapshotsHeld),
  newestRunSays,
  attended(leftByPlacement),
  rolledOut,
  noWorker,
  placementNotScheduled,
  noRun,
  workOfPlacement,
  placementWaitsForSlot,
];

/** In a cluster on which somebody is at work. */
type ClusterCause<F> = (facts: F, cluster: WorkingCluster) => Finding | undefined;

const workCauses: readonly ClusterCause<WhyFacts>[] = [
  memberUnreachable,
  ownershipConflict,
  applyRejected,
  imageNotPulled,
  notAvailable,
];

const workOfRunCauses: readonly ClusterCause<RunFacts>[] = [...workCauses, copiesHeld, hindered];

/** What keeps a cluster of a run, with the stage in which that is. */
function workOfRun(facts: RunFacts): Finding | undefined {
  const clusters = workingOn(facts);
  const found = ofClusters(workOfRunCauses, facts, clusters);
  const stage = stageOf(facts);
  if (found === undefined || stage === undefined) return undefined;
  const { finding, cluster } = found;
  const others = clusters.filter(({ name, trouble }) => name !== cluster.name && trouble !== '').length;
  const more = others === 0 ? '' : ` (and ${count(others)} more)`;
  const where = cluster.removing ? 'all stages are done; the removal at the end' : `stage ${stage.stageName}`;
  const detail = cluster.trouble === '' ? finding.rule : cluster.trouble;
  return { ...finding, short: `${where} waits for cluster ${cluster.name}${more}`, detail };
}

/** Clusters that a placement which rolls out by itself has begun with. */
function workOfPlacement(facts: PlacementFacts): Finding | undefined {
  const isAsked = (name: string): boolean => facts.cluster === undefined || facts.cluster === name;
  const begun = facts.bindings.filter(({ spec }) => spec.state === 'Bound' && isAsked(spec.targetCluster));
  const clusters = begun.map(({ spec }) => workingCluster(facts, spec.targetCluster, false));
  return ofClusters(workCauses, facts, clusters)?.finding;
}

/** Clusters that a placement which rolls out by itself has to leave, and that keep its copies. */
function leftByPlacement(facts: PlacementFacts): Finding | undefined {
  const { placement, bindings, cluster: asked } = facts;
  // What a run has begun to remove only a run goes on with.
  if (placement.spec.strategy?.type === 'External') return undefined;
  const clusters = bindings
    .filter(({ metadata, spec }) => metadata.deletionTimestamp !== undefined || spec.state === 'Unscheduled')
    .filter(({ spec }) => asked === undefined || asked === spec.targetCluster)
    .map((binding) => ({
      ...workingCluster(facts, binding.spec.targetCluster, true, removalTrouble(binding)?.message),
      binding,
    }))
    .filter(({ trouble }) => trouble !== '');
  return ofClusters<PlacementFacts>([memberUnreachable, leftCopiesHeld], facts, clusters)?.finding;
}

/** What the last worker found holds as long as one runs; else it is the worker that is waited for. */
function attended<F extends WhyFacts>(cause: Cause<F>): Cause<F> {
  return (facts) => {
    const found = cause(facts);
    return found && (noWorker(facts) ?? found);
  };
}

function newestRunSays({ subject, newestRun }: PlacementFacts): Finding | undefined {
  const finding = newestRun && firstOf(runCauses, newestRun);
  return finding && { ...finding, what: `${subject} follows its newest run, and ${finding.what}` };
}

function rolledOut(facts: PlacementFacts): Finding | undefined {
  return isRolledOut(facts.placement) ? nothing(facts) : undefined;
}

/** The first cluster that has a cause. */
function ofClusters<F>(
  causes: readonly ClusterCause<F>[],
  facts: F,
  clusters: readonly WorkingCluster[],
): { finding: Finding; cluster: WorkingCluster } | undefined {
  for (const cluster of clusters) {
    for (const cause of causes) {
      const finding = cause(facts, cluster);
      if (finding !== undefined) return { finding, cluster };
    }
  }
  return undefined;
}
