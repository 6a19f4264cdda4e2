/** One scheduling cycle: from policy, members and bindings to what must be written. */
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type {
  ClusterDecision,
  ClusterSchedulingPolicySnapshot,
  SchedulingPolicySnapshotStatus,
} from '../../api/types/clusterschedulingpolicysnapshot.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { rfc3339 } from '../time.ts';
import { buildBinding, repointed, restored, unscheduled } from './bindings.ts';
import { rejectedDecision, schedulingStatus, selectedDecision } from './decisions.ts';
import { clusterEligibility } from './eligibility.ts';
import { pickAll } from './pickAll.ts';
import type { SchedulerPlugin, SchedulingContext } from './plugins.ts';
import { taintToleration } from './taintToleration.ts';

/** What a cycle looks at. */
export interface ScheduleInput {
  placement: ClusterResourcePlacement;
  /** The latest policy snapshot of the placement. */
  policySnapshot: ClusterSchedulingPolicySnapshot;
  clusters: readonly MemberCluster[];
  /** All bindings of the placement, deleting ones too. */
  bindings: readonly ClusterResourceBinding[];
  /** Epoch milliseconds. */
  now: number;
}

/** One write. `binding` is the whole object to create or, with its resourceVersion, to replace. */
export interface BindingOperation {
  type: 'create' | 'repoint' | 'restore' | 'unschedule';
  binding: ClusterResourceBinding;
}

/** Result of a cycle. Bindings are written before the status, so that the status never promises what is not there. */
export interface Schedule {
  operations: BindingOperation[];
  /** Whole new status of the policy snapshot. */
  status: SchedulingPolicySnapshotStatus;
  /** Picked clusters whose old binding is still being deleted: the cycle after that creates the new one. */
  awaitingDeletion: string[];
}

/** Rules of every policy, in the order in which they are asked. */
export const defaultPlugins: readonly SchedulerPlugin[] = [clusterEligibility, taintToleration];

/**
 * Runs one cycle. Clusters that the current policy has already picked stay picked whatever becomes of them, so that
 * nothing moves without a reason; a changed policy asks every rule anew.
 */
export function schedule(input: ScheduleInput, plugins: readonly SchedulerPlugin[] = defaultPlugins): Schedule {
  const found = classify(input);
  const { placement, policySnapshot, clusters, now } = input;
  const context: SchedulingContext = { placement, policy: policySnapshot.spec.policy ?? {}, clusters, now };
  const candidates = clusters.filter(({ metadata }) => !found.current.has(metadata.name));
  const { picked, rejected } = pickAll(candidates, plugins, context);
  const decisions = picked.map(({ cluster, scores }) => selectedDecision(cluster.metadata.name, scores));
  const placed = place(input, found, decisions);
  const names = new Set(decisions.map(({ clusterName }) => clusterName));
  const leaving = [...found.dangling, ...found.obsolete.filter(({ spec }) => !names.has(spec.targetCluster))];
  const allDecisions = [
    ...[...found.current.values()].map(({ spec }) => spec.clusterDecision),
    ...decisions,
    ...rejected.map(({ cluster, reason }) => rejectedDecision(cluster.metadata.name, reason)),
  ];
  return {
    operations: [
      ...placed.operations,
      ...leaving.map((binding): BindingOperation => ({ type: 'unschedule', binding: unscheduled(binding) })),
    ],
    status: schedulingStatus(policySnapshot, allDecisions, rfc3339(now)),
    awaitingDeletion: placed.awaitingDeletion,
  };
}

/** Bindings by what the cycle may do with them. */
interface ClassifiedBindings {
  deleting: ClusterResourceBinding[];
  unscheduled: ClusterResourceBinding[];
  /** Their cluster is gone or leaving. */
  dangling: ClusterResourceBinding[];
  /** Made under an older policy. */
  obsolete: ClusterResourceBinding[];
  /** By cluster. */
  current: Map<string, ClusterResourceBinding>;
}

/** The first class that fits wins. */
function classify({ policySnapshot, clusters, bindings }: ScheduleInput): ClassifiedBindings {
  const staying = new Set(
    clusters.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(({ metadata }) => metadata.name),
  );
  const found: ClassifiedBindings = { deleting: [], unscheduled: [], dangling: [], obsolete: [], current: new Map() };
  for (const binding of bindings) {
    const { state, targetCluster, schedulingPolicySnapshotName } = binding.spec;
    if (binding.metadata.deletionTimestamp !== undefined) found.deleting.push(binding);
    else if (state === 'Unscheduled') found.unscheduled.push(binding);
    else if (!staying.has(targetCluster)) found.dangling.push(binding);
    else if (schedulingPolicySnapshotName !== policySnapshot.metadata.name) found.obsolete.push(binding);
    else found.current.set(targetCluster, binding);
  }
  return found;
}

/** Gives each picked cluster its binding: the one it has, the one it had, or a new one. */
function place(
  { placement, policySnapshot }: ScheduleInput,
  found: ClassifiedBindings,
  decisions: readonly ClusterDecision[],
): Pick<Schedule, 'operations' | 'awaitingDeletion'> {
  const operations: BindingOperation[] = [];
  const awaitingDeletion: string[] = [];
  const policyName = policySnapshot.metadata.name;
  const owner = { name: placement.metadata.name, uid: placement.metadata.uid ?? '' };
  for (const decision of decisions) {
    const of = ({ spec }: ClusterResourceBinding): boolean => spec.targetCluster === decision.clusterName;
    const obsolete = found.obsolete.find(of);
    const earlier = found.unscheduled.find(of);
    if (obsolete !== undefined) {
      operations.push({ type: 'repoint', binding: repointed(obsolete, policyName, decision) });
    } else if (earlier !== undefined) {
      operations.push({ type: 'restore', binding: restored(earlier, policyName, decision) });
    } else if (found.deleting.some(of)) {
      awaitingDeletion.push(decision.clusterName);
    } else {
      operations.push({ type: 'create', binding: buildBinding(owner, decision.clusterName, policyName, decision) });
    }
  }
  return { operations, awaitingDeletion };
}
