/** What the hub itself knows of the past of a run: conditions with their times, where there is no history. */
import type { Condition } from '../../api/meta.ts';
import { runTarget } from '../rollout/target.ts';
import type {
  ClusterStagedUpdateRun,
  ClusterUpdatingStatus,
  StageTaskStatus,
  StageUpdatingStatus,
} from '../../api/types/clusterstagedupdaterun.ts';
import type { EntryDraft, LogEntry } from './entries.ts';

/** In the order of time, which has whole seconds only. */
export function hubEntries(run: ClusterStagedUpdateRun): LogEntry[] {
  const { metadata, status = {} } = run;
  const removal = status.deletionStageStatus;
  const isRemoved = removal !== undefined && removal.clusters.length > 0;
  const stages = [...(status.stagesStatus ?? []), ...(isRemoved ? [{ ...removal, stageName: 'removal' }] : [])];
  const entries = [
    ...dated(metadata.creationTimestamp, {
      kind: 'created',
      actor: { role: 'hub' },
      message: `${runTarget(metadata)} is created`,
    }),
    ...conditionEntries(status.conditions, 'Initialized', {
      True: { kind: 'planned', message: 'the run is planned' },
      False: { kind: 'failed', message: 'the run has failed' },
    }),
    ...stages.flatMap(stageEntries),
    ...conditionEntries(status.conditions, 'Succeeded', {
      True: { kind: 'succeeded', message: 'the run has succeeded' },
      False: { kind: 'failed', message: 'the run has failed' },
    }),
  ];
  return entries.sort((one, other) => one.time - other.time);
}

function stageEntries(status: StageUpdatingStatus): LogEntry[] {
  const { stageName: stage, startTime, endTime, conditions, clusters } = status;
  const tasks = [...(status.beforeStageTaskStatus ?? []), ...(status.afterStageTaskStatus ?? [])];
  const isDone = conditions?.some(({ type, status: value }) => type === 'Succeeded' && value === 'True') === true;
  return [
    ...dated(startTime, { kind: 'stageBegun', stage, message: `stage ${stage} begins` }),
    ...clusters.flatMap((cluster) => clusterEntries(cluster, stage)),
    ...tasks.flatMap((task) => taskEntries(task, stage)),
    ...(isDone ? dated(endTime, { kind: 'stageDone', stage, message: `stage ${stage} is done` }) : []),
  ];
}

function clusterEntries({ clusterName: cluster, conditions }: ClusterUpdatingStatus, stage: string): LogEntry[] {
  const place = { cluster, stage };
  return [
    ...conditionEntries(conditions, 'Started', {
      True: { kind: 'clusterBegun', ...place, message: `${cluster} begins` },
    }),
    ...conditionEntries(conditions, 'Succeeded', {
      True: { kind: 'clusterDone', ...place, message: `${cluster} is done` },
      False: { kind: 'clusterFailed', ...place, message: `${cluster} failed` },
    }),
  ];
}

function taskEntries({ conditions, approvalRequestName: request = '' }: StageTaskStatus, stage: string): LogEntry[] {
  const about = { stage, request };
  return [
    ...conditionEntries(conditions, 'ApprovalRequestCreated', {
      True: { kind: 'approvalAsked', ...about, message: `approval ${request} of stage ${stage} is asked for` },
    }),
    ...conditionEntries(conditions, 'ApprovalRequestApproved', {
      True: {
        kind: 'approved',
        actor: { role: 'hub' },
        ...about,
        message: `approval ${request} of stage ${stage} is given`,
      },
    }),
    ...conditionEntries(conditions, 'WaitTimeElapsed', {
      True: { kind: 'waitOver', stage, message: `the wait after stage ${stage} is over` },
    }),
  ];
}

/** A condition that is False says why. */
function conditionEntries(
  conditions: readonly Condition[] | undefined,
  type: string,
  told: { True?: EntryDraft; False?: EntryDraft },
): LogEntry[] {
  const condition = conditions?.find((one) => one.type === type);
  if (condition === undefined || condition.status === 'Unknown') return [];
  const draft = told[condition.status];
  if (draft === undefined) return [];
  const message = condition.status === 'True' ? draft.message : `${draft.message}: ${condition.message}`;
  return dated(condition.lastTransitionTime, { ...draft, message });
}

function dated(time: string | undefined, draft: EntryDraft): LogEntry[] {
  return time === undefined ? [] : [{ time: Date.parse(time), actor: { role: 'worker' }, ...draft }];
}
