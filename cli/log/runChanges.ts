/** What has become different in a run's state between two moments, in words. Clusters tell of themselves. */
import type { PlannedStage, RunPlan } from '../../domain/runs/plan.ts';
import { tasksOf, type RunProgress, type StageProgress, type TaskProgress } from '../../domain/runs/progress.ts';
import { inFlight } from '../../domain/runs/walk.ts';
import { formatDuration } from '../../domain/durations.ts';
import type { StageTaskMoment } from '../../api/runConditions.ts';
import { clusterCount } from '../run/counts.ts';
import type { EntryDraft } from './entries.ts';

/** What is compared: small beside the state itself, which changes in place. */
export interface RunDigest {
  requested: RunProgress['requested'];
  isStuck: boolean;
  hasWork: boolean;
  stages: StageDigest[];
  isRemoving: boolean;
  outcome: RunProgress['outcome'];
}

type StageDigest = Pick<StageProgress, 'startedAt' | 'updatedAt' | 'endedAt' | 'failure'> & {
  before: TaskProgress[];
  after: TaskProgress[];
};

export function digestOf(progress: RunProgress): RunDigest {
  const { requested, stages, removal, outcome, progressing } = progress;
  return {
    requested,
    isStuck: progressing?.reason === 'UpdateRunStuck',
    hasWork: [...stages, removal].some((stage) => inFlight(stage).length > 0),
    stages: stages.map((stage) => ({
      startedAt: stage.startedAt,
      updatedAt: stage.updatedAt,
      endedAt: stage.endedAt,
      failure: stage.failure,
      before: tasksOf(stage, 'before').map((task) => ({ ...task })),
      after: stage.tasks.map((task) => ({ ...task })),
    })),
    isRemoving: removal.startedAt !== undefined && removal.clusters.length > 0,
    outcome,
  };
}

/** Nothing of a plan has happened yet. */
export function digestBefore(plan: RunPlan, requested: RunProgress['requested']): RunDigest {
  return {
    requested,
    isStuck: false,
    hasWork: false,
    stages: plan.stages.map(({ beforeTasks, afterTasks }) => ({
      before: beforeTasks.map(() => ({})),
      after: afterTasks.map(() => ({})),
    })),
    isRemoving: false,
    outcome: undefined,
  };
}

/** In the order in which they follow from each other. */
export function changesBetween(plan: RunPlan, before: RunDigest, progress: RunProgress): EntryDraft[] {
  const after = digestOf(progress);
  return [
    ...stateChanges(before, after),
    ...plan.stages.flatMap((stage, index) => stageChanges(stage, before.stages[index], after.stages[index])),
    ...(after.isRemoving && !before.isRemoving ? [removing(plan)] : []),
    ...(after.isStuck && !before.isStuck ? [stuck(progress)] : []),
    ...outcomeChanges(before, after),
  ];
}

function stateChanges(before: RunDigest, after: RunDigest): EntryDraft[] {
  if (after.outcome !== undefined) return [];
  if (after.requested === 'Stop') {
    if (before.requested !== 'Stop' && after.hasWork) {
      return [{ kind: 'stopping', message: 'the run is to stop; clusters in work come to their end' }];
    }
    const isNew = before.requested !== 'Stop' || before.hasWork;
    return isNew && !after.hasWork ? [{ kind: 'stopped', message: 'the run is stopped' }] : [];
  }
  if (after.requested !== 'Run' || before.requested === 'Run') return [];
  const message = before.requested === 'Stop' ? 'the run goes on' : 'the run begins';
  return [{ kind: 'resumed', message }];
}

function stageChanges(
  planned: PlannedStage,
  before: StageDigest | undefined,
  after: StageDigest | undefined,
): EntryDraft[] {
  if (before === undefined || after === undefined) return [];
  const stage = planned.name;
  const isUpdated = before.updatedAt === undefined && after.updatedAt !== undefined;
  return [
    ...approvalChanges(planned, 'before', before.before, after.before),
    ...(before.startedAt === undefined && after.startedAt !== undefined ? [begun(planned)] : []),
    ...(isUpdated ? waitsOf(planned) : []),
    ...approvalChanges(planned, 'after', before.after, after.after),
    ...waitChanges(planned, before.after, after.after),
    ...(before.endedAt === undefined && after.endedAt !== undefined && after.failure === undefined
      ? [{ kind: 'stageDone' as const, stage, message: `stage ${stage} is done` }]
      : []),
  ];
}

function begun({ name, clusters, maxConcurrency }: PlannedStage): EntryDraft {
  const pace = clusters.length > maxConcurrency ? `, ${maxConcurrency} at a time` : '';
  return { kind: 'stageBegun', stage: name, message: `stage ${name} begins: ${clusterCount(clusters.length)}${pace}` };
}

function waitsOf({ name, afterTasks }: PlannedStage): EntryDraft[] {
  return afterTasks.flatMap((task): EntryDraft[] =>
    task.type === 'TimedWait'
      ? [{ kind: 'waitBegun', stage: name, message: `stage ${name} now waits ${formatDuration(task.waitMs)}` }]
      : [],
  );
}

function waitChanges(
  { name, afterTasks }: PlannedStage,
  before: readonly TaskProgress[],
  after: readonly TaskProgress[],
): EntryDraft[] {
  return afterTasks.flatMap((task, index): EntryDraft[] => {
    if (task.type !== 'TimedWait' || !isNow('doneAt', before[index], after[index])) return [];
    const length = formatDuration(task.waitMs);
    return [{ kind: 'waitOver', stage: name, message: `the wait of ${length} after stage ${name} is over` }];
  });
}

function approvalChanges(
  planned: PlannedStage,
  when: StageTaskMoment,
  before: readonly TaskProgress[],
  after: readonly TaskProgress[],
): EntryDraft[] {
  const stage = planned.name;
  const place = when === 'before' ? `to begin stage ${stage}` : `after stage ${stage}`;
  return (when === 'before' ? planned.beforeTasks : planned.afterTasks).flatMap((task, index): EntryDraft[] => {
    if (task.type !== 'Approval') return [];
    const { request } = task;
    const about = { stage, request };
    return [
      ...(isNow('requestedAt', before[index], after[index])
        ? [{ kind: 'approvalAsked' as const, ...about, message: `approval ${request} ${place} is asked for` }]
        : []),
      ...(isNow('doneAt', before[index], after[index])
        ? [{ kind: 'approved' as const, ...about, message: `approval ${request} ${place} is given` }]
        : []),
    ];
  });
}

function isNow(field: keyof TaskProgress, before: TaskProgress | undefined, after: TaskProgress | undefined): boolean {
  return before?.[field] === undefined && after?.[field] !== undefined;
}

function removing({ removals }: RunPlan): EntryDraft {
  return {
    kind: 'removing',
    message: `all stages are done; the placement is removed from ${clusterCount(removals.length)}`,
  };
}

function stuck({ progressing }: RunProgress): EntryDraft {
  return { kind: 'stuck', message: progressing?.message ?? '' };
}

function outcomeChanges(before: RunDigest, { outcome }: RunDigest): EntryDraft[] {
  if (before.outcome !== undefined || outcome === undefined) return [];
  return outcome.result === 'succeeded'
    ? [{ kind: 'succeeded', message: 'the run has succeeded' }]
    : [{ kind: 'failed', message: `the run has failed: ${outcome.message}` }];
}
