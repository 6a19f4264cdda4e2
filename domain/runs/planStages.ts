/** Puts the selected clusters into the stages of a strategy, and into their order. */
import { taskFaults, type InitializationFailures } from '../../api/runFailures.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { StageConfig } from '../../api/types/clusterstagedupdatestrategy.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { parseDuration } from '../durations.ts';
import { matchesSelector, validateSelector } from '../labelSelectors.ts';
import { compareBytes } from '../ordering.ts';
import type { PlannedCluster } from './plan.ts';
import { refusePlan } from './planningStop.ts';

/** One stage of the strategy with its clusters in the order in which they start. */
export interface FilledStage {
  config: StageConfig;
  clusters: PlannedCluster[];
}

/** A strategy's name, for messages, and its stages: from the strategy itself, or as a run has kept them. */
export interface NamedStages {
  name: string;
  stages: readonly StageConfig[];
}

/**
 * Every selected cluster has to be in exactly one stage. Labels are those of the `MemberCluster` objects on the hub.
 * @param failures texts in the words of the run's scope
 * @throws PlanningStop with the documented text when the strategy does not fit the clusters.
 */
export function planStages(
  strategy: NamedStages,
  selected: ClusterResourceBinding[],
  memberClusters: MemberCluster[],
  failures: InitializationFailures,
): FilledStage[] {
  const labelsOf = new Map(memberClusters.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  const placed = new Set<string>();
  checkStageNames(strategy, failures);
  const stages = strategy.stages.map((config): FilledStage => {
    checkTasksBefore(strategy.name, config, failures);
    checkTasksAfter(strategy.name, config, failures);
    const problem = validateSelector(config.labelSelector);
    if (problem !== undefined) refusePlan(failures.invalidStageSelector(strategy.name, config.name, problem));
    const clusters = selected.filter(({ spec }) => inStage(config, labelsOf.get(spec.targetCluster)));
    for (const { spec } of clusters) {
      if (placed.has(spec.targetCluster)) refusePlan(failures.clusterInTwoStages(spec.targetCluster));
      placed.add(spec.targetCluster);
    }
    return { config, clusters: inOrder(config, clusters, labelsOf, failures) };
  });
  checkAllPlaced(selected, placed, failures);
  return stages;
}

/** Two stages of one name would share their approval request, so that one approval would open both. */
function checkStageNames(strategy: NamedStages, failures: InitializationFailures): void {
  const seen = new Set<string>();
  for (const { name } of strategy.stages) {
    if (seen.has(name)) refusePlan(failures.stageNameTwice(strategy.name, name));
    seen.add(name);
  }
}

function checkTasksBefore(
  strategy: string,
  { name, beforeStageTasks = [] }: StageConfig,
  failures: InitializationFailures,
): void {
  const problem = (text: string): never => refusePlan(failures.invalidBeforeStageTasks(strategy, name, text));
  if (beforeStageTasks.length > 1) problem(taskFaults.tooManyBefore());
  beforeStageTasks.forEach((task, index) => {
    if (task.type !== 'Approval') problem(taskFaults.notBefore(index, task.type));
    if (task.waitTime !== undefined) problem(taskFaults.approvalWithWait(index));
  });
}

function checkTasksAfter(
  strategy: string,
  { name, afterStageTasks = [] }: StageConfig,
  failures: InitializationFailures,
): void {
  const types = new Set<string>();
  afterStageTasks.forEach((task, index) => {
    const problem = (text: string): never => refusePlan(failures.invalidAfterStageTasks(strategy, name, text));
    if (types.has(task.type)) problem(taskFaults.sameTypeTwice(task.type));
    types.add(task.type);
    if (task.type !== 'TimedWait') return;
    if (task.waitTime === undefined) return problem(taskFaults.noWaitTime(index));
    if (parseDuration(task.waitTime) <= 0) problem(taskFaults.waitTimeNotPositive(index));
  });
}

/** An absent selector selects nothing, an empty one everything. */
function inStage({ labelSelector }: StageConfig, labels: Record<string, string> | undefined): boolean {
  return labelSelector !== undefined && labels !== undefined && matchesSelector(labelSelector, labels);
}

/** By the whole number in the sorting label, equal ones by name; without such a label by name. */
function inOrder(
  { sortingLabelKey }: StageConfig,
  clusters: ClusterResourceBinding[],
  labelsOf: Map<string, Record<string, string>>,
  failures: InitializationFailures,
): PlannedCluster[] {
  const ranked = clusters.map((binding) => {
    const name = binding.spec.targetCluster;
    const rank =
      sortingLabelKey === undefined
        ? 0n
        : rankOf(sortingLabelKey, name, labelsOf.get(name)?.[sortingLabelKey], failures);
    return { rank, cluster: { name, binding: binding.metadata.name } };
  });
  ranked.sort((a, b) => (a.rank === b.rank ? compareBytes(a.cluster.name, b.cluster.name) : a.rank < b.rank ? -1 : 1));
  return ranked.map(({ cluster }) => cluster);
}

/** Big integers compare exactly, whatever somebody writes into a label. */
function rankOf(key: string, cluster: string, value: string | undefined, failures: InitializationFailures): bigint {
  if (value === undefined || !/^[+-]?\d+$/.test(value)) {
    refusePlan(failures.invalidSortingLabel(key, value ?? '', cluster));
  }
  return BigInt(value.replace(/^\+/, ''));
}

function checkAllPlaced(
  selected: ClusterResourceBinding[],
  placed: Set<string>,
  failures: InitializationFailures,
): void {
  const missing = selected.map(({ spec }) => spec.targetCluster).filter((cluster) => !placed.has(cluster));
  if (missing.length > 0) refusePlan(failures.clustersInNoStage(missing));
}
