/** Says what `Progressing` of a run and of its current stage must be, from what is in work. */
import { findCondition } from '../../../../../api/conditions.ts';
import type { Condition } from '../../../../../api/meta.ts';
import type { UpdateRunStatus } from '../../../../../api/types/clusterstagedupdaterun.ts';
import type { RequestedState } from '../../../../../domain/runs/progress.ts';
import type { Ledger } from './ledger.ts';

interface Moment {
  ledger: Ledger;
  requested: RequestedState;
  hasFailed: boolean;
  stuckAfterMs: number;
  now: number;
}

/** Throws an error when `status` says something else than what goes on. */
export function checkProgressing(status: UpdateRunStatus, moment: Moment): void {
  compare('the run', status.conditions, runReason(moment));
  if (moment.ledger.isOver) return;
  const stages = [...(status.stagesStatus ?? []), status.deletionStageStatus];
  const current = stages.find((stage) => findCondition(stage?.conditions, 'Succeeded') === undefined);
  compare(`stage ${current?.stageName ?? ''}`, current?.conditions, stageReason(moment));
}

function compare(name: string, conditions: Condition[] | undefined, expected: string | undefined): void {
  const found = findCondition(conditions, 'Progressing')?.reason;
  if (found !== expected) throw new Error(`Progressing of ${name} is ${String(found)} instead of ${String(expected)}.`);
}

function runReason({ ledger, requested, hasFailed, stuckAfterMs, now }: Moment): string | undefined {
  if (ledger.isOver) return hasFailed ? 'UpdateRunFailed' : 'UpdateRunSucceeded';
  if (requested === 'Initialize') return undefined;
  if (ledger.startTimes.some((time) => time + stuckAfterMs <= now)) return 'UpdateRunStuck';
  if (requested === 'Stop') return ledger.clustersInWork.length > 0 ? 'UpdateRunStopping' : 'UpdateRunStopped';
  return ledger.openTasks.length > 0 ? 'UpdateRunWaiting' : 'UpdateRunProgressing';
}

function stageReason({ ledger, requested }: Moment): string | undefined {
  if (requested === 'Initialize') return undefined;
  if (requested === 'Stop') return ledger.clustersInWork.length > 0 ? 'StageUpdatingStopping' : 'StageUpdatingStopped';
  return ledger.openTasks.length > 0 ? 'StageUpdatingWaiting' : 'StageUpdatingStarted';
}
