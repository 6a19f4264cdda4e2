/** What the query `status` of a run answers: everything a person wants to see at a glance, as plain data. */
import type { RunPhase } from '../../api/temporal.ts';
import { formatReference } from '../../api/references.ts';
import { rfc3339 } from '../time.ts';
import type { StageTaskMoment } from '../../api/runConditions.ts';
import { givenApproval, type ApprovalBook } from './approvals.ts';
import type { PlannedCluster, PlannedStage, RunPlan } from './plan.ts';
import type { ClusterProgress, RunProgress, StageProgress, TaskProgress } from './progress.ts';
import { currentStage, inFlight, isUnfulfilled } from './walk.ts';

/** One cluster of a stage as seen now. */
export interface ClusterView {
  name: string;
  state: 'pending' | 'updating' | 'succeeded' | 'failed';
  /** RFC 3339. */
  startedAt?: string;
  /** RFC 3339. */
  endedAt?: string;
  /** Why it waits or failed; absent when nothing hinders it. */
  trouble?: string;
}

/** One stage as seen now, but for its clusters. */
export interface StageHead {
  name: string;
  state: 'pending' | 'updating' | 'waiting' | 'stopped' | 'succeeded' | 'failed';
  /** RFC 3339: when the timed wait ends; present only while it lasts. */
  waitEndsAt?: string;
  /** The approval without which the stage does not begin. */
  approvalBefore?: ApprovalView;
  /** The approval without which the stage does not end. */
  approval?: ApprovalView;
}

/** One stage as seen now. */
export interface StageView extends StageHead {
  clusters: ClusterView[];
}

/** An approval of a stage as seen now. */
export interface ApprovalView {
  request: string;
  state: 'notRequested' | 'pending' | 'approved';
}

/** The whole run as seen now. */
export interface RunStatusView {
  run: string;
  /** Absent until the run is initialized. */
  placement?: string;
  /** Absent until the run is initialized. */
  resourceSnapshotIndex?: string;
  phase: RunPhase;
  /** One sentence: what the run is doing, or why it waits or failed. */
  message: string;
  stages: StageView[];
  /** Clusters from which the placement is removed at the end. */
  removals: ClusterView[];
}

/** View of a run that has no plan yet. */
export function viewWaiting(run: string, message: string): RunStatusView {
  return { run, phase: 'Initializing', message, stages: [], removals: [] };
}

/** View of a run that is under way or over. */
export function viewRun(plan: RunPlan, progress: RunProgress, approvals: ApprovalBook): RunStatusView {
  return {
    run: formatReference(plan.run),
    placement: formatReference(plan.placement),
    resourceSnapshotIndex: plan.resourceSnapshot.index,
    phase: phaseOf(plan, progress),
    message: messageOf(progress),
    stages: plan.stages.map((stage, index) => ({
      ...stageHead(stage, progress.stages[index], approvals),
      clusters: stage.clusters.map((cluster, at) => viewCluster(cluster, progress.stages[index]?.clusters[at])),
    })),
    removals: plan.removals.map((cluster, index) => viewCluster(cluster, progress.removal.clusters[index])),
  };
}

/** One sentence: what the run is doing, or why it waits or failed. */
export function messageOf({ outcome, progressing }: RunProgress): string {
  if (outcome?.result === 'failed') return outcome.message;
  return progressing?.message ?? 'The run is initialized and starts when spec.state is set to Run.';
}

/** What the run is doing, in one word. */
export function phaseOf(plan: RunPlan, progress: RunProgress): RunPhase {
  if (progress.outcome !== undefined) return progress.outcome.result === 'succeeded' ? 'Succeeded' : 'Failed';
  if (progress.requested === 'Initialize') return 'Initialized';
  const index = currentStage(progress);
  const stage = progress.stages[index];
  if (progress.requested === 'Stop') {
    return inFlight(stage ?? progress.removal).length > 0 ? 'Stopping' : 'Stopped';
  }
  if (stage === undefined) return 'Removing';
  if (stage.startedAt === undefined && stage.beforeTasks?.some(isUnfulfilled) === true) return 'AwaitingApproval';
  if (stage.updatedAt === undefined) return 'Updating';
  const open = (plan.stages[index]?.afterTasks ?? []).filter((_, task) => stage.tasks[task]?.doneAt === undefined);
  // A person is what most people wait for, so an open approval names the phase even while a timed wait runs beside it.
  return open.some((task) => task.type === 'Approval') ? 'AwaitingApproval' : 'Waiting';
}

/** Name of the stage in which the run is; `undefined` before the first and after the last. */
export function stageNameOf(plan: RunPlan, progress: RunProgress): string | undefined {
  return progress.outcome === undefined ? plan.stages[currentStage(progress)]?.name : undefined;
}

/** How a stage is, and what it waits for. */
export function stageHead(
  stage: PlannedStage,
  progress: StageProgress | undefined,
  approvals: ApprovalBook,
): StageHead {
  const view: StageHead = { name: stage.name, state: stageState(progress) };
  const approvalOf = (request: string, when: StageTaskMoment, state: TaskProgress | undefined): ApprovalView => {
    const approved = state?.doneAt !== undefined || givenApproval(approvals, stage.name, when) !== undefined;
    const waiting = state?.requestedAt === undefined ? 'notRequested' : 'pending';
    return { request, state: approved ? 'approved' : waiting };
  };
  stage.beforeTasks.forEach((task, index) => {
    if (task.type === 'Approval')
      view.approvalBefore = approvalOf(task.request, 'before', progress?.beforeTasks?.[index]);
  });
  stage.afterTasks.forEach((task, index) => {
    const state = progress?.tasks[index];
    if (task.type === 'TimedWait') {
      if (progress?.updatedAt !== undefined && state?.doneAt === undefined)
        view.waitEndsAt = rfc3339(progress.updatedAt + task.waitMs);
    } else {
      view.approval = approvalOf(task.request, 'after', state);
    }
  });
  return view;
}

function stageState(progress: StageProgress | undefined): StageView['state'] {
  if (progress?.failure !== undefined) return 'failed';
  if (progress?.endedAt !== undefined) return 'succeeded';
  if (progress?.progressing?.phase === 'stopped') return 'stopped';
  if (progress?.updatedAt !== undefined || progress?.progressing?.phase === 'waitingBefore') return 'waiting';
  return progress?.startedAt === undefined ? 'pending' : 'updating';
}

function viewCluster(cluster: PlannedCluster, progress: ClusterProgress | undefined): ClusterView {
  const view: ClusterView = { name: cluster.name, state: clusterState(progress) };
  if (progress?.startedAt !== undefined) view.startedAt = rfc3339(progress.startedAt);
  if (progress?.endedAt !== undefined) view.endedAt = rfc3339(progress.endedAt);
  const trouble = progress?.failure ?? progress?.trouble?.reason;
  if (trouble !== undefined) view.trouble = trouble;
  return view;
}

function clusterState(progress: ClusterProgress | undefined): ClusterView['state'] {
  if (progress?.failure !== undefined) return 'failed';
  if (progress?.endedAt !== undefined) return 'succeeded';
  return progress?.startedAt === undefined ? 'pending' : 'updating';
}
