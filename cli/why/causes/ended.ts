/** The run has ended. */
import { findCondition, isConditionTrue } from '../../../api/conditions.ts';
import type { Condition } from '../../../api/meta.ts';
import type { ClusterStagedUpdateRun } from '../../../api/types/clusterstagedupdaterun.ts';
import { isOver } from '../../../domain/runs/over.ts';
import { revisionOf } from '../../rollout/runOrder.ts';
import { clusterCount } from '../../run/counts.ts';
import { clause, type Finding } from '../finding.ts';
import { runCommand, type RunFacts } from '../facts.ts';

export function succeeded({ subject, run }: RunFacts): Finding | undefined {
  const condition = findCondition(run.status?.conditions, 'Succeeded');
  if (!isConditionTrue(run.status?.conditions, 'Succeeded')) return undefined;
  return {
    cause: 'succeeded',
    what: `${subject} waits for nothing: it has succeeded`,
    ...(condition && { since: condition.lastTransitionTime }),
    short: outcomeOf(run),
  };
}

/** For reasons that no other cause knows. */
export function failed({ subject, run }: RunFacts): Finding | undefined {
  const failure = failureOf({ run });
  if (failure === undefined) return undefined;
  const how = failure.type === 'Initialized' ? 'could not be planned' : 'has failed';
  return {
    cause: 'failed',
    what: `${subject} ${how}`,
    since: failure.lastTransitionTime,
    rule: clause(failure.message),
    frees: 'a run that has ended is never carried out again, so put that right and make a new one',
    command: runCommand(run),
    short: failure.message,
  };
}

/** The condition that says why a run has failed; undefined if it has not. */
export function failureOf({ run }: Pick<RunFacts, 'run'>): Condition | undefined {
  if (!isOver(run)) return undefined;
  const conditions = run.status?.conditions;
  return [findCondition(conditions, 'Succeeded'), findCondition(conditions, 'Initialized')].find(
    (condition) => condition?.status === 'False',
  );
}

function outcomeOf(run: ClusterStagedUpdateRun): string {
  const { stagesStatus = [], deletionStageStatus } = run.status ?? {};
  const clusters = stagesStatus.reduce((sum, stage) => sum + stage.clusters.length, 0);
  const removals = deletionStageStatus?.clusters.length ?? 0;
  const removed = removals === 0 ? '' : `; removed from ${clusterCount(removals)}`;
  const revision = revisionOf(run);
  const what = revision === undefined ? '' : ` snapshot ${String(revision)}`;
  if (clusters === 0) return `there was nothing to roll out${removed}`;
  return `${clusterCount(clusters)} ${clusters === 1 ? 'has' : 'have'}${what}${removed}`;
}
