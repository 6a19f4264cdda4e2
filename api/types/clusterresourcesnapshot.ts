// Generated from api/crds/placement.kubernetes-fleet.io_clusterresourcesnapshots.yaml by tools/generate-types.ts.
// Edit that file, then run `npm run generate`.
import type { ObjectMeta } from '../meta.ts';

/**
 * The objects that a placement selected at one moment, cleaned of what belongs to the hub alone. A snapshot never changes; a later selection makes a new one with the next index.
 */
export interface ClusterResourceSnapshot {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  spec: ResourceSnapshotSpec;
}
/**
 * What was selected.
 */
export interface ResourceSnapshotSpec {
  /**
   * Whole objects, namespaces and definitions first.
   */
  selectedResources: Record<string, unknown>[];
}
