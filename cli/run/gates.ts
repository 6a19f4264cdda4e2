/** What a stage waits for besides its clusters: approvals and waits. */
import { findCondition } from '../../api/conditions.ts';
import type { Condition } from '../../api/meta.ts';
import type { StageTaskMoment } from '../../api/runConditions.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import type { StageConfig, StageTaskStatus, StageUpdatingStatus } from '../../api/types/clusterstagedupdaterun.ts';
import { parseDuration } from '../../domain/durations.ts';
import { isApproved } from '../../domain/runs/approved.ts';
import { approvalFault, type ApprovalPurpose } from '../why/approvalFault.ts';

/** `pending` has not been reached, `open` is waited for. */
export type GateState = 'pending' | 'open' | 'done';

/** Time that passes after a stage. */
export interface WaitGate {
  type: 'wait';
  state: GateState;
  /** As the strategy says it. */
  length: string;
  lengthMs: number;
  /** Milliseconds since the epoch; present while it is open. */
  endsAt?: number;
}

/** Somebody has to agree. */
export interface ApprovalGate {
  type: 'approval';
  moment: StageTaskMoment;
  request: string;
  state: GateState;
  /** When it was asked for. */
  since?: number;
  /** When it was given. */
  approvedAt?: number;
  /** Who approved and what they said. */
  words?: string;
  /** Why an approval that was given does not count. */
  fault?: string;
}

export type Gate = WaitGate | ApprovalGate;

/** For whom an approval is, and the requests that the hub has. */
export interface Approvals {
  /** Name of the run. */
  run: string;
  requests: readonly ClusterApprovalRequest[];
}

export function gatesBefore(stage: StageUpdatingStatus, approvals: Approvals): Gate[] {
  return (stage.beforeStageTaskStatus ?? []).map((task) => approvalGate(task, 'before', stage.stageName, approvals));
}

/** @param updatedAt when the last cluster was done; absent while one is not */
export function gatesAfter(
  stage: StageUpdatingStatus,
  config: StageConfig | undefined,
  { approvals, updatedAt }: { approvals: Approvals; updatedAt: number | undefined },
): Gate[] {
  const planned = config?.afterStageTasks?.find(({ type }) => type === 'TimedWait')?.waitTime ?? '0s';
  return (stage.afterStageTaskStatus ?? []).map((task) =>
    task.type === 'Approval'
      ? approvalGate(task, 'after', stage.stageName, approvals)
      : waitGate(task, planned, updatedAt),
  );
}

function waitGate(task: StageTaskStatus, length: string, updatedAt: number | undefined): WaitGate {
  const lengthMs = parseDuration(length);
  const gate = { type: 'wait', length, lengthMs } as const;
  if (findCondition(task.conditions, 'WaitTimeElapsed')?.status === 'True') return { ...gate, state: 'done' };
  return updatedAt === undefined
    ? { ...gate, state: 'pending' }
    : { ...gate, state: 'open', endsAt: updatedAt + lengthMs };
}

function approvalGate(
  task: StageTaskStatus,
  moment: StageTaskMoment,
  stage: string,
  { run, requests }: Approvals,
): ApprovalGate {
  const request = task.approvalRequestName ?? '';
  const object = requests.find(({ metadata }) => metadata.name === request);
  const created = findCondition(task.conditions, 'ApprovalRequestCreated');
  const accepted = findCondition(task.conditions, 'ApprovalRequestApproved');
  const given = findCondition(object?.status?.conditions, 'Approved');
  const isDone = accepted?.status === 'True' || (object !== undefined && isApproved(object));
  const gate = { type: 'approval', moment, request, ...timeOf('since', created) } as const;
  if (isDone) return { ...gate, state: 'done', ...timeOf('approvedAt', given ?? accepted), ...wordsOf(given) };
  return { ...gate, state: created === undefined ? 'pending' : 'open', ...faultOf(object, { run, stage }) };
}

function timeOf<K extends string>(key: K, condition: Condition | undefined): Partial<Record<K, number>> {
  if (condition === undefined) return {};
  return { [key]: Date.parse(condition.lastTransitionTime) } as Partial<Record<K, number>>;
}

/** An approval through Flotilla says who and why after words that say nothing more; others are shown as they are. */
function wordsOf(given: Condition | undefined): { words?: string } {
  if (given === undefined) return {};
  const words = /^\w+ has been approved(.*)$/s.exec(given.message)?.[1] ?? `: ${given.message}`;
  return words.trim() === '' || words === ': ' ? {} : { words };
}

function faultOf(object: ClusterApprovalRequest | undefined, purpose: ApprovalPurpose): { fault?: string } {
  const fault = object && approvalFault(object, purpose);
  return fault === undefined ? {} : { fault: `the one given does not count: it ${fault}` };
}
