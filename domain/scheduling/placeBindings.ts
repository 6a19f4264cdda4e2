import { referenceOf } from '../../api/references.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterDecision } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import { clustersOf } from './bindingClasses.ts';
import { buildBinding, repointed, restored } from './bindings.ts';
import type { Cycle, ScheduleInput } from './cycle.ts';

/** One write. `binding` is the whole object to create or, with its resourceVersion, to replace. */
export interface BindingOperation {
  type: 'create' | 'repoint' | 'restore' | 'unschedule';
  binding: ClusterResourceBinding;
}

/** Gives each picked cluster its binding: the one it has, the one it had, or a new one. */
export function placeBindings(
  { placement, policySnapshot }: Pick<ScheduleInput, 'placement' | 'policySnapshot'>,
  { found }: Pick<Cycle, 'found'>,
  decisions: readonly ClusterDecision[],
): { operations: BindingOperation[]; awaitingDeletion: string[] } {
  const operations: BindingOperation[] = [];
  const awaitingDeletion: string[] = [];
  const policyName = policySnapshot.metadata.name;
  const owner = { ...referenceOf(placement), uid: placement.metadata.uid ?? '' };
  const obsolete = byCluster(found.obsolete);
  const unscheduled = byCluster(found.unscheduled);
  const deleting = clustersOf(found.deleting);
  for (const decision of decisions) {
    const { clusterName } = decision;
    const present = obsolete.get(clusterName);
    const earlier = unscheduled.get(clusterName);
    if (present !== undefined) {
      operations.push({ type: 'repoint', binding: repointed(present, policyName, decision) });
    } else if (earlier !== undefined) {
      operations.push({ type: 'restore', binding: restored(earlier, policyName, decision) });
    } else if (deleting.has(clusterName)) {
      awaitingDeletion.push(clusterName);
    } else {
      operations.push({ type: 'create', binding: buildBinding(owner, clusterName, policyName, decision) });
    }
  }
  return { operations, awaitingDeletion };
}

function byCluster(bindings: readonly ClusterResourceBinding[]): Map<string, ClusterResourceBinding> {
  return new Map(bindings.map((binding) => [binding.spec.targetCluster, binding]));
}
