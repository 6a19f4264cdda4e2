/** How the placement loop asks Temporal to remove a placement from its clusters. */
import type { Client } from '@temporalio/client';
import { rollingUpdateWorkflowId, taskQueues, workflowTypes } from '../api/temporal.ts';

/** A placement by name and uid. */
export interface RemovedPlacement {
  name: string;
  uid: string;
}

/** Makes sure that the rolling update which removes the placement runs; asking again changes nothing. */
export async function removeEverywhere(temporal: Client, placement: RemovedPlacement): Promise<void> {
  await temporal.workflow.start(workflowTypes.rollingUpdate, {
    workflowId: rollingUpdateWorkflowId(placement.name),
    taskQueue: taskQueues.hub,
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowTaskTimeout: '5s',
    staticSummary: `Removes ${placement.name} from every cluster`,
    args: [{ name: placement.name, uid: placement.uid }],
  });
}
