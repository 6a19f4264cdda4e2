/** The bindings that tie a placement to its clusters, as the scheduler writes them. */
import { apiVersionOf } from '../../api/meta.ts';
import { kindsIn } from '../../api/kinds.ts';
import { annotations, finalizers, labels } from '../../api/labels.ts';
import { bindingName } from '../../api/names.ts';
import { inScopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterDecision, ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import { sha256 } from '../sha256.ts';

/**
 * New binding in state `Scheduled`. Its name follows from placement and cluster, so that a repeated write finds itself.
 * Its finalizer keeps it until the member's copies are gone.
 */
export function buildBinding(
  placement: ObjectReference & { uid: string },
  cluster: string,
  policySnapshot: string,
  decision: ClusterDecision,
): ClusterResourceBinding {
  const { binding } = kindsIn(placement);
  return {
    apiVersion: apiVersionOf(binding),
    kind: binding.kind,
    metadata: {
      ...inScopeOf(placement, nameOfBinding(placement, cluster)),
      labels: { [labels.parentPlacement]: placement.name },
      finalizers: [finalizers.work],
    },
    spec: {
      state: 'Scheduled',
      targetCluster: cluster,
      schedulingPolicySnapshotName: policySnapshot,
      clusterDecision: decision,
    },
  };
}

/** Name of the binding of a placement to a cluster. Eight digits of a hash keep shortened names apart. */
export function nameOfBinding(placement: { name: string; uid: string }, cluster: string): string {
  return bindingName(placement.name, cluster, sha256(`${placement.uid}/${cluster}`).slice(0, 8));
}

/** The binding as it says that its cluster no longer belongs to the placement; remembers what it was. */
export function unscheduled(binding: ClusterResourceBinding): ClusterResourceBinding {
  const remembered = { ...binding.metadata.annotations, [annotations.previousBindingState]: binding.spec.state };
  return {
    ...binding,
    metadata: { ...binding.metadata, annotations: remembered },
    spec: { ...binding.spec, state: 'Unscheduled' },
  };
}

/** The binding under another policy snapshot; what is on the cluster stays as it is. */
export function repointed(
  binding: ClusterResourceBinding,
  policySnapshot: string,
  decision: ClusterDecision,
): ClusterResourceBinding {
  return {
    ...binding,
    spec: { ...binding.spec, schedulingPolicySnapshotName: policySnapshot, clusterDecision: decision },
  };
}

/** The binding of a cluster that is picked again before its copies were removed, in the state it had. */
export function restored(
  binding: ClusterResourceBinding,
  policySnapshot: string,
  decision: ClusterDecision,
): ClusterResourceBinding {
  const { [annotations.previousBindingState]: previous, ...kept } = binding.metadata.annotations ?? {};
  const wasBound = previous === undefined ? binding.spec.resourceSnapshotName !== undefined : previous === 'Bound';
  const pointed = repointed(binding, policySnapshot, decision);
  return {
    ...pointed,
    metadata: { ...pointed.metadata, annotations: kept },
    spec: { ...pointed.spec, state: wasBound ? 'Bound' : 'Scheduled' },
  };
}
