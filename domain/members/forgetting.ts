/** Bindings of a cluster that leaves: what they remember of it is not true of one that joins under its name. */
import { annotations } from '../../api/labels.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import { unscheduled } from '../scheduling/bindings.ts';

/**
 * The binding as its cluster leaves it behind: unscheduled, and without a word on what is on the cluster. What was
 * reported does not stand any more either, even if a cluster of this name is selected again. Undefined if it is so
 * already, or on its way out.
 */
export function leftBehind(binding: ClusterResourceBinding): ClusterResourceBinding | undefined {
  const { annotations: present = {}, deletionTimestamp } = binding.metadata;
  const isUnscheduled = binding.spec.state === 'Unscheduled';
  if (deletionTimestamp !== undefined || (isUnscheduled && present[annotations.contentHash] === undefined)) {
    return undefined;
  }
  const marked = isUnscheduled ? binding : unscheduled(binding);
  const { [annotations.contentHash]: _, ...kept } = marked.metadata.annotations ?? {};
  const next = String((binding.metadata.generation ?? 0) + 1);
  return {
    ...marked,
    metadata: { ...marked.metadata, annotations: { ...kept, [annotations.contentGeneration]: next } },
  };
}
