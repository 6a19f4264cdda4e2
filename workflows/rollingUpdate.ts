import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  continueAsNew,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { formatReference, scopeOf, type ObjectReference } from '../api/references.ts';
import { rollingUpdateWorkflowId } from '../api/temporal.ts';
import { clusterReportSignal, hubChangedSignal, rolloutStatusQuery } from './messages.ts';
import type { ClusterReportMessage, HubChangedMessage } from './messages.ts';
import { RolloutWalk, type ContinuedRollout } from './rolloutWalk.ts';

/** Which placement: a `ClusterResourcePlacement`, or a `ResourcePlacement` in a namespace. */
export interface RollingUpdateInput extends ObjectReference {
  /** Uid of the placement. */
  uid: string;
  /** What an earlier execution for the same placement hands over when its history has become long. */
  continued?: ContinuedRollout;
}

/**
 * Brings the clusters of a placement to its latest resource snapshot, in the pace that its strategy allows, and takes
 * the copies away from clusters that are not chosen any more, or from all of them when the placement is deleted.
 *
 * Waits for: clusters (activities), the pause after an update and after a failure (one timer), changes on the hub
 * (`hubChanged`). Ends when nothing is left that it could do, now or after a change that keeps it alive: the next change
 * starts another. Continues as new when Temporal suggests it, and when the placement was deleted and made again.
 */
export async function rollingUpdate(input: RollingUpdateInput): Promise<void> {
  const placement = checkInput(input, workflowInfo().workflowId);
  const walk = new RolloutWalk({ ...placement, uid: input.uid }, input.continued);
  const hints = listen(walk, placement);
  const end = await walk.walk();
  await condition(allHandlersFinished);
  if (end === 'continue') {
    return continueAsNew<typeof rollingUpdate>({ ...placement, uid: input.uid, continued: walk.handOver() });
  }
  if (hints.successor !== undefined) {
    return continueAsNew<typeof rollingUpdate>({ ...placement, uid: hints.successor });
  }
}

/** Installs all handlers, before the first wait, so that no message can come too early. */
function listen(walk: RolloutWalk, placement: ObjectReference): { successor?: string } {
  const hints: { successor?: string } = {};
  // Signals can come from anybody, with anything: what cannot be read is a hint all the same.
  const noteChange = (change?: Partial<HubChangedMessage> | null): void => {
    const { uid } = change ?? {};
    if (typeof uid === 'string' && uid !== '') hints.successor = uid === walk.uid ? undefined : uid;
    walk.noteHubChange();
  };
  setHandler(hubChangedSignal, noteChange, { description: 'Internal: something on the hub changed; look again.' });
  const noteReport = (report?: Partial<ClusterReportMessage> | null): void => {
    const { cluster, reason = '', since = '' } = report ?? {};
    if (typeof cluster === 'string') walk.noteReport({ cluster, reason, since });
  };
  setHandler(clusterReportSignal, noteReport, { description: 'Internal: why a cluster waits.' });
  const description = `Placement ${formatReference(placement)}: what is in work, who waits, why and until when.`;
  setHandler(rolloutStatusQuery, () => walk.view(), { description });
  return hints;
}

function checkInput(input: Partial<RollingUpdateInput>, workflowId: string): ObjectReference {
  const { name = '', namespace, uid = '' } = input;
  const placement = { ...scopeOf({ namespace }), name };
  const expected = rollingUpdateWorkflowId(placement);
  const problems = [
    ...(name === '' ? ['The input must hold the name of the placement.'] : []),
    ...(uid === '' ? ['The input must hold the uid of the placement.'] : []),
    ...(workflowId === expected
      ? []
      : [`The workflow id for placement ${formatReference(placement)} must be ${expected}, not ${workflowId}.`]),
  ];
  if (problems.length > 0) throw ApplicationFailure.nonRetryable(problems.join(' '), 'InvalidInput');
  return placement;
}
