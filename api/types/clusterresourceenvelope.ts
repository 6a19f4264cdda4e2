// Generated from api/crds/placement.kubernetes-fleet.io_clusterresourceenvelopes.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { ObjectMeta } from '../meta.ts';

/**
 * Wraps cluster-scoped objects, so that they have no effect on the hub. A placement that selects it counts it; what it wraps is not unpacked on members yet.
 */
export interface ClusterResourceEnvelope {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  /**
   * Whole manifests, each under a name of its own, for example a file name.
   */
  data: {
    [k: string]: Record<string, unknown>;
  };
}
