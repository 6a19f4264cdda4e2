/** The frozen policy of a placement. */
import { kinds } from '../../api/kinds.ts';
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
  const { name } = placement.metadata;
  const cached = ownedBy(placement, caches.ofPlacement('policySnapshot', name));
  const glance = planPolicySnapshot(placement, cached, historyLimit(placement));
  if (isSettled(glance)) return glance.latest;

  const { items } = await hub.list(kinds.policySnapshot, belongsTo(name));
  const plan = planPolicySnapshot(placement, ownedBy(placement, items), historyLimit(placement));
  for (const snapshot of plan.loseLatestLabel) await hub.replace(kinds.policySnapshot, labelledLatest(snapshot, false));
  for (const { metadata } of plan.remove) await hub.delete(kinds.policySnapshot, metadata.name, { uid: metadata.uid });
  if (plan.create !== undefined) return hub.create(kinds.policySnapshot, plan.create);
  if (plan.replace !== undefined) return hub.replace(kinds.policySnapshot, plan.replace);
  return plan.latest;
}

function isSettled({ loseLatestLabel, remove, create, replace }: PolicySnapshotPlan): boolean {
  return loseLatestLabel.length === 0 && remove.length === 0 && create === undefined && replace === undefined;
}
