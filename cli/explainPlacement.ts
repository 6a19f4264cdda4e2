/** Why clusters are in a placement or out of it, from what the hub holds. Nothing else has to run. */
import { findCondition, placementStepType } from '../api/conditions.ts';
import { kinds, kindsIn, namespacedKinds } from '../api/kinds.ts';
import { labels } from '../api/labels.ts';
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
import { isUnauthorised } from '../kube/errors.ts';
import { suggestion } from './nearestName.ts';

export interface ExplanationRequest {
  placement: ObjectReference;
  /** Only this cluster. */
  cluster?: string;
  /** Epoch milliseconds. */
  now: number;
}

/** An explanation with its sentences; what `-o json` prints. */
export interface ExplainedPlacement extends Omit<PlacementExplanation, 'clusters'> {
  /** What keeps the placement from being scheduled at all, as sentences. */
  notes: string[];
  /** How the placement stands as a whole, as a sentence. */
  summary: string;
  clusters: (ClusterExplanation & { explanation: string })[];
}

/**
 * Explains a placement.
 * @throws Error with one sentence: which name is wrong, and what may be meant
 */
export async function explainFromHub(hub: KubernetesClient, request: ExplanationRequest): Promise<ExplainedPlacement> {
  const placement = await findPlacement(hub, request.placement);
  const reference = referenceOf(placement);
  const { policySnapshot, binding } = kindsIn(reference);
  const ofPlacement = { ...scopeOf(reference), labelSelector: `${labels.parentPlacement}=${reference.name}` };
  const [members, bindings, snapshots] = await Promise.all([
    hub.list(kinds.memberCluster),
    hub.list(binding, ofPlacement),
    hub.list(policySnapshot, ofPlacement),
  ]);
  const { uid } = placement.metadata;
  const own = snapshots.items.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid));
  const explanation = explainPlacement({
    placement,
    // What the next cycle looks at, be it written down yet or not.
    policySnapshot: planPolicySnapshot(placement, own, own.length + 1).latest,
    clusters: members.items,
    bindings: bindings.items,
    now: request.now,
  });
  const [summary = '', ...sentences] = explanationSentences(explanation);
  const clusters = explanation.clusters.map((entry, i) => ({ ...entry, explanation: sentences[i] ?? '' }));
  const notes = notesOn(placement);
  return { ...explanation, notes, summary, clusters: chosenClusters(clusters, request.cluster) };
}

async function findPlacement(hub: KubernetesClient, reference: ObjectReference): Promise<ClusterResourcePlacement> {
  const { placement: definition } = kindsIn(reference);
  const found = await hub.find(definition, reference.name, reference.namespace);
  if (found !== undefined) return found;
  const missing = `There is no ${definition.kind} ${formatReference(reference)} on the hub`;
  const existing = (await readable(hub.list(definition))) ?? (await readable(hub.list(definition, scopeOf(reference))));
  if (existing === undefined) throw new Error(`${missing}, or you may not list those there are.`);
  const elsewhere = await namesakeElsewhere(hub, reference);
  if (elsewhere !== undefined) throw new Error(`${missing}; ${elsewhere}.`);
  const names = existing.items.map(({ metadata }) => formatReference(metadata));
  throw new Error(`${missing}; ${suggestion(formatReference(reference), names, 'there is none at all.')}`);
}

/** A placement of the same name that an option, or one option less, would have found. */
async function namesakeElsewhere(
  hub: KubernetesClient,
  { name, namespace }: ObjectReference,
): Promise<string | undefined> {
  if (namespace !== undefined) {
    const { placement } = kindsIn({});
    const namesake = await readable(hub.find(placement, name));
    return namesake && `without -n ${namespace} you mean the ${placement.kind} of that name`;
  }
  const others = await readable(hub.list(namespacedKinds.placement));
  const namesake = others?.items.find(({ metadata }) => metadata.name === name);
  return (
    namesake &&
    `with -n ${namesake.metadata.namespace ?? ''} you mean the ${namespacedKinds.placement.kind} of that name`
  );
}

/** Undefined where the user lacks the right: a suggestion is not worth another error. */
async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (isUnauthorised(error)) return undefined;
    throw error;
  }
}

function chosenClusters<T extends ClusterExplanation>(clusters: T[], chosen: string | undefined): T[] {
  if (chosen === undefined) return clusters;
  const found = clusters.filter(({ cluster }) => cluster === chosen);
  if (found.length > 0) return found;
  const names = clusters.map(({ cluster }) => cluster);
  throw new Error(`The fleet has no member ${chosen}; ${suggestion(chosen, names, 'it has none at all.')}`);
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
