/** The run as a small Markdown text, for the "current details" of its workflow in the Temporal UI and CLI. */
import type { ClusterView, RunStatusView, StageView } from './view.ts';

/** So many clusters in trouble are spelled out; Temporal limits the text to 20,000 bytes. */
const shownTroubles = 10;

/** @param ignored approvals that fitted nothing, one sentence each. */
export function describeRun(view: RunStatusView, ignored: readonly string[]): string {
  const parts = [headline(view)];
  if (view.stages.length > 0) parts.push(table(view));
  const troubles = troubledClusters(view);
  if (troubles.length > 0) parts.push(troubles.slice(0, shownTroubles).join('\n'));
  if (ignored.length > 0) parts.push(['Ignored approvals:', ...ignored.map((note) => `- ${note}`)].join('\n'));
  return parts.join('\n\n');
}

function headline(view: RunStatusView): string {
  if (view.placement === undefined) return `**${view.phase}**: ${view.message}`;
  return `**${view.phase}**: ${view.message}\n\nPlacement ${view.placement}, resource snapshot ${view.resourceSnapshotIndex ?? ''}`;
}

function table(view: RunStatusView): string {
  const rows = view.stages.map(
    (stage) => `| ${stage.name} | ${stage.state} | ${counts(stage.clusters)} | ${gates(stage)} |`,
  );
  if (view.removals.length > 0) rows.push(`| (removals) | | ${counts(view.removals)} | |`);
  return ['| Stage | State | Clusters | Then |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function counts(clusters: ClusterView[]): string {
  const done = clusters.filter((cluster) => cluster.state === 'succeeded').length;
  const working = clusters.filter((cluster) => cluster.state === 'updating').map((cluster) => cluster.name);
  const now = working.length === 0 ? '' : `, now ${working.slice(0, 3).join(', ')}${working.length > 3 ? ', …' : ''}`;
  return `${String(done)} of ${String(clusters.length)}${now}`;
}

function gates(stage: StageView): string {
  const parts: string[] = [];
  if (stage.approvalBefore !== undefined)
    parts.push(`approval before ${stage.approvalBefore.request}: ${approvalWords[stage.approvalBefore.state]}`);
  if (stage.waitEndsAt !== undefined) parts.push(`wait until ${stage.waitEndsAt}`);
  if (stage.approval !== undefined)
    parts.push(`approval ${stage.approval.request}: ${approvalWords[stage.approval.state]}`);
  return parts.join('; ');
}

const approvalWords = { notRequested: 'not yet asked for', pending: 'pending', approved: 'approved' } as const;

function troubledClusters(view: RunStatusView): string[] {
  return [...view.stages.flatMap((stage) => stage.clusters), ...view.removals]
    .filter((cluster) => cluster.trouble !== undefined)
    .map((cluster) => `- ${cluster.name}: ${cluster.trouble ?? ''}`);
}
