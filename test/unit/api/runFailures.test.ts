import { describe, expect, test } from '@jest/globals';
import { abortedRun, initializationFailures, outdatedRuns, runFailures, taskFaults } from '../../../api/runFailures.ts';

const prefix = 'cannot continue the ClusterStagedUpdateRun: failed to initialize the clusterStagedUpdateRun: ';
const user = 'failed to process the request due to a client error: ';
const odd = 'unexpected behavior which cannot be handled by the controller: ';

describe('why a run cannot be initialized', () => {
  test.each<[string, string]>([
    [initializationFailures({}).placementNotFound(), `${user}parent clusterResourcePlacement not found`],
    [
      initializationFailures({}).placementNotExternal('RollingUpdate'),
      `${user}parent clusterResourcePlacement does not have an external rollout strategy, current strategy: RollingUpdate`,
    ],
    [
      initializationFailures({}).severalPolicySnapshots(2, 'web'),
      `${odd}more than one (2 in actual) latest policy snapshots associated with the clusterResourcePlacement: web`,
    ],
    [
      initializationFailures({}).noPolicyIndex('web-0'),
      `${odd}policy snapshot \`web-0\` does not have a policy index label`,
    ],
    [
      initializationFailures({}).nothingSelected('web-0'),
      'no scheduled or to-be-deleted clusterResourceBindings found for the latest policy snapshot web-0',
    ],
    [initializationFailures({}).strategyNotFound('s'), `${user}referenced clusterStagedUpdateStrategy not found: s`],
    [
      initializationFailures({}).invalidAfterStageTasks('s', 'one', taskFaults.waitTimeNotPositive(0)),
      `${user}the after stage tasks are invalid, clusterStagedUpdateStrategy: s, stage: one, err: task 0 of type TimedWait has wait duration <= 0`,
    ],
    [
      initializationFailures({}).invalidAfterStageTasks('s', 'one', taskFaults.sameTypeTwice('Approval')),
      `${user}the after stage tasks are invalid, clusterStagedUpdateStrategy: s, stage: one, err: afterStageTasks cannot have two tasks of the same type: Approval`,
    ],
    [
      initializationFailures({}).invalidStageSelector('s', 'one', 'odd'),
      `${user}the stage label selector is invalid, clusterStagedUpdateStrategy: s, stage: one, err: odd`,
    ],
    [initializationFailures({}).clusterInTwoStages('c'), `${user}cluster \`c\` appears in more than one stages`],
    [
      initializationFailures({}).invalidSortingLabel('order', '', 'c'),
      `${user}the sorting label \`order:\` on cluster \`c\` is not valid: strconv.Atoi: parsing "": invalid syntax`,
    ],
    [
      initializationFailures({}).invalidSnapshotIndex('-1'),
      `${user}invalid resource snapshot index \`-1\` provided, expected an integer >= 0`,
    ],
    [
      initializationFailures({}).snapshotNotFound('7', 'web'),
      `${user}no clusterResourceSnapshots with index \`7\` found for clusterResourcePlacement \`web\``,
    ],
    [
      initializationFailures({}).noMasterSnapshot('web', '7'),
      `${odd}no master clusterResourceSnapshot found for clusterResourcePlacement \`web\` with index \`7\``,
    ],
  ])('%s', (text, cause) => {
    expect(text).toBe(prefix + cause);
  });

  test('of many clusters in no stage, the first ten by name are shown', () => {
    const clusters = Array.from({ length: 12 }, (_, index) => `c${String(12 - index).padStart(2, '0')}`);
    expect(initializationFailures({}).clustersInNoStage(clusters)).toBe(
      `${prefix}${user}some clusters are not placed in any stage, total 12, showing up to 10: ` +
        'c01, c02, c03, c04, c05, c06, c07, c08, c09, c10',
    );
  });
});

describe('why a run cannot go on', () => {
  test('somebody else has taken a cluster over', () => {
    const cause = runFailures({}).displaced('c', 'one', 'web-c-0a1b2c3d', 'ClusterStagedUpdateRun/newer');
    expect(abortedRun({}, cause)).toBe(
      `cannot continue the ClusterStagedUpdateRun: ${user}the clusterResourceBinding of the updating cluster \`c\` in ` +
        'the stage `one` is not up-to-date with the desired status, please check the status of binding ' +
        '`web-c-0a1b2c3d` and see if there is a concurrent updateRun referencing the same clusterResourcePlacement ' +
        'and updating the same cluster; it has been taken over by ClusterStagedUpdateRun/newer',
    );
  });

  test('a request of that name belongs to something else', () => {
    expect(runFailures({}).foreignApprovalRequest('a-b-c', 'a-b', 'c')).toBe(
      `${odd}the approval request task \`a-b-c\` is targeting update run \`a-b\` and stage \`c\``,
    );
  });
});

describe('a run in a namespace has the words of the later generation', () => {
  const scope = { namespace: 'shop' };
  const failures = initializationFailures(scope);
  const notInitialized = 'cannot continue the updateRun: failed to validate the updateRun: ';

  test.each<[string, string]>([
    [failures.placementNotFound(), `${notInitialized}${user}parent placement not found`],
    [
      failures.nothingSelected('web-0'),
      `${notInitialized}no scheduled or to-be-deleted bindings found for the latest policy snapshot shop/web-0`,
    ],
    [failures.strategyNotFound('s'), `${notInitialized}${user}referenced updateStrategy not found: \`shop/s\``],
    [
      failures.snapshotNotFound('7', 'web'),
      `${notInitialized}${user}no resourceSnapshots with index \`7\` found for placement \`shop/web\``,
    ],
    [
      failures.invalidStageSelector('s', 'one', 'odd'),
      `${notInitialized}${user}the stage label selector is invalid, updateStrategy: \`shop/s\`, stage: one, err: odd`,
    ],
    [
      outdatedRuns(scope).policySnapshot('1', '0'),
      'cannot continue the updateRun: the policy snapshot index used in the updateRun is outdated, latest: 1, recorded: 0',
    ],
    [outdatedRuns(scope).stagesMissing(), `cannot continue the updateRun: ${odd}the updateRun has nil stagesStatus`],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });

  test('displaced', () => {
    expect(runFailures(scope).displaced('c', 'one', 'b', 'StagedUpdateRun/shop/other')).toBe(
      `${user}the binding of the updating cluster \`c\` in the stage \`one\` is not up-to-date with the desired status, please check the status of binding \`b\` and see if there is a concurrent updateRun referencing the same placement and updating the same cluster; it has been taken over by StagedUpdateRun/shop/other`,
    );
  });
});
