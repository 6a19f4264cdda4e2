/** How the placement loop asks Temporal to remove a placement from its clusters. */
import type { Client } from '@temporalio/client';
import { formatReference, type ObjectReference } from '../api/references.ts';
import { rollingUpdateWorkflowId, taskQueues, workflowTypes } from '../api/temporal.ts';

/** A placement by reference and uid. */
export interface RemovedPlacement extends ObjectReference {
  uid: string;
}

/** Makes sure that the rolling update which removes the placement runs; asking again changes nothing. */
export async function removeEverywhere(temporal: Client, placement: RemovedPlacement): Promise<void> {
  await temporal.workflow.start(workflowTypes.rollingUpdate, {
    workflowId: rollingUpdateWorkflowId(placement),
    taskQueue: taskQueues.hub,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowTaskTimeout: '3s',
    staticSummary: `Removes ${formatReference(placement)} from every cluster`,
    args: [placement],
  });
}
