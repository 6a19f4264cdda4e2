/** The evictions that a drain makes. */
import { kinds } from '../../api/kinds.ts';
import { apiVersionOf } from '../../api/meta.ts';
import { drainEvictionName } from '../../api/names.ts';
import type { ClusterResourcePlacementEviction } from '../../api/types/clusterresourceplacementeviction.ts';

/** @param suffix eight characters that tell one attempt from another */
export function drainEviction(placement: string, cluster: string, suffix: string): ClusterResourcePlacementEviction {
  return {
    apiVersion: apiVersionOf(kinds.eviction),
    kind: kinds.eviction.kind,
    metadata: { name: drainEvictionName(placement, cluster, suffix) },
    spec: { placementName: placement, clusterName: cluster },
  };
}
