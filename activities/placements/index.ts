/** Activities for a placement as a whole. */
import { labels } from '../../api/labels.ts';
import { kindsIn } from '../../api/kinds.ts';
import type { ObjectReference } from '../../api/references.ts';
import type { ClaimHolder } from '../../domain/claims.ts';
import type { KubernetesClient } from '../../kube/client.ts';

/** One cluster from which a placement has to be removed. */
export interface PlacementRemoval {
  cluster: string;
  binding: string;
  claim: ClaimHolder;
}

/** The activities under the names by which workflows call them. */
export interface PlacementActivities {
  /** Lists what is still to be removed of a placement that is being deleted; nothing while it is not. */
  listRemovals(placement: ObjectReference & { uid: string }): Promise<{ removals: PlacementRemoval[] }>;
}

/** @param dependencies.hub client of the hub's API server. */
export function createPlacementActivities({ hub }: { hub: KubernetesClient }): PlacementActivities {
  return {
    async listRemovals({ uid, ...reference }) {
      const { name, namespace } = reference;
      const definitions = kindsIn(reference);
      const placement = await hub.find(definitions.placement, name, namespace);
      const deletedAt = placement?.metadata.deletionTimestamp;
      if (placement?.metadata.uid !== uid || deletedAt === undefined) return { removals: [] };
      const { items } = await hub.list(definitions.binding, {
        namespace,
        labelSelector: `${labels.parentPlacement}=${name}`,
      });
      // The deletion is newer than every run that may still be at work, so its claim wins.
      const kind = namespace === undefined ? 'ClusterResourcePlacement' : 'ResourcePlacement';
      const claim: ClaimHolder = { kind, ...reference, uid, createdAt: deletedAt };
      return {
        removals: items.map((binding) => ({
          cluster: binding.spec.targetCluster,
          binding: binding.metadata.name,
          claim,
        })),
      };
    },
  };
}
