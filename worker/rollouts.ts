/** How the placement loop reaches the rolling updates of placements in Temporal. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { kindsIn } from '../api/kinds.ts';
import { formatReference } from '../api/references.ts';
import { rollingUpdateWorkflowId, taskQueues, workflowTypes } from '../api/temporal.ts';
import type { PlacementRollouts, RolledOutPlacement } from '../controllers/placements/index.ts';
import { hubChangedSignal, type HubChangedMessage } from '../workflows/messages.ts';

export function placementRollouts(temporal: Client): PlacementRollouts {
  return {
    async begin(placement) {
      await temporal.workflow.signalWithStart(workflowTypes.rollingUpdate, {
        workflowId: rollingUpdateWorkflowId(placement),
        taskQueue: taskQueues.hub,
        signal: hubChangedSignal,
        signalArgs: [hintAbout(placement)],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowTaskTimeout: '3s',
        staticSummary: `Keeps the clusters of ${formatReference(placement)} at its latest resource snapshot`,
        args: [placement],
      });
    },
    async wake(placement) {
      try {
        const handle = temporal.workflow.getHandle(rollingUpdateWorkflowId(placement));
        await handle.signal(hubChangedSignal, hintAbout(placement));
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },
  };
}

function hintAbout({ name, namespace, uid }: RolledOutPlacement): HubChangedMessage {
  return { kind: kindsIn({ namespace }).placement.kind, name, uid };
}
