/** The plan of a run that is not there yet, made by the same planner as that of a run, and what is in its way. */
import { findCondition, placementStepType } from '../../api/conditions.ts';
import { initializationFailures, clientErrorText } from '../../api/runFailures.ts';
import type { Scope } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { RunPlan } from '../../domain/runs/plan.ts';
import { planRun, type Planning, type PlanningInput } from '../../domain/runs/planRun.ts';
import type { CurrentSnapshotResult } from '../../domain/snapshots/current.ts';
import { groupSnapshots, latestGroup } from '../../domain/snapshots/groups.ts';
import { clause } from '../why/finding.ts';
import type { PlanFacts } from './facts.ts';

export interface PlannedRun {
  /** Absent where not even the stages are known. Made with what was put right, if something is in its way. */
  plan?: RunPlan;
  /** Whether the plan names the snapshot that the run would bring. */
  snapshotKnown: boolean;
  /** Clauses: why the run would not be planned as it is. */
  problems: string[];
}

/**
 * The planner ends with the first thing that it cannot do. To name them all, it is asked again with what may be wrong
 * put right: once for what is wrong with the strategy, once for what is wrong with the snapshot.
 */
export function planFacts(facts: PlanFacts): PlannedRun {
  const input = inputOf(facts);
  const whole = planRun(input);
  if (whole.outcome === 'planned') return { plan: whole.plan, snapshotKnown: true, problems: [] };
  const external = { ...input, placement: asExternal(facts.placement) };
  const stages = planRun({ ...external, ...withAnySnapshot(external) });
  const snapshot = planRun({ ...external, strategy: oneStage(facts) });
  const { placement, strategy } = facts.missing;
  const missing = [placement, strategy].flatMap((sentence) => (sentence === undefined ? [] : [continued(sentence)]));
  const messages = [...missing, ...[whole, stages, snapshot].flatMap((planning) => problemOf(planning, facts) ?? [])];
  return {
    ...(stages.outcome === 'planned' && { plan: stages.plan }),
    snapshotKnown: false,
    problems: [...new Set(messages)],
  };
}

function inputOf(facts: PlanFacts): PlanningInput {
  const { run, placement, strategy, policySnapshots, resourceSnapshots, bindings, memberClusters, now } = facts;
  return {
    ...{ run, placement, strategy, policySnapshots, resourceSnapshots, bindings, memberClusters, now },
    lastCall: false,
    currentSnapshot: presentSnapshot(facts),
    // Nobody carries this plan out.
    stuckAfterMs: 0,
  };
}

/**
 * A run that names no snapshot takes what is selected when it begins. The latest snapshot is that, but for what has
 * changed in the last seconds.
 */
function presentSnapshot({ placement, resourceSnapshots }: PlanFacts): CurrentSnapshotResult {
  const scheduled = findCondition(
    placement?.status?.conditions,
    placementStepType(placement?.metadata ?? {}, 'Scheduled'),
  );
  if (scheduled?.reason === 'InvalidResourceSelectors') return { outcome: 'invalid', message: scheduled.message };
  const latest = latestGroup(groupSnapshots(resourceSnapshots));
  return latest?.master === undefined
    ? { outcome: 'notReady', message: 'No resource snapshot has been taken of the placement yet.' }
    : { outcome: 'taken', index: String(latest.index), name: latest.master.metadata.name };
}

function asExternal(placement: ClusterResourcePlacement | undefined): ClusterResourcePlacement | undefined {
  return (
    placement && {
      ...placement,
      spec: { ...placement.spec, strategy: { ...placement.spec.strategy, type: 'External' } },
    }
  );
}

function withAnySnapshot({ run }: PlanningInput): Pick<PlanningInput, 'run' | 'currentSnapshot'> {
  const { resourceSnapshotIndex: _, ...spec } = run.spec;
  return { run: { ...run, spec }, currentSnapshot: { outcome: 'taken', index: '', name: '' } };
}

/** Every cluster fits into it. */
function oneStage({ run }: PlanFacts): NonNullable<PlanningInput['strategy']> {
  return {
    apiVersion: run.apiVersion,
    kind: '',
    metadata: { name: run.spec.stagedRolloutStrategyName },
    spec: { stages: [{ name: 'all', labelSelector: {} }] },
  };
}

function problemOf(planning: Planning, { run, missing }: PlanFacts): string | undefined {
  if (planning.outcome === 'planned') return undefined;
  if (planning.outcome === 'waiting') return `it would wait: ${continued(planning.message)}`;
  const failures = initializationFailures(run.metadata);
  const strategy = failures.strategyNotFound(run.spec.stagedRolloutStrategyName);
  // Told with what may be meant, which no run says.
  if (planning.message === failures.placementNotFound() && missing.placement !== undefined) return undefined;
  if (planning.message === strategy && missing.strategy !== undefined) return undefined;
  return causeIn(planning.message, run.metadata);
}

/** A sentence as the end of another. */
function continued(sentence: string): string {
  return clause(sentence.slice(0, 1).toLowerCase() + sentence.slice(1));
}

/** What has to be changed, without the words with which every such message of a run begins. */
function causeIn(message: string, scope: Scope): string {
  const userError = initializationFailures(scope).tooLarge('');
  const anyError = userError.slice(0, -`${clientErrorText}: `.length);
  const head = [userError, anyError].find((one) => message.startsWith(one)) ?? '';
  return clause(message.slice(head.length));
}
