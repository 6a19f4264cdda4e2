/** The frozen policy of a placement. */
import { kindsIn } from '../../api/kinds.ts';
import type { ResourceDefinition } from '../../api/meta.ts';
import { referenceOf, scopeOf } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import { highestIndexOfNamesakes, planPolicySnapshot, type PolicySnapshotPlan } from '../../domain/scheduling/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { belongsTo, historyLimit, labelledLatest, ownedBy } from './ownership.ts';

/**
 * Makes sure that the latest policy snapshot holds the placement's policy, and returns it. The cache tells whether
 * there is something to do; what is then written follows from an uncached read.
 */
export async function ensurePolicySnapshot(
  { hub, caches }: Pick<PlacementControllerDependencies, 'hub' | 'caches'>,
  placement: ClusterResourcePlacement,
): Promise<ClusterSchedulingPolicySnapshot> {
  const reference = referenceOf(placement);
  const definition = kindsIn(reference).policySnapshot;
  const cached = ownedBy(placement, caches.ofPlacement('policySnapshot', reference));
  const taken = highestIndexOfNamesakes(placement, caches.ofPlacement('binding', reference));
  const glance = planPolicySnapshot(placement, cached, historyLimit(placement), taken);
  if (isSettled(glance)) return glance.latest;

  const { items } = await hub.list(definition, belongsTo(reference));
  const plan = planPolicySnapshot(placement, ownedBy(placement, items), historyLimit(placement), taken);
  for (const snapshot of plan.loseLatestLabel) await hub.replace(definition, labelledLatest(snapshot, false));
  const latest = await writeLatest(hub, definition, plan);
  for (const { metadata } of plan.remove)
    await hub.delete(definition, metadata.name, { ...scopeOf(reference), uid: metadata.uid });
  return latest;
}

async function writeLatest(
  hub: KubernetesClient,
  definition: ResourceDefinition<ClusterSchedulingPolicySnapshot>,
  { create, replace, latest }: PolicySnapshotPlan,
): Promise<ClusterSchedulingPolicySnapshot> {
  if (create !== undefined) return hub.create(definition, create);
  return replace === undefined ? latest : hub.replace(definition, replace);
}

function isSettled({ loseLatestLabel, remove, create, replace }: PolicySnapshotPlan): boolean {
  return loseLatestLabel.length === 0 && remove.length === 0 && create === undefined && replace === undefined;
}
