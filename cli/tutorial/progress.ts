/** A run's status as a small tree for people. Pure: the same object and time give the same lines. */
import { findCondition } from '../../api/conditions.ts';
import type { ClusterStagedUpdateRun, StageUpdatingStatus } from '../../api/types/clusterstagedupdaterun.ts';
import { parseDuration } from '../../domain/durations.ts';

/** One line of the tree. */
export interface ProgressItem {
  /** Where it stands, for example `canary/member3`; unique and stable. */
  readonly id: string;
  /** 0 the run, 1 a stage, 2 a cluster or a task. */
  readonly depth: 0 | 1 | 2;
  readonly label: string;
  readonly state: string;
  /** Epoch milliseconds at which the wait ends; the seconds left are shown in a tree that redraws. */
  readonly countdownTo?: number;
}

/** What a run's status says, from top to bottom. */
export function progressItems(run: ClusterStagedUpdateRun): ProgressItem[] {
  const stages = run.status?.stagesStatus ?? [];
  const removal = run.status?.deletionStageStatus;
  const items: ProgressItem[] = [
    { id: '', depth: 0, label: run.metadata.name, state: runState(run) },
    ...stages.flatMap((stage, position) => stageItems(run, stage, position)),
  ];
  if (removal !== undefined && removal.clusters.length > 0) {
    const stage = { ...removal, stageName: 'removal' };
    items.push({ id: 'removal', depth: 1, label: 'removal', state: stageState(stage) }, ...clusterItems(stage));
  }
  return items;
}

/** The tree, one string for each line. `now` is in epoch milliseconds. */
export function progressTree(items: readonly ProgressItem[], now: number): string[] {
  const width = Math.max(...items.map((item) => item.depth * 3 + item.label.length));
  return items.map((item, position) => {
    const left = branches(items, position) + item.label;
    return `${left.padEnd(width)}   ${item.state}${countdown(item, now)}`;
  });
}

/** The items that are new or read differently than before: what a log should say. */
export function changedItems(previous: readonly ProgressItem[], current: readonly ProgressItem[]): ProgressItem[] {
  const before = new Map(previous.map((item) => [item.id, item.state]));
  return current.filter((item) => before.get(item.id) !== item.state && item.state !== notStarted);
}

const notStarted = 'not started';

function runState(run: ClusterStagedUpdateRun): string {
  const { conditions } = run.status ?? {};
  const succeeded = findCondition(conditions, 'Succeeded');
  if (succeeded !== undefined) return succeeded.status === 'True' ? 'succeeded' : `failed: ${succeeded.message}`;
  const initialized = findCondition(conditions, 'Initialized');
  if (initialized === undefined) return 'created';
  if (initialized.status === 'False') return `failed: ${initialized.message}`;
  if (initialized.status === 'Unknown') return `waiting: ${initialized.message}`;
  return findCondition(conditions, 'Progressing')?.message ?? 'initialized';
}

function stageItems(run: ClusterStagedUpdateRun, stage: StageUpdatingStatus, position: number): ProgressItem[] {
  return [
    { id: stage.stageName, depth: 1, label: stage.stageName, state: stageState(stage) },
    ...clusterItems(stage),
    ...taskItems(run, stage, position),
  ];
}

function stageState(stage: StageUpdatingStatus): string {
  const succeeded = findCondition(stage.conditions, 'Succeeded');
  if (succeeded !== undefined) return succeeded.status === 'True' ? 'succeeded' : `failed: ${succeeded.message}`;
  const progressing = findCondition(stage.conditions, 'Progressing');
  if (progressing === undefined) return notStarted;
  return progressing.status === 'True' ? 'updating' : 'updated, waiting';
}

function clusterItems(stage: StageUpdatingStatus): ProgressItem[] {
  return stage.clusters.map((cluster) => {
    const succeeded = findCondition(cluster.conditions, 'Succeeded');
    const started = findCondition(cluster.conditions, 'Started');
    const ended = succeeded?.status === 'True' ? 'succeeded' : succeeded && `failed: ${succeeded.message}`;
    const state = ended ?? (started === undefined ? notStarted : 'updating');
    return { id: `${stage.stageName}/${cluster.clusterName}`, depth: 2, label: cluster.clusterName, state };
  });
}

function taskItems(run: ClusterStagedUpdateRun, stage: StageUpdatingStatus, position: number): ProgressItem[] {
  const planned = run.status?.stagedUpdateStrategySnapshot?.stages[position]?.afterStageTasks ?? [];
  return (stage.afterStageTaskStatus ?? []).map((task) => {
    const id = `${stage.stageName}/${task.type}`;
    if (task.type === 'Approval') return { id, depth: 2, label: 'approval', state: approvalState(task) };
    const waitTime = planned.find((entry) => entry.type === 'TimedWait')?.waitTime ?? '0s';
    return { id, depth: 2, label: `wait ${waitTime}`, ...waitState(stage, task, parseDuration(waitTime)) };
  });
}

type TaskStatus = NonNullable<StageUpdatingStatus['afterStageTaskStatus']>[number];

function approvalState(task: TaskStatus): string {
  const request = task.approvalRequestName ?? '';
  if (findCondition(task.conditions, 'ApprovalRequestApproved')?.status === 'True') return 'approved';
  if (findCondition(task.conditions, 'ApprovalRequestCreated') === undefined) return notStarted;
  return `waiting for somebody to approve ${request}`;
}

function waitState(
  stage: StageUpdatingStatus,
  task: TaskStatus,
  wait: number,
): Pick<ProgressItem, 'state' | 'countdownTo'> {
  if (findCondition(task.conditions, 'WaitTimeElapsed')?.status === 'True') return { state: 'over' };
  const progressing = findCondition(stage.conditions, 'Progressing');
  if (progressing?.status !== 'False') return { state: notStarted };
  return { state: 'waiting', countdownTo: Date.parse(progressing.lastTransitionTime) + wait };
}

function countdown(item: ProgressItem, now: number): string {
  if (item.countdownTo === undefined) return '';
  return `, ${String(Math.max(0, Math.ceil((item.countdownTo - now) / 1000)))} s left`;
}

/** The lines that join an item to its parent. */
function branches(items: readonly ProgressItem[], position: number): string {
  const depth = items[position]?.depth ?? 0;
  if (depth === 0) return '';
  const stem = depth === 2 ? (followedByDepth(items, position, 1) ? '│  ' : '   ') : '';
  return `${stem}${followedByDepth(items, position, depth) ? '├─ ' : '└─ '}`;
}

/** Whether a later item has this depth before the tree climbs above it. */
function followedByDepth(items: readonly ProgressItem[], position: number, depth: number): boolean {
  const later = items.slice(position + 1).find((item) => item.depth <= depth);
  return later?.depth === depth;
}
