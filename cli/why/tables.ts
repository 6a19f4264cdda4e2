/** The causes in the order in which they are tried: what ends everything first, then what holds everything, then parts. */
import { isRolledOut } from '../rollout/placementLines.ts';
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
import { copiesHeld, placementHeld, runHeld } from './causes/removalHeld.ts';
import { planned, stopped } from './causes/stopped.ts';
import { temporalUnreachable } from './causes/temporalUnreachable.ts';
import { timedWait } from './causes/timedWait.ts';
import { noRun, nothing, progressing } from './causes/underWay.ts';
import { placementWaitsForSlot, waitingForSlot } from './causes/waitingForSlot.ts';
import { firstOf, type Cause, type Finding } from './finding.ts';
import {
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
  approvalNotCounted,
  approvalPending,
  timedWait,
  workOfRun,
  copiesHeld,
  hindered,
  progressing,
];

/** One cluster of a run: what it waits for itself, not what the others do. */
export const clusterOfRunCauses: readonly Cause<RunFacts>[] = [waitingForSlot, workOfRun, copiesHeld, hindered];

export const placementCauses: readonly Cause<PlacementFacts>[] = [
  placementLeaves,
  newestRunSays,
  rolledOut,
  noWorker,
  placementNotScheduled,
  noRun,
  workOfPlacement,
  placementWaitsForSlot,
];

/** In a cluster on which somebody is at work. */
const workCauses: readonly ((facts: WhyFacts, cluster: WorkingCluster) => Finding | undefined)[] = [
  memberUnreachable,
  ownershipConflict,
  applyRejected,
  imageNotPulled,
  notAvailable,
];

function workOfRun(facts: RunFacts): Finding | undefined {
  return ofClusters(facts, workingOn(facts));
}

/** Clusters that a placement which rolls out by itself has begun with. */
function workOfPlacement(facts: PlacementFacts): Finding | undefined {
  const isAsked = (name: string): boolean => facts.cluster === undefined || facts.cluster === name;
  const begun = facts.bindings.filter(({ spec }) => spec.state === 'Bound' && isAsked(spec.targetCluster));
  return ofClusters(
    facts,
    begun.map(({ spec }) => workingCluster(facts, spec.targetCluster, false)),
  );
}

function placementLeaves(facts: PlacementFacts): Finding | undefined {
  if (facts.placement.metadata.deletionTimestamp === undefined) return undefined;
  return noWorker(facts) ?? placementHeld(facts);
}

function newestRunSays({ subject, newestRun }: PlacementFacts): Finding | undefined {
  const finding = newestRun && firstOf(runCauses, newestRun);
  return finding && { ...finding, what: `${subject} follows its newest run, and ${finding.what}` };
}

function rolledOut(facts: PlacementFacts): Finding | undefined {
  return isRolledOut(facts.placement) ? nothing(facts) : undefined;
}

function ofClusters(facts: WhyFacts, clusters: readonly WorkingCluster[]): Finding | undefined {
  for (const cluster of clusters) {
    const finding = firstOf(
      workCauses.map((cause) => (all: WhyFacts) => cause(all, cluster)),
      facts,
    );
    if (finding !== undefined) return finding;
  }
  return undefined;
}
