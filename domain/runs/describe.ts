/**
 * The run as a small Markdown text, for the "current details" of its workflow in the Temporal UI and CLI. It is made
 * anew at each event, so it looks at clusters without making anything of those that are fine.
 */
import type { ApprovalBook } from './approvals.ts';
import type { PlannedCluster, RunPlan } from './plan.ts';
import type { ClusterProgress, RunProgress } from './progress.ts';
import { messageOf, phaseOf, stageHead, type StageHead } from './view.ts';

/** So many clusters in trouble are spelled out; Temporal limits the text to 20,000 bytes. */
const shownTroubles = 10;
/** So many clusters in work are named for each stage. */
const shownWorking = 3;

/** Text for a run that is under way or over. */
export function describeRun(plan: RunPlan, progress: RunProgress, approvals: ApprovalBook): string {
  const { placement, resourceSnapshot } = plan;
  const parts = [
    `**${phaseOf(plan, progress)}**: ${messageOf(progress)}`,
    `Placement ${placement.name}, resource snapshot ${resourceSnapshot.index}`,
    table(plan, progress, approvals),
  ];
  const troubles = describeTroubles(plan, progress);
  if (troubles.length > 0) parts.push(troubles.join('\n'));
  return [...parts, ...describeIgnored(approvals)].join('\n\n');
}

/** Text for a run that has no plan yet. */
export function describeWaiting(message: string, approvals: ApprovalBook): string {
  return [`**Initializing**: ${message}`, ...describeIgnored(approvals)].join('\n\n');
}

function describeIgnored({ ignored }: ApprovalBook): string[] {
  return ignored.length === 0 ? [] : [['Ignored approvals:', ...ignored.map((note) => `- ${note}`)].join('\n')];
}

function table(plan: RunPlan, progress: RunProgress, approvals: ApprovalBook): string {
  const rows = plan.stages.map((stage, index) => {
    const head = stageHead(stage, progress.stages[index], approvals);
    const clusters = counts(stage.clusters, progress.stages[index]?.clusters ?? []);
    return `| ${head.name} | ${head.state} | ${clusters} | ${gates(head)} |`;
  });
  if (plan.removals.length > 0) {
    rows.push(`| (removals) | | ${counts(plan.removals, progress.removal.clusters)} | |`);
  }
  return ['| Stage | State | Clusters | Gates |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function counts(planned: readonly PlannedCluster[], clusters: readonly ClusterProgress[]): string {
  let done = 0;
  let working = 0;
  const names: string[] = [];
  clusters.forEach(({ startedAt, endedAt, failure }, index) => {
    if (endedAt !== undefined) done += failure === undefined ? 1 : 0;
    else if (startedAt !== undefined) {
      working += 1;
      if (working <= shownWorking) names.push(planned[index]?.name ?? '');
    }
  });
  const now = working === 0 ? '' : `, now ${names.join(', ')}${working > shownWorking ? ', …' : ''}`;
  return `${String(done)} of ${String(planned.length)}${now}`;
}

function gates(stage: StageHead): string {
  const parts: string[] = [];
  if (stage.approvalBefore !== undefined)
    parts.push(`approval before ${stage.approvalBefore.request}: ${approvalWords[stage.approvalBefore.state]}`);
  if (stage.waitEndsAt !== undefined) parts.push(`wait until ${stage.waitEndsAt}`);
  if (stage.approval !== undefined)
    parts.push(`approval ${stage.approval.request}: ${approvalWords[stage.approval.state]}`);
  return parts.join('; ');
}

const approvalWords = { notRequested: 'not yet asked for', pending: 'pending', approved: 'approved' } as const;

function describeTroubles(plan: RunPlan, progress: RunProgress): string[] {
  const lines: string[] = [];
  const look = (planned: readonly PlannedCluster[], clusters: readonly ClusterProgress[]): void => {
    clusters.forEach(({ failure, trouble }, index) => {
      const reason = failure ?? trouble?.reason;
      if (reason !== undefined && lines.length < shownTroubles)
        lines.push(`- ${planned[index]?.name ?? ''}: ${reason}`);
    });
  };
  plan.stages.forEach((stage, index) => {
    look(stage.clusters, progress.stages[index]?.clusters ?? []);
  });
  look(plan.removals, progress.removal.clusters);
  return lines;
}
