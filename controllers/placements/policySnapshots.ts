/** The frozen policy of a placement. */
import { kindsIn } from '../../api/kinds.ts';
import { referenceOf, scopeOf } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import { planPolicySnapshot, type PolicySnapshotPlan } from '../../domain/scheduling/index.ts';
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
  const glance = planPolicySnapshot(placement, cached, historyLimit(placement));
  if (isSettled(glance)) return glance.latest;

  const { items } = await hub.list(definition, belongsTo(reference));
  const plan = planPolicySnapshot(placement, ownedBy(placement, items), historyLimit(placement));
  for (const snapshot of plan.loseLatestLabel) await hub.replace(definition, labelledLatest(snapshot, false));
  for (const { metadata } of plan.remove)
    await hub.delete(definition, metadata.name, { ...scopeOf(reference), uid: metadata.uid });
  if (plan.create !== undefined) return hub.create(definition, plan.create);
  if (plan.replace !== undefined) return hub.replace(definition, plan.replace);
  return plan.latest;
}

function isSettled({ loseLatestLabel, remove, create, replace }: PolicySnapshotPlan): boolean {
  return loseLatestLabel.length === 0 && remove.length === 0 && create === undefined && replace === undefined;
}
