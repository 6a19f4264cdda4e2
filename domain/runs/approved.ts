/** When an approval request counts as approved. */
import { findCondition } from '../../api/conditions.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';

/** An approval counts only for the object as it is: its `observedGeneration` must be the object's generation. */
export function isApproved(request: ClusterApprovalRequest): boolean {
  const approved = findCondition(request.status?.conditions, 'Approved');
  return approved?.status === 'True' && approved.observedGeneration === request.metadata.generation;
}
