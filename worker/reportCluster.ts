/** How an activity tells its own workflow why a cluster waits. */
import { Context } from '@temporalio/activity';
import { clusterReportSignal } from '../workflows/messages.ts';
import type { ClusterReportMessage } from '../workflows/messages.ts';

/**
 * Signals the workflow that the present activity belongs to. Call it from within an activity.
 * A lost report does no harm: the next one tells the state anew.
 */
export async function reportCluster(report: ClusterReportMessage): Promise<void> {
  const { client, info } = Context.current();
  const execution = info.workflowExecution;
  if (execution === undefined) return;
  await client.workflow.getHandle(execution.workflowId, execution.runId).signal(clusterReportSignal, report);
}
