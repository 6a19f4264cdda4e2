/**
 * What a change of a run's object adds to its metrics. Everything is read from the object, so that whoever watches it
 * can measure, and a run that is carried out by another worker counts like any other.
 * Source: the reference system's metrics; names and meaning of labels are what people's alerts rely on.
 */
import { clientErrorText } from '../../api/runFailures.ts';
import { findCondition, isConditionTrue } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type {
  ClusterStagedUpdateRun,
  StageTaskStatus,
  StageUpdatingStatus,
} from '../../api/types/clusterstagedupdaterun.ts';

/** Labels that say which run. */
export interface RunLabels {
  /** Empty: these runs live in no namespace. */
  namespace: string;
  name: string;
}

/** `user_error`: somebody has to change something on the hub. `internal_error`: everything else that went wrong. */
export type FailureType = 'none' | 'user_error' | 'internal_error';

/** Labels that say where a run stands. */
export interface RunStatusLabels extends RunLabels {
  /** `spec.state`. */
  state: string;
  /** Type of the condition that says most. */
  condition: string;
  status: string;
  reason: string;
  failureType: FailureType;
}

/** Around which end of its stage an approval was asked for. */
export type ApprovalTaskType = 'beforeStage' | 'afterStage';

/** What one change of a run adds. */
export interface RunSamples {
  /** Where the run stands now; absent while it says nothing about its present generation, or is being deleted. */
  status?: RunStatusLabels;
  /** Approvals that have just been given, each with the seconds since it was asked for. */
  approvals: { taskType: ApprovalTaskType; seconds: number }[];
  /** For each stage whose clusters have just become finished, the seconds since its first one was started. */
  stageSeconds: number[];
}

/**
 * @param previous the run until now; `undefined` when it is seen for the first time, so that nobody knows what of it
 * has been counted already: then only its present status is told
 */
export function runSamples(previous: ClusterStagedUpdateRun | undefined, current: ClusterStagedUpdateRun): RunSamples {
  if (current.metadata.deletionTimestamp !== undefined) return { approvals: [], stageSeconds: [] };
  const status = statusLabels(current);
  const samples: RunSamples = { ...(status !== undefined && { status }), approvals: [], stageSeconds: [] };
  if (previous === undefined || previous.metadata.uid !== current.metadata.uid) return samples;
  // The list of stages is frozen when the run is initialized, so the position says which stage it is.
  (current.status?.stagesStatus ?? []).forEach((stage, index) => {
    const before = previous.status?.stagesStatus?.[index];
    samples.approvals.push(...approvalsGiven(before, stage));
    const seconds = clustersFinished(before, stage);
    if (seconds !== undefined) samples.stageSeconds.push(seconds);
  });
  return samples;
}

/** Labels of the run itself. */
export function runLabels({ metadata }: ClusterStagedUpdateRun): RunLabels {
  return { namespace: metadata.namespace ?? '', name: metadata.name };
}

/** From the condition that says most to the one that says least. */
const tellingConditions = ['Succeeded', 'Progressing', 'Initialized'];

function statusLabels(run: ClusterStagedUpdateRun): RunStatusLabels | undefined {
  const conditions = (run.status?.conditions ?? []).filter(
    ({ observedGeneration }) => observedGeneration === run.metadata.generation,
  );
  const telling = tellingConditions
    .map((type) => findCondition(conditions, type))
    .find((condition) => condition !== undefined);
  if (telling === undefined) return undefined;
  const { type, status, reason } = telling;
  const state = run.spec.state ?? 'Run';
  return { ...runLabels(run), state, condition: type, status, reason, failureType: failureTypeOf(telling) };
}

function failureTypeOf({ status, reason, message }: Condition): FailureType {
  if (status !== 'False') return 'none';
  if (reason === 'UpdateRunStuck') return 'internal_error';
  if (reason !== 'UpdateRunFailed' && reason !== 'UpdateRunInitializedFailed') return 'none';
  return message.includes(clientErrorText) ? 'user_error' : 'internal_error';
}

function approvalsGiven(before: StageUpdatingStatus | undefined, stage: StageUpdatingStatus): RunSamples['approvals'] {
  return [
    ...approvalSeconds(before?.beforeStageTaskStatus, stage.beforeStageTaskStatus).map(
      (seconds) => ({ taskType: 'beforeStage', seconds }) as const,
    ),
    ...approvalSeconds(before?.afterStageTaskStatus, stage.afterStageTaskStatus).map(
      (seconds) => ({ taskType: 'afterStage', seconds }) as const,
    ),
  ];
}

function approvalSeconds(before: StageTaskStatus[] | undefined, tasks: StageTaskStatus[] | undefined): number[] {
  return (tasks ?? []).flatMap(({ conditions }, index) => {
    const asked = findCondition(conditions, 'ApprovalRequestCreated');
    const given = findCondition(conditions, 'ApprovalRequestApproved');
    if (asked === undefined || given?.status !== 'True') return [];
    if (isConditionTrue(before?.[index]?.conditions, given.type)) return [];
    return [secondsBetween(asked.lastTransitionTime, given.lastTransitionTime)];
  });
}

/** A stage that was interrupted says how long the interruption was, and not how long its clusters took. */
const interrupted = ['StageUpdatingStopping', 'StageUpdatingStopped'];

/** @returns seconds from the first cluster's start to the last one's end, when that end is news */
function clustersFinished(before: StageUpdatingStatus | undefined, stage: StageUpdatingStatus): number | undefined {
  if (stage.startTime === undefined || !isUpdated(stage) || (before !== undefined && isUpdated(before))) {
    return undefined;
  }
  // One write may cover a whole stage, so that "started" was perhaps never seen; an interruption lasts.
  if ([before, stage].some((one) => interrupted.includes(reasonOf(one)))) return undefined;
  const { startTime } = stage;
  return Math.max(
    ...stage.clusters.map(({ conditions }) =>
      secondsBetween(startTime, findCondition(conditions, 'Succeeded')?.lastTransitionTime ?? startTime),
    ),
  );
}

function isUpdated({ clusters }: StageUpdatingStatus): boolean {
  return clusters.length > 0 && clusters.every(({ conditions }) => isConditionTrue(conditions, 'Succeeded'));
}

function reasonOf(stage: StageUpdatingStatus | undefined): string {
  return findCondition(stage?.conditions, 'Progressing')?.reason ?? '';
}

/** Never below zero: the two times may come from two clocks. */
function secondsBetween(earlier: string, later: string): number {
  return Math.max(0, (Date.parse(later) - Date.parse(earlier)) / 1_000);
}
