/** What is on a cluster, as the hub holds it now. */
import { clusterKinds, kinds, namespacedKinds } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import { inScopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { listObjects } from '../get/hubReader.ts';
import { standingOf, type Standing } from './standing.ts';

/** Placements with a binding to the cluster. */
export interface PlacementsOn {
  /** The cluster-scoped ones by their names, in the order of the alphabet. */
  standings: Map<string, Standing>;
  /** Those in namespaces that keep copies there, sorted. */
  namespaced: ObjectReference[];
}

/** @throws CommandError as {@link listObjects} */
export async function placementsOn(hub: KubernetesClient, cluster: string): Promise<PlacementsOn> {
  const [bindings, inNamespaces] = await Promise.all([
    listObjects(hub, clusterKinds.binding, {}),
    listObjects(hub, namespacedKinds.binding, {}),
  ]);
  const names = bindings.filter(isOn(cluster)).map(placementOf).sort();
  const namespaced = inNamespaces
    .filter(isOn(cluster))
    .filter(({ metadata, spec }) => metadata.deletionTimestamp === undefined && spec.state !== 'Scheduled')
    .map((binding) => inScopeOf(binding.metadata, placementOf(binding)));
  const standings = await Promise.all(
    names.map(async (name): Promise<[string, Standing]> => {
      const own = bindings.filter((binding) => placementOf(binding) === name);
      return [name, await readStanding(hub, { name, cluster, bindings: own })];
    }),
  );
  return { standings: new Map(standings), namespaced };
}

async function readStanding(
  hub: KubernetesClient,
  { name, cluster, bindings }: { name: string; cluster: string; bindings: readonly ClusterResourceBinding[] },
): Promise<Standing> {
  const [placement, budget] = await Promise.all([
    hub.find(clusterKinds.placement, name),
    hub.find(kinds.disruptionBudget, name),
  ]);
  const binding = bindings.find(isOn(cluster));
  if (binding === undefined) throw new Error(`${name} has no binding to ${cluster}.`);
  return standingOf({ name, cluster, placement, binding, bindings, budget });
}

export function isOn(cluster: string): (binding: ClusterResourceBinding) => boolean {
  return ({ spec }) => spec.targetCluster === cluster;
}

export function placementOf({ metadata }: ClusterResourceBinding): string {
  return metadata.labels?.[labels.parentPlacement] ?? '';
}
