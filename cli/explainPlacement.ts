/** Why clusters are in a placement or out of it, from what the hub holds. Nothing else has to run. */
import { findCondition, placementStepType } from '../api/conditions.ts';
import { kinds, kindsIn } from '../api/kinds.ts';
import { labels } from '../api/labels.ts';
import { isOwnedBy } from '../api/meta.ts';
import { formatReference, referenceOf, scopeOf, type ObjectReference } from '../api/references.ts';
import type { ClusterResourcePlacement } from '../api/types/clusterresourceplacement.ts';
import {
  explainPlacement,
  explanationSentences,
  planPolicySnapshot,
  type ClusterExplanation,
  type PlacementExplanation,
} from '../domain/scheduling/index.ts';
import type { KubernetesClient } from '../kube/client.ts';
import { CommandError } from './commandError.ts';
import { exitCodes } from './exitCodes.ts';
import { suggestion } from './nearestName.ts';
import { findPlacement } from './rollout/findTarget.ts';
import { listenedSince, silenceNote } from './silence.ts';
import { workerState } from './workerLease.ts';

export interface ExplanationRequest {
  placement: ObjectReference;
  /** Only this cluster. */
  cluster?: string;
  /** Epoch milliseconds. */
  now: number;
}

/** An explanation with its sentences; what `-o json` prints. */
export interface ExplainedPlacement extends Omit<PlacementExplanation, 'clusters'> {
  /** What keeps the placement from being scheduled at all, or its members from being looked at, as sentences. */
  notes: string[];
  /** How the placement stands as a whole, as a sentence. */
  summary: string;
  clusters: (ClusterExplanation & { explanation: string })[];
}

/**
 * Explains a placement.
 * @throws CommandError: which name is wrong, and what may be meant; KubernetesError
 */
export async function explainFromHub(hub: KubernetesClient, request: ExplanationRequest): Promise<ExplainedPlacement> {
  const placement = await findPlacement(hub, request.placement);
  const reference = referenceOf(placement);
  const { policySnapshot, binding } = kindsIn(reference);
  const ofPlacement = { ...scopeOf(reference), labelSelector: `${labels.parentPlacement}=${reference.name}` };
  const { now } = request;
  const [members, bindings, snapshots, worker] = await Promise.all([
    hub.list(kinds.memberCluster),
    hub.list(binding, ofPlacement),
    hub.list(policySnapshot, ofPlacement),
    workerState(hub, now),
  ]);
  const { uid } = placement.metadata;
  const own = snapshots.items.filter((snapshot) => isOwnedBy(snapshot, uid));
  const explanation = explainPlacement({
    placement,
    // What the next cycle looks at, be it written down yet or not.
    policySnapshot: planPolicySnapshot(placement, own, own.length + 1).latest,
    clusters: members.items,
    bindings: bindings.items,
    now,
    observedSince: listenedSince(worker, now),
  });
  const [summary = '', ...sentences] = explanationSentences(explanation);
  const clusters = explanation.clusters.map((entry, i) => ({ ...entry, explanation: sentences[i] ?? '' }));
  const silence = silenceNote(worker, members.items, now);
  const notes = [...notesOn(placement), ...(silence === undefined ? [] : [silence])];
  return { ...explanation, notes, summary, clusters: chosenClusters(clusters, request.cluster) };
}

function chosenClusters<T extends ClusterExplanation>(clusters: T[], chosen: string | undefined): T[] {
  if (chosen === undefined) return clusters;
  const found = clusters.filter(({ cluster }) => cluster === chosen);
  if (found.length > 0) return found;
  const names = clusters.map(({ cluster }) => cluster);
  const end = suggestion(chosen, names, 'it has none at all.');
  throw new CommandError(exitCodes.notFound, `The fleet has no member ${chosen}; ${end}`);
}

function notesOn({ metadata, status }: ClusterResourcePlacement): string[] {
  const name = formatReference(metadata);
  if (metadata.deletionTimestamp !== undefined) {
    return [
      `Placement ${name} is being deleted: its copies are removed from all clusters. This is what its policy says:`,
    ];
  }
  const scheduled = findCondition(status?.conditions, placementStepType(metadata, 'Scheduled'));
  if ((scheduled?.observedGeneration ?? 0) < (metadata.generation ?? 1)) {
    return [`No worker has looked at placement ${name} since it was last changed; this is what it will find.`];
  }
  if (scheduled?.reason !== 'InvalidResourceSelectors') return [];
  return [`Placement ${name} is not scheduled until its selectors are put right. ${scheduled.message}.`];
}
