/**
 * What holds for the status of every run at every moment, and from one status to the next. Nothing here knows how a
 * run is carried out: these are the promises to those who read the object.
 */
import type { Condition } from '../../../api/meta.ts';
import type { StageUpdatingStatus, UpdateRunStatus } from '../../../api/types/clusterstagedupdaterun.ts';

type Level = 'run' | 'stage' | 'cluster' | 'before task' | 'after task';

/** All conditions there are, by what carries them: type, status, reason. */
const known: Record<Level, ReadonlySet<string>> = {
  run: new Set([
    'Initialized True UpdateRunInitializedSuccessfully',
    'Progressing True UpdateRunProgressing',
    'Progressing False UpdateRunWaiting',
    'Progressing False UpdateRunStuck',
    'Progressing Unknown UpdateRunStopping',
    'Progressing False UpdateRunStopped',
    'Progressing False UpdateRunFailed',
    'Progressing False UpdateRunSucceeded',
    'Succeeded True UpdateRunSucceeded',
    'Succeeded False UpdateRunFailed',
  ]),
  stage: new Set([
    'Progressing True StageUpdatingStarted',
    'Progressing False StageUpdatingWaiting',
    'Progressing Unknown StageUpdatingStopping',
    'Progressing False StageUpdatingStopped',
    'Progressing False StageUpdatingFailed',
    'Progressing False StageUpdatingSucceeded',
    'Succeeded True StageUpdatingSucceeded',
    'Succeeded False StageUpdatingFailed',
  ]),
  cluster: new Set([
    'Started True ClusterUpdatingStarted',
    'Succeeded True ClusterUpdatingSucceeded',
    'Succeeded False ClusterUpdatingFailed',
  ]),
  'before task': new Set([
    'ApprovalRequestCreated True StageTaskApprovalRequestCreated',
    'ApprovalRequestApproved True StageTaskApprovalRequestApproved',
  ]),
  'after task': new Set([
    'ApprovalRequestCreated True AfterStageTaskApprovalRequestCreated',
    'ApprovalRequestApproved True AfterStageTaskApprovalRequestApproved',
    'WaitTimeElapsed True AfterStageTaskWaitTimeElapsed',
  ]),
};

/** Whatever in the status carries conditions. */
interface Carrier {
  level: Level;
  name: string;
  conditions: Condition[];
}

/** Sees the statuses of one run, in order. */
export class StatusWatch {
  readonly #seesAll: boolean;
  #before: Carrier[] = [];

  /** @param seesAll false when a status may be skipped, so that one may look unchanged that changed there and back */
  constructor({ seesAll }: { seesAll: boolean }) {
    this.#seesAll = seesAll;
  }

  /** Throws an error that names the first rule which `status` breaks, by itself or after the one before it. */
  see(status: UpdateRunStatus): void {
    const stages = stagesOf(status);
    const carriers = carriersOf(status, stages);
    for (const carrier of carriers) checkConditions(carrier);
    stages.forEach(checkStage);
    checkOrder(stages);
    checkTransition(this.#before, carriers, this.#seesAll);
    this.#before = carriers;
  }
}

/** A stage says nothing before the one before it has succeeded. */
function checkOrder(stages: readonly StageUpdatingStatus[]): void {
  const unfinished = stages.findIndex((stage) => statusOf(stage.conditions, 'Succeeded') !== 'True');
  if (unfinished === -1) return;
  for (const later of stages.slice(unfinished + 1)) {
    const touched = carriersOfStage(later).find(({ conditions }) => conditions.length > 0);
    if (touched !== undefined) {
      broken(`${touched.name} has conditions before stage ${stages[unfinished]?.stageName ?? ''} has succeeded`);
    }
  }
}

/** A condition stays, keeps its time as long as its status, and only `Progressing` changes that. */
function checkTransition(before: readonly Carrier[], after: readonly Carrier[], seesAll: boolean): void {
  for (const [index, { name, conditions }] of before.entries()) {
    for (const old of conditions) {
      // What carries conditions is frozen with the plan, so it is at the same place.
      const next = after[index]?.conditions.find(({ type }) => type === old.type);
      if (next === undefined) broken(`${old.type} of ${name} has disappeared`);
      const isFixed = old.type !== 'Progressing';
      if (isFixed && next.status !== old.status) {
        broken(`${old.type} of ${name} turns from ${old.status} to ${next.status}`);
      }
      if (next.lastTransitionTime < old.lastTransitionTime) broken(`${old.type} of ${name} goes back in time`);
      const isSame = next.status === old.status && (isFixed || seesAll);
      if (isSame && next.lastTransitionTime !== old.lastTransitionTime) {
        broken(`${old.type} of ${name} stays ${old.status} and changes its time`);
      }
    }
  }
}

function checkConditions({ level, name, conditions }: Carrier): void {
  const types = conditions.map(({ type }) => type);
  if (new Set(types).size !== types.length) broken(`${name} has two conditions of one type`);
  for (const { type, status, reason, lastTransitionTime } of conditions) {
    if (!known[level].has(`${type} ${status} ${reason}`)) {
      broken(`${name} has a condition that no ${level} has: ${type} ${status} ${reason}`);
    }
    if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(lastTransitionTime)) {
      broken(`${type} of ${name} has the time ${lastTransitionTime}`);
    }
  }
}

function checkStage({ stageName, clusters, conditions, startTime, endTime }: StageUpdatingStatus): void {
  const started = clusters.map((cluster) => statusOf(cluster.conditions, 'Started') === 'True');
  if (started.lastIndexOf(true) >= started.filter(Boolean).length) {
    broken(`the clusters of ${stageName} have not started in order`);
  }
  for (const cluster of clusters) {
    const isOver = statusOf(cluster.conditions, 'Succeeded') !== undefined;
    if (isOver && statusOf(cluster.conditions, 'Started') !== 'True') broken(`${cluster.clusterName} never started`);
  }
  if (started.includes(true) && startTime === undefined) broken(`${stageName} has clusters and no start`);
  const succeeded = statusOf(conditions, 'Succeeded');
  if ((succeeded === undefined) !== (endTime === undefined)) broken(`${stageName} ended, or not`);
  const open = clusters.find((cluster) => statusOf(cluster.conditions, 'Succeeded') !== 'True');
  if (succeeded === 'True' && open !== undefined) broken(`${stageName} has succeeded without ${open.clusterName}`);
}

function carriersOf(status: UpdateRunStatus, stages: readonly StageUpdatingStatus[]): Carrier[] {
  return [{ level: 'run', name: 'the run', conditions: status.conditions ?? [] }, ...stages.flatMap(carriersOfStage)];
}

function carriersOfStage(stage: StageUpdatingStatus): Carrier[] {
  const { stageName, clusters, conditions = [], beforeStageTaskStatus = [], afterStageTaskStatus = [] } = stage;
  return [
    { level: 'stage', name: `stage ${stageName}`, conditions },
    ...clusters.map((cluster): Carrier => ({
      level: 'cluster',
      name: `cluster ${cluster.clusterName}`,
      conditions: cluster.conditions ?? [],
    })),
    ...beforeStageTaskStatus.map((task): Carrier => ({
      level: 'before task',
      name: `${task.type} before ${stageName}`,
      conditions: task.conditions ?? [],
    })),
    ...afterStageTaskStatus.map((task): Carrier => ({
      level: 'after task',
      name: `${task.type} after ${stageName}`,
      conditions: task.conditions ?? [],
    })),
  ];
}

/** The stages in the order in which a run goes through them, that of the removals last. */
function stagesOf({ stagesStatus = [], deletionStageStatus }: UpdateRunStatus): StageUpdatingStatus[] {
  return deletionStageStatus === undefined ? stagesStatus : [...stagesStatus, deletionStageStatus];
}

function statusOf(conditions: Condition[] | undefined, type: string): Condition['status'] | undefined {
  return conditions?.find((condition) => condition.type === type)?.status;
}

function broken(rule: string): never {
  throw new Error(`The status breaks a rule: ${rule}.`);
}
