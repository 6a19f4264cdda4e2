/** Hub activities of staged update runs: everything that `stagedUpdateRun` does on the hub, one file for each subject. */
import { acceptApproval, requestApproval } from './approvals.ts';
import { beginRun } from './begin.ts';
import type { RunActivityDependencies } from './dependencies.ts';
import { requestState, reviewRun } from './review.ts';
import { RunStatusStore } from './statusStore.ts';
import type {
  AcceptApprovalInput,
  AcceptApprovalResult,
  BeginInput,
  BeginResult,
  RequestApprovalInput,
  RequestApprovalResult,
  RequestStateInput,
  ReviewInput,
  ReviewResult,
  WriteStatusInput,
  WriteStatusResult,
} from './types.ts';

/** The activities under the names by which the workflow calls them. */
export interface RunActivities {
  beginRun(input: BeginInput): Promise<BeginResult>;
  writeStatus(input: WriteStatusInput): Promise<WriteStatusResult>;
  requestApproval(input: RequestApprovalInput): Promise<RequestApprovalResult>;
  acceptApproval(input: AcceptApprovalInput): Promise<AcceptApprovalResult>;
  reviewRun(input: ReviewInput): Promise<ReviewResult>;
  requestState(input: RequestStateInput): Promise<void>;
}

export function createRunActivities(dependencies: RunActivityDependencies): RunActivities {
  const { hub } = dependencies;
  const statuses = new RunStatusStore(hub);
  return {
    beginRun: (input) => beginRun({ ...dependencies, statuses }, input),
    writeStatus: (input) => statuses.writeProgress(input),
    requestApproval: (input) => requestApproval(hub, input),
    acceptApproval: (input) => acceptApproval(hub, input),
    reviewRun: (input) => reviewRun(hub, input),
    requestState: (input) => requestState(hub, input),
  };
}
