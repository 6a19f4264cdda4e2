/** Phase of a run as its object says, for whoever has no more than that: in the words of the search attribute. */
import { findCondition, isConditionTrue } from '../../api/conditions.ts';
import type { RunPhase } from '../../api/temporal.ts';
import type {
  ClusterStagedUpdateRun,
  StageUpdatingStatus,
  UpdateRunStatus,
} from '../../api/types/clusterstagedupdaterun.ts';
import { isInitialized, isOver } from './over.ts';

/** How many runs are in each phase; a phase without runs counts zero. */
export function countByPhase(runs: readonly ClusterStagedUpdateRun[]): Record<RunPhase, number> {
  const counts: Record<RunPhase, number> = {
    Initializing: 0,
    Initialized: 0,
    Updating: 0,
    Waiting: 0,
    AwaitingApproval: 0,
    Removing: 0,
    Stopping: 0,
    Stopped: 0,
    Succeeded: 0,
    Failed: 0,
    Cancelled: 0,
  };
  for (const run of runs) counts[phaseOfObject(run)] += 1;
  return counts;
}

/** What the run is doing, in one word. */
export function phaseOfObject(run: ClusterStagedUpdateRun): RunPhase {
  const { status = {} } = run;
  if (isOver(run)) return isConditionTrue(status.conditions, 'Succeeded') ? 'Succeeded' : 'Failed';
  if (run.metadata.deletionTimestamp !== undefined) return 'Cancelled';
  if (!isInitialized(run)) return 'Initializing';
  const reason = findCondition(status.conditions, 'Progressing')?.reason;
  if (reason === 'UpdateRunStopped') return 'Stopped';
  // Whoever stops a run while a cluster is stuck still waits for that cluster.
  if (reason === 'UpdateRunStopping' || (reason === 'UpdateRunStuck' && run.spec.state === 'Stop')) return 'Stopping';
  const stage = currentStage(status);
  if (reason === 'UpdateRunWaiting') return awaitsApproval(stage) ? 'AwaitingApproval' : 'Waiting';
  if (reason === undefined && run.spec.state === 'Initialize') return 'Initialized';
  return stage === undefined ? 'Removing' : 'Updating';
}

/** `undefined` once all stages are done, and what is left is to remove. */
function currentStage({ stagesStatus }: UpdateRunStatus): StageUpdatingStatus | undefined {
  return stagesStatus?.find(({ conditions }) => !isConditionTrue(conditions, 'Succeeded'));
}

/** A timed wait may run beside it; a person is what most people wait for. */
function awaitsApproval(stage: StageUpdatingStatus | undefined): boolean {
  const tasks = [...(stage?.beforeStageTaskStatus ?? []), ...(stage?.afterStageTaskStatus ?? [])];
  return tasks.some(
    ({ type, conditions }) => type === 'Approval' && !isConditionTrue(conditions, 'ApprovalRequestApproved'),
  );
}
