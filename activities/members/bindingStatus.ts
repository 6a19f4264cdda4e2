/** A binding's status as the holder of its cluster writes it. */
import type { ObjectReference } from '../../api/references.ts';
import type { ConditionContent } from '../../api/conditions.ts';
import { bindingConditions, conditionAt, findCondition, setCondition } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import { appliedWorkName } from '../../api/names.ts';
import type {
  ClusterResourceBinding,
  FailedResourcePlacement,
  ResourceBindingStatus,
} from '../../api/types/clusterresourcebinding.ts';
import { standingReport, standingReports } from '../../domain/rollouts/reports.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { ClusterTrouble } from './interruptions.ts';

/** As many as the status holds. */
const maximumFailed = 100;

/** Whether `RolloutStarted` already says what the holder has to say. */
export function hasRolloutStarted(binding: ClusterResourceBinding, message: string): boolean {
  const started = standingReport(binding, 'RolloutStarted');
  return started?.status === 'True' && started.message === message;
}

/** The holder begins: `RolloutStarted`. Reports about other contents than the present ones go. */
export function rolloutStartedStatus(binding: ClusterResourceBinding, message: string): ResourceBindingStatus {
  const condition = contentAt(binding, bindingConditions.rolloutStarted(message));
  return {
    ...binding.status,
    conditions: setCondition(standingReports(binding), condition),
    failedPlacements: undefined,
  };
}

/** Everything is applied and available. `trackable`: whether the member could tell so of each object. */
export function availableStatus(
  binding: ClusterResourceBinding,
  placement: ObjectReference,
  trackable: boolean,
): ResourceBindingStatus {
  const available = trackable
    ? bindingConditions.available()
    : bindingConditions.availabilityNotTrackable(appliedWorkName(placement));
  return status(binding, [bindingConditions.applied(), available], []);
}

/** The cluster waits for something outside Flotilla. */
export function troubleStatus(
  binding: ClusterResourceBinding,
  placement: ObjectReference,
  trouble: ClusterTrouble,
): ResourceBindingStatus {
  const work = appliedWorkName(placement);
  const conditions =
    trouble.stage === 'notAvailable'
      ? [bindingConditions.applied(), bindingConditions.notAvailable(work)]
      : [bindingConditions.notApplied(work)];
  return status(binding, conditions, trouble.failed);
}

/** The copies are to go, and something keeps them. @param trouble one sentence */
export function removalTroubleStatus(binding: ClusterResourceBinding, trouble: string): ResourceBindingStatus {
  const condition = contentAt(binding, bindingConditions.notRemoved(trouble));
  return { ...binding.status, conditions: setCondition(binding.status?.conditions, condition) };
}

function status(
  binding: ClusterResourceBinding,
  outcome: ConditionContent[],
  failed: FailedResourcePlacement[],
): ResourceBindingStatus {
  const old = standingReports(binding);
  const rolloutStarted = findCondition(old, 'RolloutStarted');
  const contents = [bindingConditions.notOverridden(), bindingConditions.workSynchronized(), ...outcome];
  const conditions = contents.map((content) => keepTransition(old, contentAt(binding, content)));
  return {
    conditions: rolloutStarted === undefined ? conditions : [rolloutStarted, ...conditions],
    failedPlacements: failed.length === 0 ? undefined : failed.slice(0, maximumFailed),
  };
}

function keepTransition(old: readonly Condition[], condition: Condition): Condition {
  return findCondition(setCondition(old, condition), condition.type) ?? condition;
}

function contentAt(binding: ClusterResourceBinding, content: ConditionContent): Condition {
  return conditionAt(content, binding.metadata.generation ?? 0, rfc3339(Date.now()));
}
