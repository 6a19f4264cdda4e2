/**
 * Why a run cannot be initialized or cannot go on: texts of `Initialized` False and `Succeeded` False.
 * Source: the reference system as it was when the documents were written. The part after the prefixes is what a user
 * has to change; the prefixes are kept because people search for them.
 */

/** Text of the condition `Succeeded` False: the run stops for good because of `cause`. */
export function abortedRun(cause: string): string {
  return `cannot continue the ClusterStagedUpdateRun: ${cause}`;
}

/** Stands in every failure that somebody has to change something about; metrics tell such failures by it. */
export const clientErrorText = 'failed to process the request due to a client error';

function userError(cause: string): string {
  return `${clientErrorText}: ${cause}`;
}

/** The hub's objects contradict each other. */
function unexpected(cause: string): string {
  return `unexpected behavior which cannot be handled by the controller: ${cause}`;
}

function notInitialized(cause: string): string {
  return abortedRun(`failed to initialize the clusterStagedUpdateRun: ${cause}`);
}

/** Texts of the condition `Initialized` False. */
export const initializationFailures = {
  placementNotFound: () => notInitialized(userError('parent clusterResourcePlacement not found')),
  /** `strategyType` is the placement's. */
  placementNotExternal: (strategyType: string) =>
    notInitialized(
      userError(
        'parent clusterResourcePlacement does not have an external rollout strategy, ' +
          `current strategy: ${strategyType}`,
      ),
    ),
  severalPolicySnapshots: (count: number, placement: string) =>
    notInitialized(
      unexpected(
        `more than one (${String(count)} in actual) latest policy snapshots ` +
          `associated with the clusterResourcePlacement: ${placement}`,
      ),
    ),
  noPolicyIndex: (policySnapshot: string) =>
    notInitialized(unexpected(`policy snapshot \`${policySnapshot}\` does not have a policy index label`)),
  nothingSelected: (policySnapshot: string) =>
    notInitialized(
      `no scheduled or to-be-deleted clusterResourceBindings found for the latest policy snapshot ${policySnapshot}`,
    ),
  strategyNotFound: (strategy: string) =>
    notInitialized(userError(`referenced clusterStagedUpdateStrategy not found: ${strategy}`)),
  /** `fault` is one of {@link taskFaults}. */
  invalidBeforeStageTasks: (strategy: string, stage: string, fault: string) =>
    notInitialized(
      userError(
        `the before stage tasks are invalid, clusterStagedUpdateStrategy: ${strategy}, stage: ${stage}, err: ${fault}`,
      ),
    ),
  /** `fault` is one of {@link taskFaults}. */
  invalidAfterStageTasks: (strategy: string, stage: string, fault: string) =>
    notInitialized(
      userError(
        `the after stage tasks are invalid, clusterStagedUpdateStrategy: ${strategy}, stage: ${stage}, err: ${fault}`,
      ),
    ),
  invalidStageSelector: (strategy: string, stage: string, fault: string) =>
    notInitialized(
      userError(
        'the stage label selector is invalid, ' +
          `clusterStagedUpdateStrategy: ${strategy}, stage: ${stage}, err: ${fault}`,
      ),
    ),
  stageNameTwice: (strategy: string, stage: string) =>
    notInitialized(
      userError(
        `stage \`${stage}\` stands twice in clusterStagedUpdateStrategy ${strategy}; give each stage a name of its own`,
      ),
    ),
  clusterInTwoStages: (cluster: string) =>
    notInitialized(userError(`cluster \`${cluster}\` appears in more than one stages`)),
  /** `value` is empty when the cluster does not carry the label. */
  invalidSortingLabel: (key: string, value: string, cluster: string) =>
    notInitialized(
      userError(
        `the sorting label \`${key}:${value}\` on cluster \`${cluster}\` is not valid: ` +
          `strconv.Atoi: parsing ${JSON.stringify(value)}: invalid syntax`,
      ),
    ),
  /** All of the clusters; the first ten by name are shown. */
  clustersInNoStage: (clusters: readonly string[]) =>
    notInitialized(
      userError(
        `some clusters are not placed in any stage, total ${String(clusters.length)}, ` +
          `showing up to 10: ${[...clusters].sort().slice(0, 10).join(', ')}`,
      ),
    ),
  /** Selectors that cannot be evaluated, for a run that leaves the choice of the snapshot to us. */
  invalidResourceSelectors: (fault: string) => notInitialized(userError(fault)),
  /** `problem` is one sentence on how large the status would be. */
  tooLarge: (problem: string) => notInitialized(userError(problem)),
  invalidSnapshotIndex: (index: string) =>
    notInitialized(userError(`invalid resource snapshot index \`${index}\` provided, expected an integer >= 0`)),
  snapshotNotFound: (index: string, placement: string) =>
    notInitialized(
      userError(
        `no clusterResourceSnapshots with index \`${index}\` found for clusterResourcePlacement \`${placement}\``,
      ),
    ),
  noMasterSnapshot: (placement: string, index: string) =>
    notInitialized(
      unexpected(
        `no master clusterResourceSnapshot found for clusterResourcePlacement \`${placement}\` with index \`${index}\``,
      ),
    ),
} as const;

/** What can be wrong with the tasks of a stage. `index` counts from 0. */
export const taskFaults = {
  tooManyBefore: () => 'beforeStageTasks can have at most one task',
  notBefore: (index: number, type: string) =>
    `task ${String(index)} of type ${type} is not allowed in beforeStageTasks, allowed type: Approval`,
  approvalWithWait: (index: number) => `task ${String(index)} of type Approval cannot have wait duration set`,
  sameTypeTwice: (type: string) => `afterStageTasks cannot have two tasks of the same type: ${type}`,
  noWaitTime: (index: number) => `task ${String(index)} of type TimedWait has wait duration set to nil`,
  waitTimeNotPositive: (index: number) => `task ${String(index)} of type TimedWait has wait duration <= 0`,
} as const;

/**
 * What may have changed on the hub since a run was initialized so that it cannot go on: whole texts of `Succeeded` False.
 * Where clusters are concerned, the text ends with their names.
 */
export const outdatedRuns = {
  applyStrategy: (latest: string, recorded: string) =>
    abortedRun(
      userError(
        `the applyStrategy in the clusterStagedUpdateRun is outdated, latest: ${latest}, recorded: ${recorded}`,
      ),
    ),
  policySnapshot: (latest: string, recorded: string) =>
    abortedRun(
      `the policy snapshot index used in the clusterStagedUpdateRun is outdated, latest: ${latest}, recorded: ${recorded}`,
    ),
  strategyMissing: () => abortedRun(unexpected('the clusterStagedUpdateRun has nil stagedUpdateStrategySnapshot')),
  stagesMissing: () => abortedRun(unexpected('the clusterStagedUpdateRun has nil stagesStatus')),
  deletionStageMissing: () => abortedRun(unexpected('the clusterStagedUpdateRun has nil deletionStageStatus')),
  stageCount: (now: number, before: number) =>
    abortedRun(
      `the number of stages in the clusterStagedUpdateRun has changed, new: ${String(now)}, existing: ${String(before)}`,
    ),
  stageName: (stage: number, now: string, before: string) =>
    abortedRun(
      `index \`${String(stage)}\` stage name in the clusterStagedUpdateRun has changed, new: ${now}, existing: ${before}`,
    ),
  /** `changes` says which clusters came and went. */
  clusterCount: (stage: number, now: number, before: number, changes: string) =>
    abortedRun(
      `the number of clusters in index \`${String(stage)}\` stage has changed, ` +
        `new: ${String(now)}, existing: ${String(before)}; ${changes}`,
    ),
  cluster: (stage: number, position: number, now: string, before: string) =>
    abortedRun(
      `the \`${String(position)}\` cluster in the \`${String(stage)}\` stage has changed, new: ${now}, existing: ${before}`,
    ),
  removal: (cluster: string) =>
    abortedRun(unexpected(`the cluster \`${cluster}\` to be deleted is not in the delete stage`)),
} as const;

/** Causes for {@link abortedRun}; `displaced` is also what the cluster itself says. */
export const runFailures = {
  /** Somebody newer has taken the cluster over; `by` names who. */
  displaced: (cluster: string, stage: string, binding: string, by: string) =>
    userError(
      `the clusterResourceBinding of the updating cluster \`${cluster}\` in the stage \`${stage}\` is not up-to-date ` +
        `with the desired status, please check the status of binding \`${binding}\` and see if there is a concurrent ` +
        'updateRun referencing the same clusterResourcePlacement and updating the same cluster; ' +
        `it has been taken over by ${by}`,
    ),
  /** The same for a cluster from which the run was to remove the placement. */
  displacedRemoval: (cluster: string, by: string) =>
    userError(`cluster \`${cluster}\` is to be removed, but it has been taken over by ${by}`),
  /** An object with the request's name asks for another run or stage. */
  foreignApprovalRequest: (request: string, run: string, stage: string) =>
    unexpected(`the approval request task \`${request}\` is targeting update run \`${run}\` and stage \`${stage}\``),
} as const;
