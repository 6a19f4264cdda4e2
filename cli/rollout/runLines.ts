/** A run as lines for a terminal or the log of a pipeline: one for each thing that can be said of it now. */
import { findCondition, isConditionTrue } from '../../api/conditions.ts';
import { runConditions } from '../../api/runConditions.ts';
import { inScopeOf, referenceOf } from '../../api/references.ts';
import type {
  ClusterStagedUpdateRun,
  StageUpdatingStatus,
  UpdateRunStatus,
} from '../../api/types/clusterstagedupdaterun.ts';
import { isInitialized, isOver } from '../../domain/runs/over.ts';
import { rfc3339 } from '../../domain/time.ts';
import { neededActions } from '../run/nextActions.ts';
import { pictureOf } from '../run/picture.ts';
import { clustersOf, openApproval, openWait } from './stages.ts';
import { revisionOf } from './runOrder.ts';
import { placementTarget, runTarget } from './target.ts';

/** What is said now about one subject. It is printed when it differs from what was said before; '' says nothing. */
export interface StatusLine {
  subject: string;
  text: string;
}

/** How a rollout has ended. */
export interface RolloutEnd {
  succeeded: boolean;
  text: string;
  /** Commands that somebody may want to type then. */
  next?: readonly string[];
}

export function runLines(run: ClusterStagedUpdateRun): StatusLine[] {
  const { metadata, status = {} } = run;
  const name = runTarget(referenceOf(run));
  if (isOver(run)) return [...stageLines(run), ...removalLines(status)];
  const deletion =
    metadata.deletionTimestamp === undefined ? '' : `${name} is being deleted; what has been rolled out stays`;
  if (!isInitialized(run)) {
    const initialized = findCondition(status.conditions, 'Initialized');
    const waiting = initialized?.message ?? 'no worker has taken it up yet';
    return [
      { subject: 'plan', text: `Waiting for ${name} to be planned: ${waiting}` },
      { subject: 'deletion', text: deletion },
    ];
  }
  return [
    { subject: 'plan', text: planText(run, name) },
    ...stageLines(run),
    ...removalLines(status),
    { subject: 'progress', text: progressText(run, name) },
    { subject: 'deletion', text: deletion },
    ...nextStatusLines(run),
  ];
}

/** How a run has ended; undefined while it goes on. */
export function runEnd(run: ClusterStagedUpdateRun): RolloutEnd | undefined {
  if (!isOver(run)) return undefined;
  const name = runTarget(referenceOf(run));
  const { conditions } = run.status ?? {};
  if (isConditionTrue(conditions, 'Succeeded')) return { succeeded: true, text: `${name} successfully rolled out` };
  const why = (findCondition(conditions, 'Succeeded') ?? findCondition(conditions, 'Initialized'))?.message ?? '';
  const next = neededActions(pictureOf({ run, approvals: [], troubles: new Map() }));
  return { succeeded: false, text: `${name} failed: ${why}`, next };
}

function planText(run: ClusterStagedUpdateRun, name: string): string {
  const { stagesStatus: stages = [] } = run.status ?? {};
  const clusters = stages.reduce((sum, stage) => sum + stage.clusters.length, 0);
  const placement = placementTarget(inScopeOf(run.metadata, run.spec.placementName));
  const revision = revisionOf(run);
  const what = revision === undefined ? placement : `revision ${String(revision)} of ${placement}`;
  return `${name} brings ${what} to ${count(clusters, 'cluster')} in ${count(stages.length, 'stage')}`;
}

function stageLines(run: ClusterStagedUpdateRun): StatusLine[] {
  const { status = {} } = run;
  return (status.stagesStatus ?? []).map((stage) => ({
    subject: `stage ${stage.stageName}`,
    text: stageText(status, stage),
  }));
}

function stageText(status: UpdateRunStatus, stage: StageUpdatingStatus): string {
  const { stageName, clusters, conditions } = stage;
  const progressing = findCondition(conditions, 'Progressing');
  if (progressing === undefined) return '';
  const { done, working } = clustersOf(stage);
  const head = `stage ${stageName}: ${String(done.length)} of ${count(clusters.length, 'cluster')} updated`;
  const succeeded = findCondition(conditions, 'Succeeded');
  if (succeeded?.status === 'True') return `${head}, completed`;
  if (succeeded?.status === 'False') return `${head}, failed`;
  const approval = openApproval(stage);
  const wait = openWait(status, stage);
  const waits = [
    ...(wait === undefined ? [] : [`until ${rfc3339(wait.endsAt)} (${wait.waitTime})`]),
    ...(approval === undefined ? [] : ['for an approval']),
  ];
  if (waits.length > 0) return `${head}, waiting ${waits.join(' and ')}`;
  return working.length === 0 ? head : `${head}, ${named(working)} in work`;
}

function removalLines({ deletionStageStatus: stage }: UpdateRunStatus): StatusLine[] {
  if (stage === undefined || stage.clusters.length === 0) return [];
  if (findCondition(stage.conditions, 'Progressing') === undefined) return [];
  const { done, working } = clustersOf(stage);
  const text = `removal: gone from ${String(done.length)} of ${count(stage.clusters.length, 'cluster')}`;
  return [{ subject: 'removal', text: working.length === 0 ? text : `${text}, ${named(working)} in work` }];
}

/** What a person should know besides the stages. */
function progressText({ spec, status }: ClusterStagedUpdateRun, name: string): string {
  const { reason = '', message = '' } = findCondition(status?.conditions, 'Progressing') ?? {};
  switch (reason) {
    case '':
      return spec.state === 'Initialize' ? `${name} is only planned` : '';
    case 'UpdateRunStopped':
      return `${name} is paused`;
    case 'UpdateRunStopping':
      return `${name} is being paused; the clusters in work come to their end first`;
    case 'UpdateRunStuck':
      return message;
    case 'UpdateRunProgressing':
      return message === runConditions.progressing().message ? '' : message;
    default:
      return '';
  }
}

/** What a person has to do or may want to, a line each; so many lines at all times, so that what is over is forgotten. */
function nextStatusLines(run: ClusterStagedUpdateRun): StatusLine[] {
  const commands = neededActions(pictureOf({ run, approvals: [], troubles: new Map() }));
  return [0, 1, 2].map((rank) => {
    const command = commands[rank];
    return { subject: `next ${String(rank)}`, text: command === undefined ? '' : `next: ${command}` };
  });
}

function named(clusters: readonly string[]): string {
  return clusters.length <= 3
    ? clusters.join(', ')
    : `${clusters.slice(0, 3).join(', ')} and ${String(clusters.length - 3)} more`;
}

function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
