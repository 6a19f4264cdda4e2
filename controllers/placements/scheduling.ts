/** Carries out a scheduling cycle: bindings first, then the decisions in the policy snapshot's status. */
import { kindsIn } from '../../api/kinds.ts';
import type { ResourceDefinition } from '../../api/meta.ts';
import { referenceOf } from '../../api/references.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import { schedule, type BindingOperation } from '../../domain/scheduling/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { sameJson } from '../sameJson.ts';
import { settleAll } from '../settleAll.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';

/** A placement's decisions and bindings after the cycle. */
export interface ScheduledPlacement {
  policySnapshot: ClusterSchedulingPolicySnapshot;
  bindings: ClusterResourceBinding[];
}

/**
 * Runs one cycle on the caches. What is stale in them cannot do harm: a binding's name follows from placement and
 * cluster, and every other write names the resourceVersion that it was decided on.
 */
export async function scheduleClusters(
  { hub, caches, observedSince }: Pick<PlacementControllerDependencies, 'hub' | 'caches' | 'observedSince'>,
  placement: ClusterResourcePlacement,
  policySnapshot: ClusterSchedulingPolicySnapshot,
  now: number,
): Promise<ScheduledPlacement> {
  const definitions = kindsIn(placement.metadata);
  const bindings = caches.ofPlacement('binding', referenceOf(placement));
  const clusters = caches.items('memberCluster');
  const { operations, status } = schedule({
    placement,
    policySnapshot,
    clusters,
    bindings,
    now,
    observedSince,
  });
  const written = await settleAll(operations.map((operation) => write(hub, definitions.binding, operation)));
  const byName = new Map([...bindings, ...written].map((binding) => [binding.metadata.name, binding]));
  return {
    policySnapshot: sameJson(policySnapshot.status, status)
      ? policySnapshot
      : await hub.replaceStatus(definitions.policySnapshot, { ...policySnapshot, status }),
    bindings: [...byName.values()],
  };
}

function write(
  hub: KubernetesClient,
  definition: ResourceDefinition<ClusterResourceBinding>,
  { type, binding }: BindingOperation,
): Promise<ClusterResourceBinding> {
  return type === 'create' ? hub.create(definition, binding) : hub.replace(definition, binding);
}
