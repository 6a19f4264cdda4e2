/** Finding what a command is about on the hub, with an answer for whoever mistyped a name. */
import { clusterKinds, kindsIn, namespacedKinds, placementKinds, type PlacementKinds } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { scopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { rollsOut } from '../../domain/runs/rollsOut.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { missingObject, type ScopedKind } from '../get/missingObject.ts';
import { newestFirst } from './runOrder.ts';

/** @throws CommandError: there is none, and what may be meant */
export async function findObject<T extends KubernetesObject>(
  hub: KubernetesClient,
  definition: ResourceDefinition<T>,
  reference: ObjectReference,
): Promise<T> {
  const found = await hub.find(definition, reference.name, reference.namespace);
  if (found !== undefined) return found;
  throw await missingObject(hub, inBothScopes(definition), reference);
}

function inBothScopes(definition: ResourceDefinition): ScopedKind {
  const roles = Object.keys(clusterKinds) as (keyof PlacementKinds)[];
  const role = roles.find((candidate) => placementKinds.some((scope) => scope[candidate].kind === definition.kind));
  return role === undefined
    ? { cluster: definition }
    : { cluster: clusterKinds[role], namespaced: namespacedKinds[role] };
}

export function findRun(hub: KubernetesClient, reference: ObjectReference): Promise<ClusterStagedUpdateRun> {
  return findObject(hub, kindsIn(reference).run, reference);
}

export function findPlacement(hub: KubernetesClient, reference: ObjectReference): Promise<ClusterResourcePlacement> {
  return findObject(hub, kindsIn(reference).placement, reference);
}

/** All runs of a placement, the newest first. */
export async function runsOf(hub: KubernetesClient, placement: ObjectReference): Promise<ClusterStagedUpdateRun[]> {
  const { items } = await hub.list(kindsIn(placement).run, scopeOf(placement));
  return newestFirst(items.filter((run) => rollsOut(run, placement)));
}
