/**
 * What somebody may wait for, and where that is staged on real clusters. `test/unit/whyCauses.test.ts` keeps the list
 * whole and its references true.
 */
import type { CauseName } from '../../cli/why/finding.ts';

export interface StagedCause {
  what: string;
  /** What `flotilla why` calls it. */
  causes: readonly CauseName[];
  /** As `file: name of the test`. */
  tests: readonly string[];
}

const asking = 'test/e2e/cliWhy.test.ts: ';

function staged(what: string, causes: readonly CauseName[], ...tests: string[]): StagedCause {
  return { what, causes, tests: tests.map((name) => asking + name) };
}

export const stagedCauses: readonly StagedCause[] = [
  staged('not scheduled', ['notScheduled'], 'not scheduled: a run, and its placement'),
  {
    what: 'an API server behind the hub that does not answer',
    causes: ['snapshotsHeld'],
    tests: [
      'test/integration/selection.test.ts: of everything in a namespace, by "why" and by one event each',
      'test/integration/selection.test.ts: of a kind in a namespace, by "why" and by one event each',
    ],
  },
  staged('waiting for a slot', ['waitingForSlot'], 'waiting for a slot: in the stage, and in a later one'),
  staged('a member that cannot be reached', ['memberUnreachable'], 'a member that cannot be reached'),
  {
    ...staged('an object that a cluster does not take', ['applyRejected'], 'an object that the cluster does not take'),
    tests: [
      `${asking}an object that the cluster does not take`,
      'test/e2e/cliRollout.test.ts: an object that no member takes is named, with the reason',
    ],
  },
  staged(
    'an object that somebody else owns',
    ['ownershipConflict'],
    'an object of another placement',
    'fields that somebody else has set',
  ),
  staged(
    'an object that is not available yet',
    ['notAvailable'],
    'not available: a Service, by its own status',
    'not available: a Deployment, by the container that does not come up',
  ),
  staged('an image that cannot be pulled', ['imageNotPulled'], 'an image that cannot be pulled'),
  staged('a timed wait', ['timedWait'], 'a timed wait'),
  staged(
    'an approval before or after a stage',
    ['approvalPending'],
    'an approval before a stage',
    'an approval after a stage, beside a timed wait',
    'an approval in a namespace',
  ),
  staged(
    'an approval that does not count',
    ['approvalNotCounted', 'foreignRequest'],
    'an approval of another generation',
    'an approval that was applied without the subresource',
    'an approval that says no',
    "a request of somebody else in the approval's place",
  ),
  staged('stopped', ['stopped', 'planned'], 'stopped', 'only planned'),
  staged('displaced by another run', ['displaced'], 'displaced by a newer run'),
  staged(
    'policy or membership changed',
    ['planOutdated'],
    'a policy that has changed since the plan',
    'members that have changed since the plan',
  ),
  staged(
    'a removal that a finalizer holds',
    ['removalHeld'],
    'a removal that a finalizer holds',
    'a finalizer that holds the copies of a placement which leaves a cluster, and is deleted then',
    'a finalizer that holds the copies of a placement in a namespace',
  ),
  staged('no worker', ['noWorker'], 'no worker: the run stands still, and says so'),
  staged(
    'Temporal that does not answer',
    ['temporalUnreachable'],
    'Temporal that does not answer: a new run, and an approval',
  ),
];
