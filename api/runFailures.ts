/**
 * Why a run cannot be initialized or cannot go on: texts of `Initialized` False and `Succeeded` False.
 * Source: the reference system as it was when the documents were written. The part after the prefixes is what a user
 * has to change; the prefixes are kept because people search for them.
 * Runs in a namespace came later and have the words of that time: shorter names of kinds, names with their namespace.
 */
import { formatReference, inScopeOf, type Scope } from './references.ts';

/** How the texts name the objects of a scope. */
interface Words {
  /** The run at the head of a text. */
  aborted: string;
  run: string;
  initialize: string;
  placement: string;
  binding: string;
  snapshot: string;
  strategy: string;
  /** The name of an object of the scope. */
  named(name: string): string;
  /** The same, set apart from the words around it. */
  quoted(name: string): string;
}

const clusterWords: Words = {
  aborted: 'ClusterStagedUpdateRun',
  run: 'clusterStagedUpdateRun',
  initialize: 'initialize',
  placement: 'clusterResourcePlacement',
  binding: 'clusterResourceBinding',
  snapshot: 'clusterResourceSnapshot',
  strategy: 'clusterStagedUpdateStrategy',
  named: (name) => name,
  quoted: (name) => name,
};

function wordsIn(scope: Scope): Words {
  if (scope.namespace === undefined) return clusterWords;
  return {
    aborted: 'updateRun',
    run: 'updateRun',
    initialize: 'validate',
    placement: 'placement',
    binding: 'binding',
    snapshot: 'resourceSnapshot',
    strategy: 'updateStrategy',
    named: (name) => formatReference(inScopeOf(scope, name)),
    quoted: (name) => `\`${formatReference(inScopeOf(scope, name))}\``,
  };
}

/** Text of the condition `Succeeded` False: the run, of that scope, stops for good because of `cause`. */
export function abortedRun(scope: Scope, cause: string): string {
  return `cannot continue the ${wordsIn(scope).aborted}: ${cause}`;
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

/** Texts of the condition `Initialized` False. */
export type InitializationFailures = ReturnType<typeof initializationFailures>;

/** Texts of the condition `Initialized` False for runs of a scope. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- a table of texts is its own type
export function initializationFailures(scope: Scope) {
  const words = wordsIn(scope);
  const notInitialized = (cause: string): string =>
    abortedRun(scope, `failed to ${words.initialize} the ${words.run}: ${cause}`);
  return {
    placementNotFound: () => notInitialized(userError(`parent ${words.placement} not found`)),
    /** `strategyType` is the placement's. */
    placementNotExternal: (strategyType: string) =>
      notInitialized(
        userError(
          `parent ${words.placement} does not have an external rollout strategy, ` +
            `current strategy: ${strategyType}`,
        ),
      ),
    severalPolicySnapshots: (count: number, placement: string) =>
      notInitialized(
        unexpected(
          `more than one (${String(count)} in actual) latest policy snapshots ` +
            `associated with the ${words.placement}: ${words.named(placement)}`,
        ),
      ),
    noPolicyIndex: (policySnapshot: string) =>
      notInitialized(
        unexpected(`policy snapshot \`${words.named(policySnapshot)}\` does not have a policy index label`),
      ),
    nothingSelected: (policySnapshot: string) =>
      notInitialized(
        `no scheduled or to-be-deleted ${words.binding}s found for the latest policy snapshot ${words.named(policySnapshot)}`,
      ),
    strategyNotFound: (strategy: string) =>
      notInitialized(userError(`referenced ${words.strategy} not found: ${words.quoted(strategy)}`)),
    /** `fault` is one of {@link taskFaults}. */
    invalidBeforeStageTasks: (strategy: string, stage: string, fault: string) =>
      notInitialized(
        userError(
          `the before stage tasks are invalid, ${words.strategy}: ${words.quoted(strategy)}, stage: ${stage}, err: ${fault}`,
        ),
      ),
    /** `fault` is one of {@link taskFaults}. */
    invalidAfterStageTasks: (strategy: string, stage: string, fault: string) =>
      notInitialized(
        userError(
          `the after stage tasks are invalid, ${words.strategy}: ${words.quoted(strategy)}, stage: ${stage}, err: ${fault}`,
        ),
      ),
    invalidStageSelector: (strategy: string, stage: string, fault: string) =>
      notInitialized(
        userError(
          'the stage label selector is invalid, ' +
            `${words.strategy}: ${words.quoted(strategy)}, stage: ${stage}, err: ${fault}`,
        ),
      ),
    stageNameTwice: (strategy: string, stage: string) =>
      notInitialized(
        userError(
          `stage \`${stage}\` stands twice in ${words.strategy} ${words.quoted(strategy)}; give each stage a name of its own`,
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
          `no ${words.snapshot}s with index \`${index}\` found for ${words.placement} \`${words.named(placement)}\``,
        ),
      ),
    noMasterSnapshot: (placement: string, index: string) =>
      notInitialized(
        unexpected(
          `no master ${words.snapshot} found for ${words.placement} \`${words.named(placement)}\` with index \`${index}\``,
        ),
      ),
  };
}

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
export type OutdatedRuns = ReturnType<typeof outdatedRuns>;

/** The texts of {@link OutdatedRuns} in the words of a scope. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- a table of texts is its own type
export function outdatedRuns(scope: Scope) {
  const { run } = wordsIn(scope);
  const aborted = (cause: string): string => abortedRun(scope, cause);
  return {
    applyStrategy: (latest: string, recorded: string) =>
      aborted(userError(`the applyStrategy in the ${run} is outdated, latest: ${latest}, recorded: ${recorded}`)),
    policySnapshot: (latest: string, recorded: string) =>
      aborted(`the policy snapshot index used in the ${run} is outdated, latest: ${latest}, recorded: ${recorded}`),
    /** The number of clusters that the policy asks for. */
    observedCount: (latest: number, recorded: number) =>
      aborted(
        `the cluster count initialized in the ${run} is outdated, latest: ${String(latest)}, recorded: ${String(recorded)}`,
      ),
    strategyMissing: () => aborted(unexpected(`the ${run} has nil stagedUpdateStrategySnapshot`)),
    stagesMissing: () => aborted(unexpected(`the ${run} has nil stagesStatus`)),
    deletionStageMissing: () => aborted(unexpected(`the ${run} has nil deletionStageStatus`)),
    stageCount: (now: number, before: number) =>
      aborted(`the number of stages in the ${run} has changed, new: ${String(now)}, existing: ${String(before)}`),
    stageName: (stage: number, now: string, before: string) =>
      aborted(`index \`${String(stage)}\` stage name in the ${run} has changed, new: ${now}, existing: ${before}`),
    /** `changes` says which clusters came and went. */
    clusterCount: (stage: number, now: number, before: number, changes: string) =>
      aborted(
        `the number of clusters in index \`${String(stage)}\` stage has changed, ` +
          `new: ${String(now)}, existing: ${String(before)}; ${changes}`,
      ),
    cluster: (stage: number, position: number, now: string, before: string) =>
      aborted(
        `the \`${String(position)}\` cluster in the \`${String(stage)}\` stage has changed, new: ${now}, existing: ${before}`,
      ),
    removal: (cluster: string) =>
      aborted(unexpected(`the cluster \`${cluster}\` to be deleted is not in the delete stage`)),
  };
}

/** Causes for {@link abortedRun}; `displaced` is also what the cluster itself says. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- a table of texts is its own type
export function runFailures(scope: Scope) {
  const words = wordsIn(scope);
  return {
    /** Somebody newer has taken the cluster over; `by` names who. */
    displaced: (cluster: string, stage: string, binding: string, by: string) =>
      userError(
        `the ${words.binding} of the updating cluster \`${cluster}\` in the stage \`${stage}\` is not up-to-date ` +
          `with the desired status, please check the status of binding \`${binding}\` and see if there is a concurrent ` +
          `updateRun referencing the same ${words.placement} and updating the same cluster; ` +
          `it has been taken over by ${by}`,
      ),
    /** The same for a cluster from which the run was to remove the placement. */
    displacedRemoval: (cluster: string, by: string) =>
      userError(`cluster \`${cluster}\` is to be removed, but it has been taken over by ${by}`),
    /** An object with the request's name asks for another run or stage. */
    foreignApprovalRequest: (request: string, run: string, stage: string) =>
      unexpected(`the approval request task \`${request}\` is targeting update run \`${run}\` and stage \`${stage}\``),
  };
}
