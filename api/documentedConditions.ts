/**
 * Conditions of placements as the document about placements prints them. Later generations of the reference system
 * gave them other names; placements that roll out by themselves show both, unless the hub is set to the later ones.
 * Source: the document, then the reference system of that time.
 */
import { isFalse, isTrue, isUnknown, type ConditionContent } from './conditions.ts';
import { kindsIn } from './kinds.ts';
import type { Scope } from './references.ts';

/** On the placement itself. `n` counts clusters. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- a table of texts is its own type
export function documentedPlacementConditions(scope: Scope) {
  const { kind } = kindsIn(scope).placement;
  const synchronized = `${kind}Synchronized`;
  const applied = `${kind}Applied`;
  return {
    synchronized: (n: number) =>
      isTrue(
        synchronized,
        'SynchronizeSucceeded',
        `All ${String(n)} cluster(s) are synchronized to the latest resources on the hub cluster`,
      ),
    notSynchronized: (n: number) =>
      isFalse(
        synchronized,
        'SynchronizePending',
        `There are still ${String(n)} cluster(s) pending to be sychronized on the hub cluster`,
      ),
    applied: (n: number) =>
      isTrue(applied, 'ApplySucceeded', `Successfully applied resources to ${String(n)} member clusters`),
    notApplied: (n: number) =>
      isFalse(
        applied,
        'ApplyFailed',
        `Failed to apply manifests to ${String(n)} clusters, please check the \`failedPlacements\` status`,
      ),
    applyPending: (n: number) =>
      isUnknown(
        applied,
        'ApplyPending',
        'Works need to be synchronized on the hub cluster or there are still manifests pending to be processed ' +
          `by the ${String(n)} member clusters`,
      ),
  };
}

/** On the entry of a cluster. */
export const documentedEntryConditions = {
  /** `reason` of the decision becomes the message. */
  scheduled: (message: string) => isTrue('ResourceScheduled', 'ScheduleSucceeded', message),
  notScheduled: (message: string) => isFalse('ResourceScheduled', 'ScheduleFailed', message),
  synchronized: () =>
    isTrue('WorkSynchronized', 'WorkSynchronizeSucceeded', 'Successfully Synchronized work(s) for placement'),
  notSynchronized: () =>
    isFalse(
      'WorkSynchronized',
      'WorkSynchronizePending',
      'In the process of synchronizing or operation is blocked by the rollout strategy ',
    ),
  applied: () => isTrue('ResourceApplied', 'ApplySucceeded', 'Successfully applied resources'),
  notApplied: () =>
    isFalse('ResourceApplied', 'ApplyFailed', 'Failed to apply manifests, please check the `failedPlacements` status'),
  applyPending: () =>
    isUnknown(
      'ResourceApplied',
      'ApplyPending',
      'Works need to be synchronized on the hub cluster or there are still manifests pending to be processed ' +
        'by the member cluster',
    ),
} as const satisfies Record<string, (message: string) => ConditionContent>;
