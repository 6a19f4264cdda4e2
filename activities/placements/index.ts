/** Activities for a placement as a whole. */
import { labels } from '../../api/labels.ts';
import { kinds } from '../../api/kinds.ts';
import type { Claim } from '../../domain/claims.ts';
import type { KubernetesClient } from '../../kube/client.ts';

/** One cluster from which a placement has to be removed. */
export interface PlacementRemoval {
  cluster: string;
  binding: string;
  claim: Omit<Claim, 'since'>;
}

/** The activities under the names by which workflows call them. */
export interface PlacementActivities {
  /** Lists what is still to be removed of a placement that is being deleted; nothing while it is not. */
  listRemovals(placement: { name: string; uid: string }): Promise<{ removals: PlacementRemoval[] }>;
}

/** @param dependencies.hub client of the hub's API server. */
export function createPlacementActivities({ hub }: { hub: KubernetesClient }): PlacementActivities {
  return {
    async listRemovals({ name, uid }) {
      const placement = await hub.find(kinds.placement, name);
      const deletedAt = placement?.metadata.deletionTimestamp;
      if (placement?.metadata.uid !== uid || deletedAt === undefined) return { removals: [] };
      const { items } = await hub.list(kinds.binding, { labelSelector: `${labels.parentPlacement}=${name}` });
      // The deletion is newer than every run that may still be at work, so its claim wins.
      const claim = { kind: 'ClusterResourcePlacement', name, uid, createdAt: deletedAt } as const;
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
