/**
 * Makes the plan of a run from what is on the hub: which clusters, in which stage, in which order, with which snapshot.
 * Source: the documents' checks and texts; where they give up although the missing thing may still come, this waits.
 */
import { annotations, deleteStageName, labels } from '../../api/labels.ts';
import { approvalRequestName } from '../../api/names.ts';
import { referenceOf } from '../../api/references.ts';
import { initializationFailures } from '../../api/runFailures.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import type { StageTaskMoment } from '../../api/runConditions.ts';
import type {
  ClusterStagedUpdateRun,
  StageTaskStatus,
  UpdateRunStatus,
} from '../../api/types/clusterstagedupdaterun.ts';
import type { ClusterStagedUpdateStrategy, StageConfig } from '../../api/types/clusterstagedupdatestrategy.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { findCondition } from '../../api/conditions.ts';
import { creationOf } from '../claims.ts';
import { compareBytes } from '../ordering.ts';
import type { CurrentSnapshotResult } from '../snapshots/current.ts';
import { formatDuration, parseDuration } from '../durations.ts';
import type { PlannedCluster, PlannedTask, RunPlan } from './plan.ts';
import { awaitPlan, PlanningStop, refusePlan } from './planningStop.ts';
import { statusProblem } from './statusSize.ts';
import { planStages } from './planStages.ts';

/** What was read from the hub; lists hold only what belongs to the run's placement. */
export interface PlanningInput {
  run: ClusterStagedUpdateRun;
  placement: ClusterResourcePlacement | undefined;
  policySnapshots: ClusterSchedulingPolicySnapshot[];
  resourceSnapshots: ClusterResourceSnapshot[];
  bindings: ClusterResourceBinding[];
  strategy: ClusterStagedUpdateStrategy | undefined;
  memberClusters: MemberCluster[];
  /** Set when the wait for a snapshot that may still come is over. */
  lastCall: boolean;
  /** The snapshot of what the placement selects at this moment; for a run that names none. */
  currentSnapshot: CurrentSnapshotResult | undefined;
  /** See {@link RunPlan.stuckAfterMs}. */
  stuckAfterMs: number;
  /** Epoch milliseconds at which the run was taken up. */
  now: number;
}

/** The part of a run's status that never changes after initialization. */
export type FrozenStatus = Pick<
  UpdateRunStatus,
  | 'policySnapshotIndexUsed'
  | 'policyObservedClusterCount'
  | 'resourceSnapshotIndexUsed'
  | 'appliedStrategy'
  | 'stagedUpdateStrategySnapshot'
  | 'stagesStatus'
  | 'deletionStageStatus'
>;

export type Planning =
  | { outcome: 'planned'; plan: RunPlan; status: FrozenStatus }
  /** One sentence on what is still to come. `mayNeverCome`: do not wait for ever. */
  | { outcome: 'waiting'; message: string; mayNeverCome: boolean }
  | { outcome: 'refused'; message: string };

/** @returns the plan and the status that shows it, or why there is none. */
export function planRun(input: PlanningInput): Planning {
  try {
    return makePlan(input);
  } catch (stop) {
    if (!(stop instanceof PlanningStop)) throw stop;
    return stop.outcome === 'refused'
      ? { outcome: 'refused', message: stop.message }
      : { outcome: 'waiting', message: stop.message, mayNeverCome: stop.mayNeverCome };
  }
}

function makePlan(input: PlanningInput): Planning {
  const { run } = input;
  const failures = initializationFailures(run.metadata);
  const placement = checkPlacement(input);
  const policySnapshot = scheduledPolicySnapshot(input);
  const { selected, removed } = sortBindings(input, policySnapshot);
  const strategy = input.strategy ?? refusePlan(failures.strategyNotFound(run.spec.stagedRolloutStrategyName));
  const named = { name: strategy.metadata.name, stages: strategy.spec.stages };
  const stages = planStages(named, selected, input.memberClusters, failures);
  const resourceSnapshot = chooseSnapshot(input);
  const removals = removed.map(plannedCluster).sort((a, b) => compareBytes(a.name, b.name));
  const plan: RunPlan = {
    run: {
      ...referenceOf(run),
      uid: run.metadata.uid ?? '',
      createdAt: creationOf(run.metadata.creationTimestamp ?? '', input.now),
      generation: run.metadata.generation ?? 1,
    },
    placement: {
      ...referenceOf(placement),
      uid: placement.metadata.uid ?? '',
      generation: placement.metadata.generation ?? 1,
    },
    resourceSnapshot,
    applyStrategy: placement.spec.strategy?.applyStrategy,
    stages: stages.map(({ config, clusters }) => ({
      name: config.name,
      clusters,
      maxConcurrency: concurrencyOf(config.maxConcurrency, clusters.length),
      beforeTasks: plannedTasks(run.metadata.name, config, 'before'),
      afterTasks: plannedTasks(run.metadata.name, config, 'after'),
    })),
    stuckAfterMs: input.stuckAfterMs,
    removals,
  };
  const status = frozenStatus(plan, strategy, policySnapshot, selected.length);
  const tooLarge = statusProblem(status);
  return tooLarge === undefined ? { outcome: 'planned', plan, status } : refusePlan(failures.tooLarge(tooLarge));
}

export function checkPlacement({ run, placement }: Pick<PlanningInput, 'run' | 'placement'>): ClusterResourcePlacement {
  const failures = initializationFailures(run.metadata);
  if (placement === undefined || placement.metadata.deletionTimestamp !== undefined) {
    return refusePlan(failures.placementNotFound());
  }
  const type = placement.spec.strategy?.type ?? 'RollingUpdate';
  if (type !== 'External') return refusePlan(failures.placementNotExternal(type));
  return placement;
}

/** The latest policy snapshot once the scheduler has chosen the clusters; until then there is something to wait for. */
export function scheduledPolicySnapshot({
  run,
  policySnapshots,
}: Pick<PlanningInput, 'run' | 'policySnapshots'>): ClusterSchedulingPolicySnapshot {
  const placement = run.spec.placementName;
  const failures = initializationFailures(run.metadata);
  const latest = policySnapshots.filter(isLatest);
  if (latest.length > 1) return refusePlan(failures.severalPolicySnapshots(latest.length, placement));
  const [snapshot] = latest;
  if (snapshot === undefined) return awaitPlan(`Placement ${placement} has not been scheduled yet.`);
  const { name, generation } = snapshot.metadata;
  const scheduled = findCondition(snapshot.status?.conditions, 'Scheduled');
  if (scheduled?.observedGeneration !== generation || scheduled?.status === 'Unknown') {
    return awaitPlan(
      `Placement ${placement} has not been scheduled yet: policy snapshot ${name} has no clusters so far.`,
    );
  }
  if (scheduled?.status === 'False') {
    return awaitPlan(
      `Placement ${placement} does not have all clusters that its policy asks for: ${scheduled.message}.`,
    );
  }
  if ((snapshot.metadata.labels?.[labels.policyIndex] ?? '') === '') return refusePlan(failures.noPolicyIndex(name));
  return snapshot;
}

export function sortBindings(
  { run, bindings }: Pick<PlanningInput, 'run' | 'bindings'>,
  policySnapshot: ClusterSchedulingPolicySnapshot,
): { selected: ClusterResourceBinding[]; removed: ClusterResourceBinding[] } {
  const live = bindings.filter((binding) => binding.metadata.deletionTimestamp === undefined);
  const removed = live.filter((binding) => binding.spec.state === 'Unscheduled');
  const selected = live.filter((binding) => binding.spec.state !== 'Unscheduled');
  const name = policySnapshot.metadata.name;
  const late = selected.find((binding) => binding.spec.schedulingPolicySnapshotName !== name);
  if (late !== undefined) {
    return awaitPlan(
      `Placement ${run.spec.placementName} is being scheduled again: ${late.spec.targetCluster} is still to be decided.`,
    );
  }
  if (selected.length + removed.length === 0) {
    return refusePlan(initializationFailures(run.metadata).nothingSelected(name));
  }
  return { selected, removed };
}

/** The named snapshot. The one after the latest may be about to be taken, so it is worth a wait. */
function chooseSnapshot(input: PlanningInput): RunPlan['resourceSnapshot'] {
  const { run, resourceSnapshots, lastCall } = input;
  const failures = initializationFailures(run.metadata);
  const { resourceSnapshotIndex: text, placementName } = run.spec;
  if (text === undefined || text === '') return takenSnapshot(input);
  const index = /^\d+$/.test(text) ? Number(text) : undefined;
  if (index === undefined) return refusePlan(failures.invalidSnapshotIndex(text));
  const group = resourceSnapshots.filter((snapshot) => snapshot.metadata.labels?.[labels.resourceIndex] === text);
  const master = group.find((snapshot) => (snapshot.metadata.annotations?.[annotations.resourceHash] ?? '') !== '');
  if (master !== undefined) return { index: text, name: master.metadata.name, requestedIndex: text };
  const latest = Math.max(
    -1,
    ...resourceSnapshots.map((snapshot) => Number(snapshot.metadata.labels?.[labels.resourceIndex])),
  );
  if (index === latest + 1 && !lastCall) {
    throw new PlanningStop(
      'waiting',
      `Resource snapshot ${text} of placement ${placementName} has not been taken yet.`,
      true,
    );
  }
  return refusePlan(
    group.length === 0
      ? failures.snapshotNotFound(text, placementName)
      : failures.noMasterSnapshot(placementName, text),
  );
}

/** What the placement selects now, for a run that names no snapshot. */
function takenSnapshot({ run, currentSnapshot }: PlanningInput): RunPlan['resourceSnapshot'] {
  switch (currentSnapshot?.outcome) {
    case 'taken':
      return { index: currentSnapshot.index, name: currentSnapshot.name, requestedIndex: '' };
    case 'invalid':
      return refusePlan(initializationFailures(run.metadata).invalidResourceSelectors(currentSnapshot.message));
    case 'notReady':
      return awaitPlan(currentSnapshot.message);
    case undefined:
      return awaitPlan(`The resources of placement ${run.spec.placementName} have not been read yet.`);
  }
}

/**
 * How many clusters of a stage may be in work at once.
 * @param configured a number, or a percentage of `clusters` that is rounded down; absent means one at a time
 * @returns at least 1; more than `clusters` when configured so
 */
export function concurrencyOf(configured: number | string | undefined, clusters: number): number {
  if (configured === undefined) return 1;
  if (typeof configured === 'number') return Math.max(1, configured);
  return Math.max(1, Math.floor((clusters * Number.parseInt(configured, 10)) / 100));
}

function plannedTasks(run: string, stage: StageConfig, when: StageTaskMoment): PlannedTask[] {
  const tasks = when === 'before' ? stage.beforeStageTasks : stage.afterStageTasks;
  return (tasks ?? []).map((task) =>
    task.type === 'Approval'
      ? { type: 'Approval', request: approvalRequestName(run, stage.name, when) }
      : { type: 'TimedWait', waitMs: parseDuration(task.waitTime ?? '') },
  );
}

function frozenStatus(
  plan: RunPlan,
  strategy: ClusterStagedUpdateStrategy,
  policySnapshot: ClusterSchedulingPolicySnapshot,
  selected: number,
): FrozenStatus {
  const status: FrozenStatus = {
    policySnapshotIndexUsed: policySnapshot.metadata.labels?.[labels.policyIndex],
    policyObservedClusterCount: wantedCount(policySnapshot) ?? selected,
    stagedUpdateStrategySnapshot: { stages: strategy.spec.stages.map(canonicalStage) },
    stagesStatus: plan.stages.map((stage) => ({
      stageName: stage.name,
      clusters: stage.clusters.map(({ name }) => ({ clusterName: name })),
      ...(stage.beforeTasks.length > 0 && { beforeStageTaskStatus: stage.beforeTasks.map(frozenTask) }),
      ...(stage.afterTasks.length > 0 && { afterStageTaskStatus: stage.afterTasks.map(frozenTask) }),
    })),
    deletionStageStatus: {
      stageName: deleteStageName,
      clusters: plan.removals.map(({ name }) => ({ clusterName: name })),
    },
  };
  if (plan.applyStrategy !== undefined) status.appliedStrategy = plan.applyStrategy;
  if (plan.resourceSnapshot.requestedIndex === '') status.resourceSnapshotIndexUsed = plan.resourceSnapshot.index;
  return status;
}

/** How many clusters a policy that asks for a number asks for; `undefined` for the others. */
export function wantedCount({ metadata }: ClusterSchedulingPolicySnapshot): number | undefined {
  const text = metadata.annotations?.[annotations.numberOfClusters];
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function frozenTask(task: PlannedTask): StageTaskStatus {
  return task.type === 'Approval' ? { type: task.type, approvalRequestName: task.request } : { type: task.type };
}

/** Durations in status are in Go's canonical form: `1m` becomes `1m0s`. */
function canonicalStage(stage: StageConfig): StageConfig {
  if (stage.afterStageTasks === undefined) return stage;
  const tasks = stage.afterStageTasks.map((task) => {
    const wait = task.waitTime === undefined ? undefined : parseDuration(task.waitTime);
    return wait === undefined ? task : { ...task, waitTime: formatDuration(wait) };
  });
  return { ...stage, afterStageTasks: tasks };
}

export function plannedCluster(binding: ClusterResourceBinding): PlannedCluster {
  return { name: binding.spec.targetCluster, binding: binding.metadata.name };
}

function isLatest(snapshot: ClusterSchedulingPolicySnapshot): boolean {
  return snapshot.metadata.labels?.[labels.isLatestSnapshot] === 'true';
}
