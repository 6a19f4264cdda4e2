/** A run as a person wants to see it, from its object on the hub and what else the hub knows. Pure, and without "now". */
import { findCondition, isConditionTrue } from '../../api/conditions.ts';
import { kindsIn } from '../../api/kinds.ts';
import type { Condition } from '../../api/meta.ts';
import { referenceOf, type ObjectReference } from '../../api/references.ts';
import type { RunPhase } from '../../api/temporal.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type {
  ClusterStagedUpdateRun,
  ClusterUpdatingStatus,
  StageConfig,
  StageUpdatingStatus,
} from '../../api/types/clusterstagedupdaterun.ts';
import { phaseOfObject } from '../../domain/runs/objectPhase.ts';
import { concurrencyOf } from '../../domain/runs/planRun.ts';
import type { WorkerState } from '../workerLease.ts';
import { gatesAfter, gatesBefore, type Gate } from './gates.ts';
import { hindranceIn, longWork } from './hindrance.ts';

/** What the hub says about a run. */
export interface RunFacts {
  run: ClusterStagedUpdateRun;
  approvals: readonly ClusterApprovalRequest[];
  /** What keeps clusters, by their names, as their bindings say. */
  troubles: ReadonlyMap<string, string>;
  /** Of the placement; absent where they were not read. */
  bindings?: readonly ClusterResourceBinding[];
  /** Whether a worker looks after the hub at a time, in epoch milliseconds; absent where nobody has asked. */
  worker?: (now: number) => WorkerState;
  /** Sentences on what could not be read. */
  notes?: readonly string[];
}

export type ClusterState = 'pending' | 'updating' | 'troubled' | 'failed' | 'succeeded';

/** All times are milliseconds since the epoch. */
export interface ClusterPicture {
  name: string;
  state: ClusterState;
  /** Why it waits or failed. */
  trouble?: string;
  startedAt?: number;
  endedAt?: number;
}

export type StageState = 'pending' | 'updating' | 'waiting' | 'stopped' | 'failed' | 'succeeded';

export interface StagePicture {
  name: string;
  state: StageState;
  clusters: ClusterPicture[];
  /** Gates before the first cluster. */
  before: Gate[];
  /** Gates after the last cluster. */
  after: Gate[];
  /** How many clusters are updated at the same time. */
  concurrency: number;
  startedAt?: number;
  endedAt?: number;
}

export interface RunPicture {
  reference: ObjectReference;
  kind: string;
  placement: string;
  /** Index of the resource snapshot; absent until it is chosen. */
  snapshot?: string;
  phase: RunPhase;
  /** What the run says of itself. */
  message: string;
  /** Whether a worker has written anything on it. */
  takenUp: boolean;
  createdAt: number;
  endedAt?: number;
  stages: StagePicture[];
  /** Clusters from which the placement is removed at the end; absent where there are none. */
  removal?: StagePicture;
  notes: readonly string[];
  /** What the picture was made from. */
  facts: RunFacts;
  /** Where the picture is one of the past: of which time, in words. */
  asOf?: string;
}

export function pictureOf(facts: RunFacts): RunPicture {
  const { run } = facts;
  const { metadata, spec, status = {} } = run;
  const ended = endOf(status.conditions);
  const hindrance = hindranceIn(findCondition(status.conditions, 'Progressing'));
  const troubles = new Map(facts.troubles);
  // The run says it better than the binding, which has only what the server said.
  const { cluster, trouble = troubles.get(cluster ?? '') ?? longWork } = hindrance ?? {};
  // Only that a server rejects something is kept for the binding, whose words may hold anything.
  const isVague = trouble.includes('the server rejects it');
  if (cluster !== undefined) troubles.set(cluster, (isVague ? troubles.get(cluster) : undefined) ?? trouble);
  const stageOf = (stage: StageUpdatingStatus, config?: StageConfig): StagePicture =>
    stagePicture(stage, config, { run, approvals: facts.approvals, troubles });
  const configured = status.stagedUpdateStrategySnapshot?.stages ?? [];
  const removal = status.deletionStageStatus;
  const snapshot = [spec.resourceSnapshotIndex, status.resourceSnapshotIndexUsed].find((index) => (index ?? '') !== '');
  return {
    reference: referenceOf(run),
    kind: kindsIn(metadata).run.kind,
    placement: spec.placementName,
    ...(snapshot !== undefined && { snapshot }),
    phase: phaseOfObject(run),
    message:
      (ended ?? findCondition(status.conditions, 'Progressing') ?? findCondition(status.conditions, 'Initialized'))
        ?.message ?? '',
    takenUp: (status.conditions ?? []).length > 0,
    createdAt: Date.parse(metadata.creationTimestamp ?? ''),
    ...(ended !== undefined && { endedAt: Date.parse(ended.lastTransitionTime) }),
    stages: (status.stagesStatus ?? []).map((stage, index) => stageOf(stage, configured[index])),
    ...(removal !== undefined &&
      removal.clusters.length > 0 && {
        removal: { ...stageOf(removal), name: 'removal', concurrency: removal.clusters.length },
      }),
    notes: facts.notes ?? [],
    facts,
  };
}

/** Every cluster of the run, those to be removed included. */
export function clustersOf({ stages, removal }: RunPicture): ClusterPicture[] {
  return [...stages, ...(removal === undefined ? [] : [removal])].flatMap(({ clusters }) => clusters);
}

/** The condition with which the run ended. */
function endOf(conditions: readonly Condition[] | undefined): Condition | undefined {
  const succeeded = findCondition(conditions, 'Succeeded');
  if (succeeded !== undefined && succeeded.status !== 'Unknown') return succeeded;
  const initialized = findCondition(conditions, 'Initialized');
  return initialized?.status === 'False' ? initialized : undefined;
}

interface Around {
  run: ClusterStagedUpdateRun;
  approvals: readonly ClusterApprovalRequest[];
  troubles: ReadonlyMap<string, string>;
}

function stagePicture(stage: StageUpdatingStatus, config: StageConfig | undefined, around: Around): StagePicture {
  const clusters = stage.clusters.map((cluster) => clusterPicture(cluster, around.troubles));
  const approvals = { run: around.run.metadata.name, requests: around.approvals };
  return {
    name: stage.stageName,
    state: stageState(stage),
    clusters,
    before: gatesBefore(stage, approvals),
    after: gatesAfter(stage, config, { approvals, updatedAt: updatedAt(stage, clusters) }),
    concurrency: concurrencyOf(config?.maxConcurrency, clusters.length),
    ...(stage.startTime !== undefined && { startedAt: Date.parse(stage.startTime) }),
    ...(stage.endTime !== undefined && { endedAt: Date.parse(stage.endTime) }),
  };
}

function stageState({ conditions, startTime }: StageUpdatingStatus): StageState {
  const succeeded = findCondition(conditions, 'Succeeded');
  if (succeeded !== undefined) return succeeded.status === 'True' ? 'succeeded' : 'failed';
  const progressing = findCondition(conditions, 'Progressing');
  if (progressing === undefined) return startTime === undefined ? 'pending' : 'updating';
  if (progressing.status !== 'False') return 'updating';
  return progressing.reason === 'StageUpdatingStopped' ? 'stopped' : 'waiting';
}

/** When the last cluster was done, from which a soak counts; a stage without clusters is done when it is reached. */
function updatedAt(stage: StageUpdatingStatus, clusters: readonly ClusterPicture[]): number | undefined {
  const ends = clusters.map(({ endedAt }) => endedAt);
  if (ends.length > 0) {
    return ends.every((end) => end !== undefined) ? ends.reduce((one, other) => Math.max(one, other)) : undefined;
  }
  const progressing = findCondition(stage.conditions, 'Progressing');
  return progressing?.status === 'False' ? Date.parse(progressing.lastTransitionTime) : undefined;
}

function clusterPicture(
  { clusterName: name, conditions }: ClusterUpdatingStatus,
  troubles: ReadonlyMap<string, string>,
): ClusterPicture {
  const started = findCondition(conditions, 'Started');
  const succeeded = findCondition(conditions, 'Succeeded');
  const startedAt = started && { startedAt: Date.parse(started.lastTransitionTime) };
  if (succeeded !== undefined && succeeded.status !== 'Unknown') {
    const endedAt = Date.parse(succeeded.lastTransitionTime);
    if (succeeded.status === 'True') return { name, state: 'succeeded', ...startedAt, endedAt };
    return { name, state: 'failed', trouble: succeeded.message, ...startedAt, endedAt };
  }
  if (!isConditionTrue(conditions, 'Started')) return { name, state: 'pending' };
  const trouble = troubles.get(name);
  return trouble === undefined
    ? { name, state: 'updating', ...startedAt }
    : { name, state: 'troubled', trouble, ...startedAt };
}
