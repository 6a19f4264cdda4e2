/**
 * Conditions: types, reasons and messages of all kinds, and how a list of them changes.
 * Source of the texts: the documents, then the reference system; its slips of spelling are kept where users may look
 * for a text they know.
 */
import { kindsIn } from './kinds.ts';
import type { Condition } from './meta.ts';
import type { ObjectReference, Scope } from './references.ts';

/** What a condition says, without when and about which generation. */
export type ConditionContent = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

/** Contents by their status. */
export function isTrue(type: string, reason: string, message: string): ConditionContent {
  return { type, status: 'True', reason, message };
}

export function isFalse(type: string, reason: string, message: string): ConditionContent {
  return { type, status: 'False', reason, message };
}

export function isUnknown(type: string, reason: string, message: string): ConditionContent {
  return { type, status: 'Unknown', reason, message };
}

/** Makes a whole condition. `time` is RFC 3339 with whole seconds. */
export function conditionAt(content: ConditionContent, observedGeneration: number, time: string): Condition {
  return { ...content, lastTransitionTime: time, observedGeneration };
}

/**
 * The list with `condition` in the place of the one of its type, or at the end.
 * `lastTransitionTime` stays that of the old one unless the status changes. The list itself is left alone.
 */
export function setCondition(conditions: readonly Condition[] | undefined, condition: Condition): Condition[] {
  const list = conditions ?? [];
  const old = findCondition(list, condition.type);
  if (old === undefined) return [...list, condition];
  const { lastTransitionTime } = old.status === condition.status ? old : condition;
  return list.map((one) => (one === old ? { ...condition, lastTransitionTime } : one));
}

/** The condition of that type, if there is one. */
export function findCondition(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** Whether the condition is True, and found at `generation` where one is given. */
export function isConditionTrue(
  conditions: readonly Condition[] | undefined,
  type: string,
  generation?: number,
): boolean {
  const condition = findCondition(conditions, type);
  return condition?.status === 'True' && (generation === undefined || condition.observedGeneration === generation);
}

/** Condition types that are looked up in more than one place, by kind. */
export const conditionTypes = {
  binding: { removed: 'Removed' },
  policySnapshot: { scheduled: 'Scheduled' },
  memberCluster: { joined: 'Joined', costs: 'AKSClusterCostPropertiesCollectionSucceeded' },
} as const;

/**
 * What a binding reports, in the order in which it comes about. The first that is not True ends the list.
 * A placement's conditions are the same with {@link placementStepType}, counted over its clusters.
 */
export const rolloutSteps = ['RolloutStarted', 'Overridden', 'WorkSynchronized', 'Applied', 'Available'] as const;

/** One of {@link rolloutSteps}; also the condition's type on bindings and on clusters' entries. */
export type RolloutStep = (typeof rolloutSteps)[number];

/** What a placement says of itself, in order: that its clusters are chosen, then the steps of the rollout to them. */
export type PlacementStep = 'Scheduled' | RolloutStep;

/** Condition type of a step on the placement itself, such as `ClusterResourcePlacementApplied`. */
export function placementStepType(scope: Scope, step: PlacementStep): string {
  return `${kindsIn(scope).placement.kind}${step}`;
}

/** Condition type of a placement that is being deleted, while something keeps its copies. */
export function removedType(scope: Scope): string {
  return `${kindsIn(scope).placement.kind}Removed`;
}

/** Condition type of a placement while something keeps resource snapshots from being taken. */
export function snapshotsTakenType(scope: Scope): string {
  return `${kindsIn(scope).placement.kind}SnapshotsTaken`;
}

/** Condition type of a placement whose status is copied into its namespace. */
export function statusSyncedType(scope: Scope): string {
  return `${kindsIn(scope).placement.kind}StatusSynced`;
}

export const bindingConditions = {
  /** `message` as {@link rolloutStartedMessage} makes it. */
  rolloutStarted: (message: string) => isTrue('RolloutStarted', 'RolloutStarted', message),
  notOverridden: () =>
    isTrue('Overridden', 'NoOverrideSpecified', 'No override rules are configured for the selected resources'),
  workSynchronized: () =>
    isTrue('WorkSynchronized', 'AllWorkSynced', 'All of the works are synchronized to the latest'),
  applied: () => isTrue('Applied', 'AllWorkHaveBeenApplied', 'All corresponding work objects are applied'),
  notApplied: (work: string) =>
    isFalse('Applied', 'NotAllWorkHaveBeenApplied', `Work object ${work} has failed to apply`),
  available: () => isTrue('Available', 'AllWorkAreAvailable', 'All corresponding work objects are available'),
  availabilityNotTrackable: (work: string) =>
    isTrue(
      'Available',
      'NotAllWorkAreAvailabilityTrackable',
      `The availability of work object ${work} is not trackable`,
    ),
  notAvailable: (work: string) =>
    isFalse('Available', 'NotAllWorkAreAvailable', `Work object ${work} is not yet available`),
  /** `trouble` is one sentence on what keeps the copies. */
  notRemoved: (trouble: string) => isFalse(conditionTypes.binding.removed, copiesRemain, trouble),
} as const;

const copiesRemain = 'CopiesRemain';

const rolloutStartedText = 'Detected the new changes on the resources and started the rollout process';

/** What a binding says once the placement itself, by a rolling update, has given it a snapshot. */
export const rollingUpdateStartedMessage = rolloutStartedText;

/** What a binding says once a run has given it a snapshot. */
export function rolloutStartedMessage(resourceSnapshotIndex: string, run: ObjectReference): string {
  const kind = run.namespace === undefined ? 'clusterStagedUpdateRun' : 'stagedUpdateRun';
  return `${rolloutStartedText}, resourceSnapshotIndex: ${resourceSnapshotIndex}, ${kind}: ${run.name}`;
}

/** Single objects of a binding's `failedPlacements`. */
export const failedPlacementConditions = {
  notApplied: (trouble: string) =>
    isFalse('Applied', 'ManifestApplyFailed', `Failed to apply the manifest (error: ${trouble})`),
  /** `missing`: what the object lacks, as a sentence. */
  notAvailable: (missing: string) =>
    isFalse(
      'Available',
      'ManifestNotAvailableYet',
      `Manifest is not yet available; Fleet will check again later${missing === '' ? '' : `: ${missing}`}`,
    ),
} as const;

/** Why a cluster was picked, in decisions and in the placement's entry of the cluster. */
export function pickedMessage(cluster: string, affinityScore: number, topologySpreadScore: number): string {
  const scores = `affinity score: ${String(affinityScore)}, topology spread score: ${String(topologySpreadScore)}`;
  return `Successfully scheduled resources for placement in ${cluster} (${scores}): picked by scheduling policy`;
}

/** The same where a policy names its clusters, so that nothing is compared. */
export function fixedPickMessage(cluster: string): string {
  return `Successfully scheduled resources for placement in ${cluster}: picked by scheduling policy`;
}

/** Why a cluster was not picked although nothing is against it. */
export function outscoredMessage(cluster: string, affinityScore: number, topologySpreadScore: number): string {
  const scores = `affinity score: ${String(affinityScore)}, topology spread score: ${String(topologySpreadScore)}`;
  return `Cluster "${cluster}" does not score high enough (${scores})`;
}

/** Reason of a placement's condition that no snapshot is taken: each attempt fails. */
export const snapshotsFailReason = 'ResourceSnapshotNotTaken';

/** Reason of `Scheduled` on a policy snapshot whose policy has a fault: nothing is picked, and nothing dropped. */
export const invalidPolicyReason = 'InvalidSchedulingPolicy';

export const policySnapshotConditions = {
  scheduled: () =>
    isTrue(
      'Scheduled',
      'SchedulingPolicyFulfilled',
      'found all the clusters needed as specified by the scheduling policy',
    ),
  /** `clusters` is how many there are instead. */
  notFullyScheduled: (clusters: number) =>
    isFalse(
      'Scheduled',
      'SchedulingPolicyUnfulfilled',
      `could not find all clusters needed as specified by the scheduling policy, found ${String(clusters)} cluster(s) instead`,
    ),
  /** `fault` is one sentence on what is wrong with the policy. */
  invalidPolicy: (fault: string) =>
    isFalse('Scheduled', invalidPolicyReason, `the placement policy field is invalid: ${fault}`),
} as const;

/** Conditions of placements of a scope. */
// eslint-disable-next-line @typescript-eslint/explicit-module-boundary-types -- a table of texts is its own type
export function placementConditions(scope: Scope) {
  const typeOf = (step: PlacementStep): string => placementStepType(scope, step);
  const controlledExternally = (what: string): ConditionContent =>
    isUnknown(
      typeOf('RolloutStarted'),
      'RolloutControlledByExternalController',
      `Rollout is controlled by an external controller and ${what}`,
    );
  return {
    /** The policy snapshot's condition, as the placement shows it. */
    scheduled: (decided: Pick<Condition, 'status' | 'reason' | 'message'>): ConditionContent => ({
      type: typeOf('Scheduled'),
      status: decided.status,
      reason: decided.reason,
      message: decided.message,
    }),
    schedulePending: () => isUnknown(typeOf('Scheduled'), 'SchedulePending', 'Scheduling has not completed'),
    /** `fault` is one sentence on what is wrong with the selectors. */
    invalidResourceSelectors: (fault: string) =>
      isFalse(
        typeOf('Scheduled'),
        'InvalidResourceSelectors',
        `The resource selectors are invalid: failed to process the request due to a client error: ${fault}`,
      ),
    /** `trouble` is one sentence on how the last attempt has ended. */
    snapshotsFail: (trouble: string) =>
      isFalse(
        snapshotsTakenType(scope),
        snapshotsFailReason,
        `No resource snapshot is taken, because each attempt fails: ${trouble} Clusters keep what they have, and it is tried again.`,
      ),
    /** `groupVersions`, at least one, as `group/version`: their API servers, which stand behind the hub, are away. */
    snapshotsHeldUp: (groupVersions: readonly string[]): ConditionContent => {
      const isOne = groupVersions.length === 1;
      const [server, does, it, service] = isOne
        ? ['server', 'does', 'it', 'APIService']
        : ['servers', 'do', 'them', 'APIServices'];
      const services = groupVersions.map((groupVersion) => groupVersion.split('/').reverse().join('.'));
      const why = `because the API ${server} of ${groupVersions.join(', ')}, whose objects may be selected, ${does} not answer the hub`;
      const message = `No resource snapshot is taken, ${why}. Repair ${it}, or remove ${service} ${services.join(', ')}.`;
      return isFalse(snapshotsTakenType(scope), 'APIServerNotAvailable', message);
    },
    /** `fault` is one sentence on why the status cannot be copied into the selected namespace. */
    invalidNamespaceSelector: (fault: string) => isFalse(typeOf('Scheduled'), 'InvalidResourceSelectors', fault),
    statusSynced: (namespace: string) =>
      isTrue(
        statusSyncedType(scope),
        'StatusSyncSucceeded',
        `Successfully created or updated ClusterResourcePlacementStatus in namespace '${namespace}'`,
      ),
    /** `trouble` is one sentence on what the hub said. */
    statusNotSynced: (trouble: string) =>
      isFalse(
        statusSyncedType(scope),
        'StatusSyncFailed',
        `Failed to create or update ClusterResourcePlacementStatus: ${trouble}`,
      ),
    /** `trouble` is one sentence on what keeps the copies on a cluster; `others` is how many more keep theirs. */
    notRemoved: (trouble: string, others: number): ConditionContent => {
      const clusters = others === 1 ? '1 more cluster' : `${String(others)} more clusters`;
      const more = others === 0 ? '' : ` The copies on ${clusters} are held up as well.`;
      return isFalse(removedType(scope), copiesRemain, `${trouble}${more}`);
    },
    /** A step over all clusters; `clusters` is how many of them have this status. */
    step: (step: RolloutStep, status: Condition['status'], clusters: number): ConditionContent => {
      const [reason, message] = placementSteps[step][status];
      return { type: typeOf(step), status, reason, message: message(String(clusters)) };
    },
    /** External: clusters are at different snapshots, or some at none. */
    clustersDiffer: () => controlledExternally('different resource snapshot versions are observed across clusters'),
    /** External: no cluster is at any snapshot. */
    noRolloutYet: () =>
      controlledExternally(
        'no resource snapshot name is observed across clusters, probably rollout has not started yet',
      ),
    /** External: all clusters are at one snapshot, but `cluster` does not say whether its rollout has started. */
    clusterUndecided: (cluster: string) =>
      controlledExternally(`cluster ${cluster} is in RolloutStarted Unknown state`),
  };
}

/** A cluster's entry in a placement's status. What a binding reports is copied; these say the rest. */
export const placementEntryConditions = {
  /** `reason` of the decision becomes the message. */
  scheduled: (message: string) => isTrue('Scheduled', 'Scheduled', message),
  /** A cluster that the policy wants and has not found; `message` is the reason against one that was not picked. */
  notScheduled: (message: string) => isFalse('Scheduled', 'ScheduleFailed', message),
  /** The rollout has not come to the cluster. */
  rolloutNotStarted: () =>
    isFalse('RolloutStarted', 'RolloutNotStartedYet', 'The rollout is being blocked by the rollout strategy'),
  /** The binding does not report the step yet, or reports it for what it was before. */
  unknown: (step: RolloutStep) => isUnknown(step, ...placementEntryUnknowns[step]),
} as const;

const costsCollected = conditionTypes.memberCluster.costs;

export const memberClusterConditions = {
  readyToJoin: () => isTrue('ReadyToJoin', 'MemberClusterReadyToJoin', 'Member cluster is ready to join the fleet'),
  /** `trouble` is one sentence on what is missing. */
  notReadyToJoin: (trouble: string) =>
    isFalse('ReadyToJoin', 'MemberClusterNotReadyToJoin', `Member cluster is not ready to join the fleet: ${trouble}`),
  joined: () => isTrue('Joined', 'MemberClusterJoined', 'Member cluster has successfully joined the fleet'),
  left: () => isFalse('Joined', 'MemberClusterLeft', 'Member cluster has left the fleet'),
  joinStateUnknown: (cluster: string) =>
    isUnknown(
      'Joined',
      'MemberClusterJoinStateUnknown',
      `Member cluster ${cluster} has not reported the join condition for agent MemberAgent`,
    ),
  propertiesCollected: () =>
    isTrue(
      'ClusterPropertyCollectionSucceeded',
      'PropertiesCollected',
      'The latest cluster properties have been collected',
    ),
  /** `trouble` is one sentence on what could not be read. */
  propertiesNotCollected: (reason: 'TimedOut' | 'FailedToCollect', trouble: string) =>
    isFalse('ClusterPropertyCollectionSucceeded', reason, trouble),
  costsCalculated: () =>
    isTrue(costsCollected, 'CostsCalculated', 'All cost properties have been collected successfully'),
  /** `warning` says which nodes were left out. */
  costsDegraded: (warning: string) =>
    isTrue(
      costsCollected,
      'CostsCalculationDegraded',
      `Cost properties are collected in a degraded mode with the following warning(s): ${warning}`,
    ),
  costsFailed: (trouble: string) =>
    isFalse(
      costsCollected,
      'CostsCalculationFailed',
      `An error has occurred when collecting cost properties: ${trouble}`,
    ),
} as const;

/** The one entry of a member cluster's `status.agentStatus`. */
export const agentConditions = {
  joined: () => isTrue('Joined', 'InternalMemberClusterJoined', 'The hub reaches the member cluster'),
  left: () => isFalse('Joined', 'InternalMemberClusterLeft', 'The member cluster has left the fleet'),
  /** `trouble` is one sentence on what the leaving waits for. */
  leaving: (trouble: string) => isUnknown('Joined', 'InternalMemberClusterFailedToLeave', trouble),
  healthy: () => isTrue('Healthy', 'InternalMemberClusterHealthy', 'The API server of the member cluster is ready'),
  /** `trouble` is one sentence on what the probe found. */
  unhealthy: (trouble: string) => isFalse('Healthy', 'InternalMemberClusterUnhealthy', trouble),
} as const;

type ByCount = (clusters: string) => string;

const placementSteps: Record<RolloutStep, Record<Condition['status'], [reason: string, message: ByCount]>> = {
  RolloutStarted: {
    Unknown: [
      'RolloutStartedUnknown',
      (n) =>
        `There are still ${n} cluster(s) in the process of deciding whether to roll out the latest resources or not`,
    ],
    False: ['RolloutNotStartedYet', (n) => `The rollout is being blocked by the rollout strategy in ${n} cluster(s)`],
    True: ['RolloutStarted', (n) => `All ${n} cluster(s) start rolling out the latest resource`],
  },
  Overridden: {
    Unknown: [
      'OverriddenPending',
      (n) =>
        `There are still ${n} cluster(s) in the process of overriding the selected resources if there is any override defined`,
    ],
    False: ['OverriddenFailed', (n) => `Failed to override resources in ${n} cluster(s)`],
    True: ['NoOverrideSpecified', () => 'No override rules are configured for the selected resources'],
  },
  WorkSynchronized: {
    Unknown: [
      'WorkSynchronizedUnknown',
      (n) =>
        `There are still ${n} cluster(s) in the process of creating or updating the work object(s) in the hub cluster`,
    ],
    False: [
      'WorkNotSynchronizedYet',
      (n) => `There are ${n} cluster(s) which have not finished creating or updating work(s) yet`,
    ],
    True: [
      'WorkSynchronized',
      (n) => `Works(s) are succcesfully created or updated in ${n} target cluster(s)' namespaces`,
    ],
  },
  Applied: {
    Unknown: [
      'ApplyPending',
      (n) => `There are still ${n} cluster(s) in the process of applying the resources on the member cluster`,
    ],
    False: [
      'ApplyFailed',
      (n) => `Failed to apply resources to ${n} cluster(s), please check the \`failedPlacements\` status`,
    ],
    True: ['ApplySucceeded', (n) => `Successfully applied resources to ${n} member clusters`],
  },
  Available: {
    Unknown: [
      'ResourceAvailableUnknown',
      (n) => `There are still ${n} cluster(s) in the process of checking the availability of the selected resources`,
    ],
    False: ['ResourceNotAvailableYet', (n) => `The selected resources in ${n} cluster(s) are still not available yet`],
    True: ['ResourceAvailable', (n) => `The selected resources in ${n} cluster(s) are available now`],
  },
};

const placementEntryUnknowns: Record<RolloutStep, [reason: string, message: string]> = {
  RolloutStarted: [
    'RolloutStartedUnknown',
    'In the process of deciding whether to roll out some version of the resources or not',
  ],
  Overridden: [
    'OverriddenPending',
    'In the process of overriding the selected resources if there is any override defined',
  ],
  WorkSynchronized: [
    'WorkSynchronizedUnknown',
    'In the process of creating or updating the work object(s) in the hub cluster',
  ],
  Applied: ['ApplyPending', 'In the process of applying the resources on the member cluster'],
  Available: ['ResourceAvailableUnknown', 'The availability of the selected resources is unknown yet '],
};
