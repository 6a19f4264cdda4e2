/**
 * Whether the plan of an initialized run still fits the hub. A plan is frozen; when the placement, its policy or the
 * fleet has moved away from it, the run stops for good and says what has changed, as the documents have it.
 */
import { labels } from '../../api/labels.ts';
import { initializationFailures, outdatedRuns, type OutdatedRuns } from '../../api/runFailures.ts';
import type { StageUpdatingStatus } from '../../api/types/clusterstagedupdaterun.ts';
import { goJson } from '../snapshots/goJson.ts';
import { PlanningStop } from './planningStop.ts';
import { checkPlacement, scheduledPolicySnapshot, sortBindings, wantedCount, type PlanningInput } from './planRun.ts';
import { planStages, type FilledStage } from './planStages.ts';

/** What was read from the hub; lists hold only what belongs to the run's placement. */
export type ReviewInput = Pick<PlanningInput, 'run' | 'placement' | 'policySnapshots' | 'bindings' | 'memberClusters'>;

/** `unclear`: something is just being decided, and its outcome will be another reason to look. */
export type Review = { outcome: 'fits' } | { outcome: 'unclear' } | { outcome: 'outdated'; message: string };

/** Compares what the run's status recorded at initialization with what would be planned now. */
export function reviewRun(input: ReviewInput): Review {
  try {
    const message = findChange(input);
    return message === undefined ? { outcome: 'fits' } : { outcome: 'outdated', message };
  } catch (stop) {
    if (!(stop instanceof PlanningStop)) throw stop;
    return stop.outcome === 'refused' ? { outcome: 'outdated', message: stop.message } : { outcome: 'unclear' };
  }
}

function findChange(input: ReviewInput): string | undefined {
  const { run, memberClusters } = input;
  const { status = {} } = run;
  const failures = outdatedRuns(run.metadata);
  const placement = checkPlacement(input);
  const latest = placement.spec.strategy?.applyStrategy;
  if (goJson(latest) !== goJson(status.appliedStrategy)) {
    return failures.applyStrategy(goJson(latest), goJson(status.appliedStrategy));
  }
  const policySnapshot = scheduledPolicySnapshot(input);
  const policyIndex = policySnapshot.metadata.labels?.[labels.policyIndex] ?? '';
  if (policyIndex !== status.policySnapshotIndexUsed) {
    return failures.policySnapshot(policyIndex, status.policySnapshotIndexUsed ?? '');
  }
  const wanted = wantedCount(policySnapshot);
  if (wanted !== undefined && wanted !== status.policyObservedClusterCount) {
    return failures.observedCount(wanted, status.policyObservedClusterCount ?? 0);
  }
  if (isEmptied(input)) return undefined;
  const { selected, removed } = sortBindings(input, policySnapshot);
  const { stagedUpdateStrategySnapshot: strategy, stagesStatus, deletionStageStatus } = status;
  if (strategy === undefined) return failures.strategyMissing();
  if (stagesStatus === undefined) return failures.stagesMissing();
  if (deletionStageStatus === undefined) return failures.deletionStageMissing();
  const named = { name: run.spec.stagedRolloutStrategyName, stages: strategy.stages };
  const change = findStageChange(
    planStages(named, selected, memberClusters, initializationFailures(run.metadata)),
    stagesStatus,
    failures,
  );
  return (
    change ??
    findNewRemoval(
      removed.map(({ spec }) => spec.targetCluster),
      deletionStageStatus,
      failures,
    )
  );
}

/** A run that only removes leaves nothing behind. */
function isEmptied({ run: { status }, bindings }: ReviewInput): boolean {
  return bindings.length === 0 && (status?.stagesStatus ?? []).every(({ clusters }) => clusters.length === 0);
}

function findStageChange(
  now: readonly FilledStage[],
  before: readonly StageUpdatingStatus[],
  failures: OutdatedRuns,
): string | undefined {
  if (now.length !== before.length) return failures.stageCount(now.length, before.length);
  for (const [index, stage] of now.entries()) {
    const { stageName, clusters } = before[index] ?? { stageName: '', clusters: [] };
    if (stage.config.name !== stageName) return failures.stageName(index, stage.config.name, stageName);
    const [names, recorded] = [stage.clusters.map(({ name }) => name), clusters.map(({ clusterName }) => clusterName)];
    if (names.length !== recorded.length) {
      return failures.clusterCount(index, names.length, recorded.length, difference(names, recorded));
    }
    const position = names.findIndex((name, place) => name !== recorded[place]);
    if (position !== -1) {
      return failures.cluster(index, position, names[position] ?? '', recorded[position] ?? '');
    }
  }
  return undefined;
}

/** Fewer clusters to remove than planned is fine: they are gone, or wanted again. */
function findNewRemoval(
  now: readonly string[],
  { clusters }: StageUpdatingStatus,
  failures: OutdatedRuns,
): string | undefined {
  const recorded = new Set(clusters.map(({ clusterName }) => clusterName));
  const added = now.find((name) => !recorded.has(name));
  return added === undefined ? undefined : failures.removal(added);
}

/** `added: a, b; gone: c`, ten names of each at most. */
function difference(now: readonly string[], before: readonly string[]): string {
  const [present, former] = [new Set(now), new Set(before)];
  const added = now.filter((name) => !former.has(name));
  const gone = before.filter((name) => !present.has(name));
  const list = (what: string, names: string[]): string[] =>
    names.length === 0 ? [] : [`${what}: ${names.slice(0, 10).join(', ')}${names.length > 10 ? ', …' : ''}`];
  return [...list('added', added), ...list('gone', gone)].join('; ');
}
