/** One scheduling cycle: from policy, members and bindings to what must be written. */
import type { SchedulingPolicySnapshotStatus } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import { rfc3339 } from '../time.ts';
import { unscheduled } from './bindings.ts';
import { isFulfilled, runCycle, type Cycle, type ScheduleInput } from './cycle.ts';
import { listDecisions, pickedDecisions, unselectedDecisions } from './decisions.ts';
import { placeBindings, type BindingOperation } from './placeBindings.ts';
import type { SchedulerPlugin } from './plugins.ts';
import { schedulingStatus } from './schedulingStatus.ts';

/** Result of a cycle. Bindings are written before the status, so that the status never promises what is not there. */
export interface Schedule {
  operations: BindingOperation[];
  /** Whole new status of the policy snapshot. */
  status: SchedulingPolicySnapshotStatus;
  /** Picked clusters whose old binding is still being deleted: the cycle after that creates the new one. */
  awaitingDeletion: string[];
}

/**
 * Runs one cycle; see {@link runCycle} for what stays and what moves.
 * @param plugins @default defaultPlugins
 */
export function schedule(input: ScheduleInput, plugins?: readonly SchedulerPlugin[]): Schedule {
  const cycle = runCycle(input, plugins);
  const picked = pickedDecisions(cycle);
  const placed = placeBindings(input, cycle, picked);
  const leaving = cycle.leaving.map((binding): BindingOperation => ({
    type: 'unschedule',
    binding: unscheduled(binding),
  }));
  const operations = [...placed.operations, ...leaving];
  const selected = [...cycle.kept.map(({ spec }) => spec.clusterDecision), ...picked];
  const before = input.policySnapshot.status?.targetClusters ?? [];
  const decisions = listDecisions(selected, unselectedDecisions(cycle), before, operations.length === 0);
  return {
    operations,
    status: schedulingStatus(input.policySnapshot, decisions, outcomeOf(cycle, selected.length), rfc3339(input.now)),
    awaitingDeletion: placed.awaitingDeletion,
  };
}

function outcomeOf(cycle: Cycle, selected: number): { isFulfilled: boolean; selected: number; fault?: string } {
  return { isFulfilled: isFulfilled(cycle), selected, ...(cycle.fault !== undefined && { fault: cycle.fault }) };
}
