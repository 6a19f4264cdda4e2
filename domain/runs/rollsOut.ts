/** Which placement a run is about. */
import type { ObjectReference } from '../../api/references.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';

/** Whether `run` is about `placement`: named in its spec, in its own scope. */
export function rollsOut({ metadata, spec }: ClusterStagedUpdateRun, placement: ObjectReference): boolean {
  return spec.placementName === placement.name && metadata.namespace === placement.namespace;
}
