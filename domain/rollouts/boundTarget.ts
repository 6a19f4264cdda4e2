/** Whether a binding already names what its cluster is to have. */
import { annotations } from '../../api/labels.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ApplyStrategy } from '../../api/types/clusterresourceplacement.ts';
import { goJson } from '../snapshots/goJson.ts';
import { isAvailable } from './reports.ts';

/** What a binding can name. */
export interface BoundTarget {
  /** Name of the first snapshot of the group. */
  resourceSnapshotName: string;
  applyStrategy?: ApplyStrategy;
}

/** Whether the binding already names the target, whoever brought it. */
export function namesTarget({ spec }: ClusterResourceBinding, target: BoundTarget): boolean {
  return (
    spec.state === 'Bound' &&
    spec.resourceSnapshotName === target.resourceSnapshotName &&
    goJson(spec.applyStrategy) === goJson(target.applyStrategy)
  );
}

/** Whether the binding names the target with exactly this content. */
export function hasTarget(binding: ClusterResourceBinding, target: BoundTarget, contentHash: string): boolean {
  return namesTarget(binding, target) && binding.metadata.annotations?.[annotations.contentHash] === contentHash;
}

/** Whether the cluster has the target and reports it available: then it is passed by without a word to it. */
export function isUpToDate(binding: ClusterResourceBinding, target: BoundTarget, contentHash: string): boolean {
  return hasTarget(binding, target, contentHash) && isAvailable(binding);
}
