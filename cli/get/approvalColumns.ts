/** Columns of `flotilla get approvals`. */
import { findCondition, isConditionTrue } from '../../api/conditions.ts';
import { labels } from '../../api/labels.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import { isApproved } from '../../domain/runs/approved.ts';
import { ageColumn, nameColumn, type Column } from './columns.ts';

export const approvalColumns: readonly Column<ClusterApprovalRequest>[] = [
  nameColumn,
  { header: 'RUN', cell: ({ spec }) => spec.parentStageRollout },
  { header: 'STAGE', cell: ({ spec }) => spec.targetStage },
  {
    header: 'MOMENT',
    cell: ({ metadata }) => (metadata.labels?.[labels.taskType] === 'beforeStage' ? 'before' : 'after'),
  },
  { header: 'STATE', cell: state },
  ageColumn,
  { header: 'MESSAGE', wide: true, cell: message },
];

/** `Ignored` is an approval that names another generation, which the run does not count. */
function state(request: ClusterApprovalRequest): string {
  const { conditions } = request.status ?? {};
  if (isConditionTrue(conditions, 'ApprovalAccepted')) return 'Accepted';
  if (isApproved(request)) return 'Approved';
  return isConditionTrue(conditions, 'Approved') ? 'Ignored' : 'Pending';
}

function message({ status }: ClusterApprovalRequest): string {
  return findCondition(status?.conditions, 'Approved')?.message ?? '';
}
