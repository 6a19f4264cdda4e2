/**
 * Where each integration scenario, condition and failure text of the reference system's staged update runs is tested
 * here, or why it is not. `test/unit/scenarioTable.test.ts` keeps the table whole and its references true.
 */

/** One scenario: tests that cover it, as `file: name of the test`, or the reason why it does not apply. */
export interface Scenario {
  /** Section and row, for example `7.3-02`; `texts` are the failure texts of the documents. */
  id: string;
  what: string;
  tests?: readonly string[];
  because?: string;
}

/** How many scenarios each section holds. */
export const sections: Readonly<Record<string, number>> = {
  '7.1': 5,
  '7.2': 23,
  '7.3': 12,
  '7.4': 23,
  '7.5': 17,
  '7.6': 19,
  '2.1': 11,
  '2.2': 11,
  '2.3': 3,
  '2.4': 3,
  '2.5': 2,
  '2.6': 1,
  texts: 27,
};

const initialization = 'test/e2e/scenarios/initialization.test.ts: ';
const states = 'test/e2e/scenarios/states.test.ts: ';
const gates = 'test/e2e/scenarios/gates.test.ts: ';
const concurrency = 'test/e2e/scenarios/concurrency.test.ts: ';
const revalidation = 'test/e2e/scenarios/revalidation.test.ts: ';
const changing = 'test/e2e/scenarios/changingFleet.test.ts: ';
const badInput = 'test/e2e/badInput.test.ts: ';
const planning = 'test/unit/domain/runs/planRun.test.ts: ';
const outdated = 'test/unit/domain/runs/outdated.test.ts: ';
const walk = 'test/unit/domain/runs/walk.test.ts: ';
const failures = 'test/unit/api/runFailures.test.ts: ';
const metrics = 'test/unit/domain/runs/runMetrics.test.ts: ';
const trouble = 'test/integration/updateClusterTrouble.test.ts: ';
const holders = 'test/integration/updateCluster.test.ts: ';
const definitions = 'test/integration/crds.test.ts: ';

const waitsForClusters = `${planning}a policy that asks for more clusters than there are`;
const noOverrides = 'Overrides do not exist here.';
const noReports = 'Only applying exists here, no reporting of differences.';
const heldByWorkflow =
  'The workflow holds the progress and the status only shows it, so that a status which contradicts itself is never acted upon.';
const notSkipped = 'The documents have the tasks of an empty stage carried out; nothing is skipped.';
const neverFailsForIt = 'A run waits for the scheduler instead of failing.';

const plan = `${initialization}the plan stands in the status: order, tasks and names, an empty stage and the one that removes`;
const deletion = `${initialization}the deletion of a run takes its own requests away, does not wait for its clusters, and takes nothing back`;
const planned = `${states}a run in Initialize is planned and nothing is touched`;
const atOnce = `${concurrency}$maxConcurrency of three is $atOnce`;
const takenOver = `${concurrency}a newer run with another snapshot takes a cluster in work over: the older one fails and names it`;
const beforeGate = `${gates}the run waits for the one before, with a request that says what it is for`;
const sideBySide = `${gates}the tasks after the stage run side by side`;
const madeAgain = `${gates}the second request is made again too, and neither is after its acceptance`;
const threeStages = `${gates}a stage without tasks, one with a wait and one with an approval follow one another`;
const foreign = `${gates}a request of that name for somebody else ends the run`;
const stuck = `${changing}the run says that it is stuck, and never fails for it`;
const severalStuck = `${changing}several are named together`;
const removalStop = `${changing}stopped within it, the run is stopping until what is being removed is gone`;
const removalEnd = `${changing}with Run it ends, and nothing is left on the cluster`;
const stopBefore = `${states}before the stage`;
const approvalWhileStopped = `${states}an approval that comes while the run is stopped is not accepted, and starts nothing`;
const resumption = `${states}after the resumption it is accepted, and the first cluster starts`;
const stopWithin = `${states}in the middle of a cluster: it is stopping until the cluster is done, and the next one does not start`;
const goesOn = `${states}it goes on with the next cluster`;
const stopAfter = `${states}among the tasks after the stage: an approval is kept, and nothing ends before the resumption`;
const placementDeleted = `${revalidation}its placement is deleted`;
const notExternal = `${revalidation}its placement is no longer External`;
const applyStrategy = `${revalidation}the apply strategy of its placement changes`;
const moved = `${revalidation}a relabelled member leaves its stage for another`;
const swapped = `${revalidation}the labels that sort are swapped`;
const badTasks = `${initialization}$mistake`;

type Covered = readonly [what: string, ...tests: string[]];
interface NotCovered {
  what: string;
  because: string;
}

/** Numbers the rows of a section. */
function section(name: string, rows: readonly (Covered | NotCovered)[]): Scenario[] {
  return rows.map((row, index) => {
    const id = `${name}-${String(index + 1).padStart(2, '0')}`;
    if ('because' in row) return { id, ...row };
    const [what, ...tests] = row;
    return { id, what, tests };
  });
}

export const scenarios: readonly Scenario[] = [
  ...section('7.1', [
    ['the finalizer is added', plan],
    ['deleted without any request', badTasks],
    ['deleted after it has failed', badTasks],
    ['deleted while under way', deletion],
    ['all of its requests go, and only those', deletion],
  ]),
  ...section('7.2', [
    ['placement not found', `${badInput}a placement that does not exist`],
    ['placement not External', `${badInput}a placement that is not External`],
    [
      'the apply strategy is copied',
      `${initialization}the apply strategy of the placement is copied, and only when it has one`,
    ],
    [
      'policy snapshot not found, several, without index, not scheduled',
      `${planning}the policy snapshot`,
      `${planning}several policy snapshots`,
      `${planning}policy snapshot without an index`,
      `${planning}the scheduler`,
      `${failures}why a run cannot be initialized`,
    ],
    ['index and count are copied', plan],
    ['no bindings', `${planning}nothing selected`],
    ['the count does not match: the run waits until it does', waitsForClusters],
    [
      'an unscheduled binding is no error',
      `${planning}clusters that are no longer selected are removed at the end, by name`,
    ],
    ['a binding of an older policy is waited for', `${planning}a binding that still belongs to an older policy`],
    [
      'only clusters that are to be removed',
      `${planning}clusters that are no longer selected are removed at the end, by name`,
    ],
    [
      'the count of PickAll is what is selected',
      plan,
      `${changing}the cluster that is no longer selected stands in it from the start, and is not touched before`,
    ],
    ['strategy not found', `${badInput}a strategy that does not exist`],
    [
      'tasks, sorting label, overlap, clusters in no stage',
      badTasks,
      `${badInput}a label that sorts and is no number`,
      `${badInput}a cluster in two stages`,
      `${badInput}clusters in no stage`,
    ],
    ['an empty selector is all, an absent one none', `${initialization}an empty selector takes all clusters`],
    ['stages as expected', plan],
    [
      'index not an integer, or negative',
      `${badInput}a snapshot index that is no number`,
      `${planning}index \${index}`,
    ],
    ['snapshot not found', `${badInput}a snapshot index that does not exist`],
    ['snapshot without a master', `${planning}snapshot without a master`],
    ['no index, no snapshots', 'test/integration/currentSnapshot.test.ts: the first call takes index 0'],
    ['no index, something has changed', `${initialization}takes a new snapshot at once when something has changed`],
    [
      'no index, three snapshots before',
      'test/integration/currentSnapshot.test.ts: every change is in at once, edits as well as objects made a moment ago',
    ],
    ['no index, the latest is right', `${initialization}takes the latest snapshot when it holds what is selected now`],
    { what: 'overrides stand in the status', because: noOverrides },
  ]),
  ...section('7.3', [
    ['placement not found', placementDeleted],
    ['placement no longer External', notExternal],
    ['apply strategy changed', applyStrategy],
    {
      what: 'no latest policy snapshot',
      because: 'It is a moment in which the placement controller is at work: the run looks again.',
    },
    ['another policy snapshot', `${outdated}another policy`],
    ['another cluster count', `${outdated}another number of clusters`],
    [
      'strategy, stages or deletion stage missing',
      `${outdated}a lost strategy`,
      `${outdated}lost stages`,
      `${outdated}a lost stage that removes`,
    ],
    ['another number of stages', `${outdated}another number of stages`],
    ['another name of a stage', `${outdated}another name of a stage`],
    [
      'another number of clusters in a stage',
      moved,
      `${changing}a new member is picked`,
      `${changing}a member leaves the fleet`,
    ],
    ['another cluster in a stage', swapped],
    [
      'what does not concern the plan ends nothing',
      `${revalidation}a changed or deleted strategy, a new snapshot and a repeated label do not end a run`,
    ],
  ]),
  ...section('7.4', [
    ['the first stage waits for its approval', beforeGate],
    ['it is accepted and the stage starts', resumption],
    ['clusters succeed one after another', goesOn, stopWithin],
    ['after the last one the stage waits for its tasks', sideBySide],
    ['the stage ends after wait and approval', madeAgain],
    ['the second stage asks for itself', threeStages],
    [
      'its clusters follow in order',
      threeStages,
      `${planning}sorts by whole numbers, not by text, and equal ones by name`,
    ],
    ['then the deletion stage starts', removalStop],
    ['bindings are removed and the run succeeds', removalEnd],
    ['a cluster that is not available is waited for', stuck],
    ['metrics of a stuck run', `${metrics}stuck`],
    ['a binding that was taken over ends the run', takenOver],
    ['before an empty stage', threeStages],
    ['its approval is accepted', threeStages],
    { what: 'an empty stage is skipped', because: notSkipped },
    ['a stage without tasks', `${states}a run that is made in Stop is planned, stopped, and goes on with Run`],
    ['one approval before the stage', `${states}it starts with Run, and every condition tells the generation`],
    ['one wait after the stage', threeStages],
    [
      'one approval after the stage',
      'test/e2e/temporalDoor.test.ts: approving by signal ends the run and says on the request who and why',
    ],
    { what: 'reporting differences', because: noReports },
    { what: 'a failing report of differences', because: noReports },
    [
      'deleted requests are made again until they are accepted',
      `${gates}a request that is deleted before its approval is made again`,
      madeAgain,
    ],
    ['Initialize, then Run', planned, `${states}it starts with Run, and every condition tells the generation`],
  ]),
  ...section('7.5', [
    ['stopped before the stage', stopBefore],
    ['an approval while stopped', approvalWhileStopped],
    ['resumed, it is accepted', resumption],
    ['the first cluster succeeds', resumption],
    ['stopping in the middle of a cluster', stopWithin],
    ['the cluster is waited for', stopWithin],
    ['then it is stopped', stopWithin],
    ['resumed, the next cluster starts', goesOn],
    ['the last cluster succeeds', stopAfter],
    ['the request after the stage is there', stopAfter],
    ['stopped among the tasks after the stage', stopAfter],
    ['an approval does not lead on while stopped', stopAfter],
    ['resumed, the stage ends and the deletion stage starts', stopAfter, removalStop],
    ['stopped in the deletion stage', removalStop],
    ['what is being removed is waited for', removalStop],
    ['then it is stopped', removalStop],
    ['resumed, it ends', removalEnd],
  ]),
  ...section('7.6', [
    [
      'an approval of a request is noticed',
      'test/workflows/stagedUpdateRun.test.ts: goes on when the approval is found on the hub',
    ],
    [
      'a deleted request is noticed',
      'test/workflows/stagedUpdateRun.test.ts: makes the request again when somebody deletes it',
    ],
    { what: 'wait times of approvals are stripped', because: 'The API server refuses them, so there are none.' },
    ['conditions tell the generation', `${states}it starts with Run, and every condition tells the generation`],
    ['a binding that is up to date', `${holders}writes nothing, neither here nor there, whoever asks for it`],
    ['when a cluster is done', `${trouble}of a Deployment is awaited by its status, not by looking now and then`],
    [
      'what makes a binding fail',
      `${trouble}is named without its content; the others arrive; it follows once the member takes it`,
    ],
    ['the request that is made', beforeGate, sideBySide],
    ['failures of a stage', takenOver, `${walk}a failing cluster ends the run, and nothing starts any more`],
    ['maxConcurrency', atOnce],
    ['failures before a stage', foreign],
    ['names of stuck clusters', stuck, severalStuck],
    ['a stage without clusters', `${walk}carries out the tasks of a stage without clusters`],
    ['tasks are checked', badTasks, `${definitions}refuses %s`],
    ['types of failures', `${metrics}of a run that is %s`],
    ['stopping', stopWithin, removalStop],
    { what: 'the status does not contradict itself', because: heldByWorkflow },
    [
      'status of External placements',
      'test/unit/domain/placements/status.test.ts: clusters on different snapshots',
      'test/unit/domain/placements/status.test.ts: the index is the one that was rolled out, also after a rollback',
    ],
    [
      'RollingUpdate stops for External',
      'test/e2e/scenarios/rollingUpdateChoice.test.ts: to External brings to its end what is in flight, and begins nothing more',
    ],
  ]),
  ...section('2.1', [
    ['Initialized True', plan],
    ['Initialized False', badTasks],
    ['Progressing True', goesOn],
    ['Progressing False, waiting', beforeGate, sideBySide],
    ['Progressing False, stuck', stuck, severalStuck],
    ['Progressing Unknown, stopping', stopWithin],
    ['Progressing False, stopped', stopBefore],
    ['Progressing False, failed', takenOver],
    ['Succeeded False', placementDeleted, takenOver],
    [
      'Progressing False, succeeded',
      'test/e2e/badInput.test.ts: an unreachable one is named at once, waited for and then updated',
    ],
    ['Succeeded True', threeStages],
  ]),
  ...section('2.2', [
    ['waiting for the approval before', beforeGate],
    ['started', goesOn, removalStop],
    ['waiting for the tasks after', sideBySide],
    ['Progressing False, succeeded', madeAgain],
    ['Succeeded True', madeAgain, removalEnd],
    { what: 'Progressing False, skipped', because: notSkipped },
    { what: 'Succeeded True, skipped', because: notSkipped },
    ['Progressing False, failed', takenOver],
    ['Succeeded False', takenOver],
    ['stopping', stopWithin, removalStop],
    ['stopped', stopBefore, removalStop],
  ]),
  ...section('2.3', [
    ['Started', goesOn, removalStop],
    ['Succeeded True', stopWithin, removalStop],
    ['Succeeded False', takenOver],
  ]),
  ...section('2.4', [
    ['ApprovalRequestCreated', resumption],
    ['ApprovalRequestApproved', resumption, stopAfter],
    ['WaitTimeElapsed', stopAfter],
  ]),
  ...section('2.5', [
    ['Approved, written by whoever approves', `${gates}an approval of another generation does not count`],
    ['ApprovalAccepted', approvalWhileStopped, resumption],
  ]),
  ...section('2.6', [
    ['RolloutStarted', 'test/unit/api/conditions.test.ts: a binding says which run and snapshot started its rollout'],
  ]),
  ...section('texts', [
    ['placement missing', `${badInput}a placement that does not exist`, placementDeleted],
    ['placement not External', `${badInput}a placement that is not External`, notExternal],
    { what: 'no policy snapshot', because: neverFailsForIt },
    ['several policy snapshots', `${planning}several policy snapshots`],
    ['policy snapshot without index', `${planning}policy snapshot without an index`],
    { what: 'bad count annotation', because: 'It is put right by the scheduler, and counts as none until then.' },
    ['not scheduled: the run waits', `${planning}the scheduler`, waitsForClusters],
    ['nothing selected', `${planning}nothing selected`],
    ['count mismatch: the run waits', waitsForClusters],
    ['strategy missing', `${badInput}a strategy that does not exist`],
    ['bad tasks', badTasks],
    ['bad selector', `${planning}selector that cannot be read`],
    ['overlap', `${badInput}a cluster in two stages`],
    ['bad sorting label', `${badInput}a cluster without the label that sorts`],
    ['clusters in no stage', `${badInput}clusters in no stage`, `${revalidation}a relabelled member is in no stage`],
    ['bad index', `${badInput}a snapshot index that is no number`],
    ['index not found', `${badInput}a snapshot index that does not exist`],
    ['no master', `${planning}snapshot without a master`],
    ['apply strategy changed', applyStrategy],
    ['policy snapshot changed', `${outdated}another policy`],
    ['count changed', `${outdated}another number of clusters`],
    [
      'parts of the status missing',
      `${outdated}a lost strategy`,
      `${outdated}lost stages`,
      `${outdated}a lost stage that removes`,
    ],
    ['stages changed', `${outdated}another number of stages`, `${outdated}another name of a stage`],
    { what: 'several in progress', because: heldByWorkflow },
    ['preempted', takenOver],
    ['foreign request', foreign],
    { what: 'a deleted cluster is still bound', because: 'A cluster counts as removed only once its binding is gone.' },
  ]),
];
