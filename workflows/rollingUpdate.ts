import { ApplicationFailure, condition, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { formatReference, type ObjectReference } from '../api/references.ts';
import { rollingUpdateWorkflowId } from '../api/temporal.ts';
import type { PlacementRemoval } from '../activities/placements/index.ts';
import { hub, member } from './proxies.ts';

/** Which placement: a `ClusterResourcePlacement`, or a `ResourcePlacement` in a namespace. */
export interface RollingUpdateInput extends ObjectReference {
  /** Uid of the placement. */
  uid: string;
}

/** So many clusters are worked on at once. */
const window = 50;

/**
 * Brings the clusters of a placement to their target. Alive only while there is something to do: so far, to remove the
 * copies of a placement that is being deleted from every cluster that has some.
 *
 * Waits for: the clusters (activities). Ends when no binding of the placement is left.
 */
export async function rollingUpdate(input: RollingUpdateInput): Promise<void> {
  const expected = rollingUpdateWorkflowId(input);
  const { workflowId } = workflowInfo();
  if (workflowId !== expected) {
    const problem = `The workflow id for placement ${formatReference(input)} must be ${expected}, not ${workflowId}.`;
    throw ApplicationFailure.nonRetryable(problem, 'InvalidInput');
  }
  for (;;) {
    const { removals } = await hub.listRemovals(input);
    if (removals.length === 0) return;
    await removeAll(input, removals);
  }
}

async function removeAll(placement: RollingUpdateInput, removals: PlacementRemoval[]): Promise<void> {
  let open = removals.length;
  let working = 0;
  let failure: Error | undefined;
  const show = (): void => {
    setCurrentDetails(
      `Removing placement ${formatReference(placement)}: ${String(removals.length - open)} of ${String(removals.length)} clusters done.`,
    );
  };
  show();
  for (const removal of removals) {
    await condition(() => working < window || failure !== undefined);
    if (failure !== undefined) break;
    working += 1;
    member(`${removal.cluster}: remove`)
      .removeCluster({ placement, ...removal })
      .then(() => {
        open -= 1;
        show();
      })
      .catch((error: unknown) => {
        failure = error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        working -= 1;
      });
  }
  await condition(() => working === 0);
  if (failure !== undefined) throw failure;
}
