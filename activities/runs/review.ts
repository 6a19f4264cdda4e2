/** A look at the hub on behalf of a run that is under way: what is wanted of it, and whether its plan still fits. */
import { kinds, kindsIn } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { reviewRun as compareWithPlan, type Review } from '../../domain/runs/outdated.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { RequestStateInput, ReviewInput, ReviewResult } from './types.ts';

export async function reviewRun(
  hub: KubernetesClient,
  { name, namespace, uid, fleet }: ReviewInput,
): Promise<ReviewResult> {
  const run = await hub.find(kindsIn({ namespace }).run, name, namespace);
  if (run?.metadata.uid !== uid) return { outcome: 'gone' };
  const review = fleet ? await reviewPlan(hub, run) : undefined;
  return review?.outcome === 'outdated' ? review : { outcome: 'fits', requested: run.spec.state ?? 'Run' };
}

/** Reads everything that the plan was made of, uncached and at the same time. */
async function reviewPlan(hub: KubernetesClient, run: ClusterStagedUpdateRun): Promise<Review> {
  const { placementName } = run.spec;
  const { namespace } = run.metadata;
  const definitions = kindsIn({ namespace });
  const ofPlacement = { namespace, labelSelector: `${labels.parentPlacement}=${placementName}` };
  const [placement, policySnapshots, bindings, memberClusters] = await Promise.all([
    hub.find(definitions.placement, placementName, namespace),
    hub.list(definitions.policySnapshot, ofPlacement),
    hub.list(definitions.binding, ofPlacement),
    hub.list(kinds.memberCluster),
  ]);
  return compareWithPlan({
    run,
    placement,
    policySnapshots: policySnapshots.items,
    bindings: bindings.items,
    memberClusters: memberClusters.items,
  });
}

/** The API server refuses a step that a run cannot make; the run itself is asked before, so that this is rare. */
export async function requestState(
  hub: KubernetesClient,
  { name, namespace, uid, state }: RequestStateInput,
): Promise<void> {
  const body = { metadata: { uid }, spec: { state } };
  await hub.patch(kindsIn({ namespace }).run, name, { type: 'merge', body }, { namespace });
}
