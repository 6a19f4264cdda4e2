/** Everything that there is to say of a run before it is made; what `flotilla plan -o json` prints. */
import { referenceOf, inScopeOf, type ObjectReference } from '../../api/references.ts';
import { formatDuration } from '../../domain/durations.ts';
import type { PlannedTask, RunPlan } from '../../domain/runs/plan.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { wholeNumber } from '../../domain/snapshots/groups.ts';
import { ownCommand } from '../calledAs.ts';
import { bindingRevisions } from '../rollout/revisions.ts';
import { placementTarget, runTarget } from '../rollout/target.ts';
import { groupChanges, type ChangesGroup } from './changes.ts';
import { lookAtClusters, type ClusterLook, type LookOptions } from './clusterLooks.ts';
import { estimatePlan, wavesOf } from './estimate.ts';
import type { PlanFacts } from './facts.ts';
import { planFacts } from './planning.ts';
import { otherRuns, remarksOnHub } from './surroundings.ts';

export interface PlanReport {
  /** As they are typed: `csur/web-run-1`, `crp/web`. */
  run: string;
  placement: string;
  strategy: string;
  /** Index of the snapshot that is brought; absent where it is not known. */
  revision?: number;
  /** Whether nothing is in its way. */
  canRun: boolean;
  problems: PlanProblem[];
  /** Clauses on what else is good to know. */
  notes: string[];
  /** Absent where the stages cannot be told. */
  estimate?: ReportedEstimate;
  stages: ReportedStage[];
  /** Clusters that lose what they have, after the last stage. */
  removals: string[];
  changes: ChangesGroup[];
  /** What to type next. */
  next: string[];
}

/** Why the run would not come to its end. */
export interface PlanProblem {
  /** A clause. */
  message: string;
  /** Clusters that it is about; absent where it is about the run. */
  clusters?: string[];
}

/** Whole seconds. */
export interface ReportedEstimate {
  /** Absent where no earlier run has updated a cluster. */
  totalSeconds?: number;
  waitSeconds: number;
  approvals: number;
  secondsPerCluster?: number;
  /** How many updates of clusters that comes from. */
  clustersSeen: number;
}

export interface ReportedStage {
  name: string;
  maxConcurrency: number;
  /** Gates as `soak 1m0s` and `approval`. */
  before: string[];
  /** Clusters in their order, by turn. */
  waves: string[][];
  after: string[];
}

/** How the run was described, for what to type next. */
export interface ReportOptions extends LookOptions {
  /** The file that it stands in; absent where it was named by placement and strategy. */
  file?: string;
}

export async function reportPlan(hub: KubernetesClient, facts: PlanFacts, options: ReportOptions): Promise<PlanReport> {
  const { plan, snapshotKnown, problems } = planFacts(facts);
  const looks = plan !== undefined && snapshotKnown ? await lookAtClusters(hub, plan, facts, options) : [];
  const index = plan !== undefined && snapshotKnown ? plan.resourceSnapshot.index : undefined;
  const { run } = facts;
  const [onHub, others] = [remarksOnHub(facts), otherRuns(facts, index)];
  const all = [
    ...[...onHub.problems, ...problems, ...others.problems].map((message): PlanProblem => ({ message })),
    ...groupProblems(looks),
  ];
  const takesPresent = (run.spec.resourceSnapshotIndex ?? '') === '' && index !== undefined;
  return {
    run: runTarget(referenceOf(run)),
    placement: placementTarget(inScopeOf(run.metadata, run.spec.placementName)),
    strategy: run.spec.stagedRolloutStrategyName,
    ...(index !== undefined && { revision: Number(index) }),
    canRun: all.length === 0,
    problems: all,
    notes: [
      ...onHub.notes,
      ...others.notes,
      ...(takesPresent
        ? [`it names no revision, so it takes what is selected when it begins; now that is revision ${index}`]
        : []),
    ],
    ...(plan !== undefined && { estimate: reportedEstimate(plan, facts) }),
    stages: (plan?.stages ?? []).map((stage) => ({
      name: stage.name,
      maxConcurrency: stage.maxConcurrency,
      before: stage.beforeTasks.map((task) => gateText(task, 'approval to begin')),
      waves: wavesOf(stage),
      after: stage.afterTasks.map((task) => gateText(task, 'approval')),
    })),
    removals: (plan?.removals ?? []).map(({ name }) => name),
    changes: groupChanges(looks.map(({ changes }) => changes)),
    next: nextCommands(facts, index, all.length === 0, options),
  };
}

function reportedEstimate(plan: RunPlan, { runs }: PlanFacts): ReportedEstimate {
  const { total, perCluster, waits, approvals, clustersSeen } = estimatePlan(plan, runs);
  return {
    ...(total !== undefined && { totalSeconds: Math.round(total / 1000) }),
    waitSeconds: Math.round(waits / 1000),
    approvals,
    ...(perCluster !== undefined && { secondsPerCluster: Math.round(perCluster / 100) / 10 }),
    clustersSeen,
  };
}

function gateText(task: PlannedTask, approval: string): string {
  return task.type === 'TimedWait' ? `soak ${formatDuration(task.waitMs)}` : approval;
}

/** The same of several clusters is one problem. */
function groupProblems(looks: readonly ClusterLook[]): PlanProblem[] {
  const clustersOf = new Map<string, string[]>();
  for (const { changes, problems } of looks) {
    for (const message of new Set(problems)) {
      clustersOf.set(message, [...(clustersOf.get(message) ?? []), changes.cluster]);
    }
  }
  return [...clustersOf].map(([message, clusters]) => ({ message, clusters }));
}

function nextCommands(facts: PlanFacts, index: string | undefined, canRun: boolean, { file }: ReportOptions): string[] {
  const { run, bindings, resourceSnapshots } = facts;
  const { placementName, stagedRolloutStrategyName, resourceSnapshotIndex = '' } = run.spec;
  const placement: ObjectReference = inScopeOf(run.metadata, placementName);
  const namespace = placement.namespace === undefined ? '' : ` -n ${placement.namespace}`;
  const named = resourceSnapshotIndex === '' ? '' : ` --index ${resourceSnapshotIndex}`;
  const start =
    file === undefined || file === '-'
      ? ownCommand(`run ${placementName} --strategy ${stagedRolloutStrategyName}${named}${namespace}`)
      : `kubectl apply -f ${file}${run.metadata.namespace === undefined ? '' : namespace}`;
  const present = new Set(bindings.map(bindingRevisions(resourceSnapshots)));
  const others = [...present].filter((one) => one !== undefined && one !== wholeNumber(index));
  const [other] = others.sort((left, right) => (right ?? 0) - (left ?? 0));
  const diff = index === undefined || other === undefined ? [] : [diffCommand(placement, other, index)];
  return [...(canRun ? [start] : []), ...diff];
}

function diffCommand(placement: ObjectReference, from: number, to: string): string {
  return ownCommand(`diff ${placementTarget(placement)} ${from} ${to}`);
}
