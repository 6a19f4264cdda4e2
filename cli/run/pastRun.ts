/** A run as it stood on the hub at a moment in the past, rebuilt from its history. Pure. */
import { kindsIn } from '../../api/kinds.ts';
import { apiVersionOf } from '../../api/meta.ts';
import { scopeOf } from '../../api/references.ts';
import type {
  ClusterStagedUpdateRun,
  StageTaskStatus,
  StageUpdatingStatus,
  UpdateRunSpec,
  UpdateRunStatus,
} from '../../api/types/clusterstagedupdaterun.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import { formatDuration } from '../../domain/durations.ts';
import type { PlannedCluster, PlannedTask, RunPlan } from '../../domain/runs/plan.ts';
import { tasksOf, type ClusterProgress, type RunProgress } from '../../domain/runs/progress.ts';
import { refusedStatus, renderStatus, waitingStatus } from '../../domain/runs/status.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { RecordedEvent } from '../log/recordedEvents.ts';
import { RunReplay } from '../log/runReplay.ts';
import type { RunFacts } from './picture.ts';

/** A run at a moment, and what may be read of the time after it. */
export interface PastReplay {
  replay: RunReplay;
  /**
   * Reads on to the end of the history, so call it once at most.
   * @returns when the workflow ended because the object was deleted, epoch milliseconds; undefined where it did not
   */
  deletedAt(): Promise<number | undefined>;
}

/**
 * The state after everything that had happened by then: of the last object that had the name.
 * @param time epoch milliseconds
 * @returns the moment at which the history begins, where that is later
 */
export async function replayUntil(
  events: AsyncIterable<RecordedEvent>,
  time: number,
): Promise<PastReplay | { beginsAt: number | undefined }> {
  // Not "for await", which ends the reading with the loop.
  const reading = events[Symbol.asyncIterator]();
  let replay: RunReplay | undefined;
  let before: RunReplay | undefined;
  let event = await nextOf(reading);
  for (; event !== undefined && event.time <= time; event = await nextOf(reading)) {
    if (event.type === 'started') {
      before = replay ?? before;
      replay = new RunReplay(event);
    }
    replay?.take(event);
  }
  const later = event;
  const meant = settled(replay, before);
  if (meant === undefined) return { beginsAt: later?.time };
  return { replay: meant, deletedAt: () => deletionIn(later, reading, meant) };
}

/** Starting the workflow of a run that has ended does nothing, and leaves the run as it was. */
function settled(replay: RunReplay | undefined, before: RunReplay | undefined): RunReplay | undefined {
  return replay?.unplanned.state === 'over' ? (before ?? replay) : replay;
}

/** The run may be continued as new meanwhile, and its name may be given to another one later. */
async function deletionIn(
  first: RecordedEvent | undefined,
  reading: AsyncIterator<RecordedEvent>,
  { uid, cancelledAt }: RunReplay,
): Promise<number | undefined> {
  let deletedAt = cancelledAt;
  let execution: RunReplay | undefined;
  for (let event = first; event !== undefined; event = await nextOf(reading)) {
    if (event.type === 'started') execution = new RunReplay(event);
    execution?.take(event);
    if (execution?.uid !== undefined && execution.uid !== uid) return deletedAt;
    if (event.type === 'ended' && event.how === 'cancelled') deletedAt = event.time;
  }
  return deletedAt;
}

async function nextOf(reading: AsyncIterator<RecordedEvent>): Promise<RecordedEvent | undefined> {
  const next = await reading.next();
  return next.done === true ? undefined : next.value;
}

/**
 * What became of a run that is not on the hub any more: a clause.
 * @param deleted the time in words; absent where no history tells it
 * @param hasSuccessor whether another run has the name now
 */
export function goneNote(name: string, deleted: string | undefined, hasSuccessor: boolean): string {
  const when = deleted === undefined ? 'was deleted later, and no history says when' : `was deleted at ${deleted}`;
  return `${name} ${when}; this is how it was${hasSuccessor ? ', and another run has its name now' : ''}`;
}

/**
 * What the hub said, from the state. What no history holds comes from what the hub says now.
 * @param now what the hub says today, if it can be asked
 */
export function pastFacts(
  replay: RunReplay,
  now: { run?: ClusterStagedUpdateRun; approvals: readonly ClusterApprovalRequest[] },
): RunFacts {
  const run = pastRun(replay, now.run);
  const done = replay.plan && replay.progress ? approvedRequests(replay.plan, replay.progress) : new Set<string>();
  return {
    run,
    // An approval says when it was given in words of its own; whether it counted by then is told by the history.
    approvals: now.approvals.filter(({ metadata }) => done.has(metadata.name)),
    troubles: replay.plan && replay.progress ? troublesOf(replay.plan, replay.progress) : new Map(),
  };
}

function pastRun(replay: RunReplay, today: ClusterStagedUpdateRun | undefined): ClusterStagedUpdateRun {
  const { reference, plan, progress, uid, startedAt, isCancelRequested } = replay;
  const definition = kindsIn(reference).run;
  const isSame = today !== undefined && (uid === undefined || today.metadata.uid === uid);
  const createdAt = plan?.run.createdAt ?? (isSame ? today.metadata.creationTimestamp : undefined);
  const generation = plan?.run.generation ?? 1;
  return {
    apiVersion: apiVersionOf(definition),
    kind: definition.kind,
    metadata: {
      ...scopeOf(reference),
      name: reference.name,
      uid,
      generation,
      creationTimestamp: createdAt ?? rfc3339(startedAt),
      // It is set as long as the end that was asked for has not come.
      ...(isCancelRequested && { deletionTimestamp: rfc3339(startedAt) }),
    },
    spec: specOf(replay, isSame ? today.spec : undefined),
    status:
      plan === undefined || progress === undefined
        ? unplannedStatus(replay, generation)
        : renderStatus(plannedStatus(plan), { generation, ...scopeOf(reference) }, progress),
  };
}

function specOf({ plan, progress, spec }: RunReplay, today: UpdateRunSpec | undefined): UpdateRunSpec {
  return {
    stagedRolloutStrategyName: spec?.stagedRolloutStrategyName ?? today?.stagedRolloutStrategyName ?? '',
    placementName: plan?.placement.name ?? spec?.placementName ?? today?.placementName ?? '',
    resourceSnapshotIndex:
      plan?.resourceSnapshot.index ?? spec?.resourceSnapshotIndex ?? today?.resourceSnapshotIndex ?? '',
    ...(progress !== undefined && { state: progress.requested }),
  };
}

function unplannedStatus({ unplanned }: RunReplay, generation: number): UpdateRunStatus {
  switch (unplanned.state) {
    case 'waiting':
      return waitingStatus({}, generation, unplanned.message, unplanned.since);
    case 'refused':
      return refusedStatus({}, generation, unplanned.message, unplanned.since);
    default:
      return {};
  }
}

/** What initialization writes of a plan, as far as a picture needs it. */
function plannedStatus({ stages, removals }: RunPlan): UpdateRunStatus {
  return {
    stagesStatus: stages.map(({ name, clusters, beforeTasks, afterTasks }): StageUpdatingStatus => ({
      stageName: name,
      clusters: clusters.map(clusterStatus),
      ...(beforeTasks.length > 0 && { beforeStageTaskStatus: beforeTasks.map(taskStatus) }),
      ...(afterTasks.length > 0 && { afterStageTaskStatus: afterTasks.map(taskStatus) }),
    })),
    stagedUpdateStrategySnapshot: {
      stages: stages.map(({ name, maxConcurrency, afterTasks }) => ({
        name,
        maxConcurrency,
        afterStageTasks: afterTasks.map((task) =>
          task.type === 'TimedWait' ? { type: task.type, waitTime: formatDuration(task.waitMs) } : { type: task.type },
        ),
      })),
    },
    deletionStageStatus: { stageName: 'deletion', clusters: removals.map(clusterStatus) },
  };
}

function clusterStatus({ name }: PlannedCluster): { clusterName: string } {
  return { clusterName: name };
}

function taskStatus(task: PlannedTask): StageTaskStatus {
  return task.type === 'Approval' ? { type: task.type, approvalRequestName: task.request } : { type: task.type };
}

function approvedRequests(plan: RunPlan, progress: RunProgress): Set<string> {
  const done = plan.stages.flatMap(({ beforeTasks, afterTasks }, index) => {
    const stage = progress.stages[index];
    return [
      ...beforeTasks.filter((_, task) => stage !== undefined && tasksOf(stage, 'before')[task]?.doneAt !== undefined),
      ...afterTasks.filter((_, task) => stage?.tasks[task]?.doneAt !== undefined),
    ];
  });
  return new Set(done.flatMap((task) => (task.type === 'Approval' ? [task.request] : [])));
}

function troublesOf(plan: RunPlan, { stages, removal }: RunProgress): Map<string, string> {
  const named = (clusters: readonly PlannedCluster[], states: readonly ClusterProgress[]): [string, string][] =>
    clusters.flatMap(({ name }, index): [string, string][] => {
      const { trouble } = states[index] ?? {};
      return trouble === undefined ? [] : [[name, trouble.reason]];
    });
  return new Map([
    ...plan.stages.flatMap(({ clusters }, index) => named(clusters, stages[index]?.clusters ?? [])),
    ...named(plan.removals, removal.clusters),
  ]);
}
