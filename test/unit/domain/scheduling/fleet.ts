/** Members and placements for tests of the scheduler, and cycles played on them as the placement loop does. */
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { PlacementPolicy } from '../../../../api/types/clusterresourceplacement.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../../../api/types/clusterschedulingpolicysnapshot.ts';
import type { MemberCluster, Taint } from '../../../../api/types/membercluster.ts';
import { planPolicySnapshot } from '../../../../domain/scheduling/policySnapshots.ts';
import { schedule, type Schedule } from '../../../../domain/scheduling/schedule.ts';
import { member, now, nowMs, placement } from '../objects.ts';

/** What a test says about a member; everything else is as in a healthy one. */
export interface Facts {
  labels?: Record<string, string>;
  /** Keys of taints without a value, or whole taints. */
  taints?: (string | Taint)[];
  properties?: Record<string, string>;
  /** What is available, by resource. */
  available?: Record<string, string>;
  isOffline?: boolean;
}

export function cluster(name: string, facts: Facts = {}): MemberCluster {
  const { labels, taints, properties = {}, available, isOffline = false } = facts;
  const healthy = member(name);
  const values = Object.entries(properties).map(([key, value]) => [key, { value, observationTime: now }]);
  return {
    ...healthy,
    metadata: { ...healthy.metadata, ...(labels && { labels }) },
    spec: taints === undefined ? {} : { taints: taints.map(taint) },
    status: {
      ...(isOffline ? {} : healthy.status),
      properties: Object.fromEntries(values),
      ...(available && { resourceUsage: { capacity: available, allocatable: available, available } }),
    },
  };
}

function taint(given: string | Taint): Taint {
  return typeof given === 'string' ? { key: given, effect: 'NoSchedule' } : given;
}

/** A placement whose cycles are played one after the other; each finds what the one before has written. */
export class PlayedPlacement {
  policy: PlacementPolicy;
  #generation = 1;
  #snapshots: ClusterSchedulingPolicySnapshot[] = [];
  bindings: ClusterResourceBinding[] = [];

  constructor(policy: PlacementPolicy) {
    this.policy = policy;
  }

  /** The user edits the policy. */
  edit(policy: PlacementPolicy): void {
    this.policy = policy;
    this.#generation += 1;
  }

  get snapshot(): ClusterSchedulingPolicySnapshot {
    return this.#snapshots.at(-1)!;
  }

  get snapshots(): number {
    return this.#snapshots.length;
  }

  /** What the loop looks at in its next cycle. */
  input(clusters: readonly MemberCluster[], time = nowMs) {
    const base = placement();
    const of = {
      ...base,
      metadata: { ...base.metadata, generation: this.#generation },
      spec: { ...base.spec, policy: this.policy },
    };
    const plan = planPolicySnapshot(of, this.#snapshots, 10);
    if (plan.create !== undefined) this.#snapshots = [...this.#snapshots.map(unlabelled), plan.create];
    else this.#snapshots = [...this.#snapshots.slice(0, -1), plan.latest];
    return { placement: of, policySnapshot: this.snapshot, clusters, bindings: this.bindings, now: time };
  }

  /** Plays one cycle and writes down what it says. */
  cycle(clusters: readonly MemberCluster[], time = nowMs): Schedule {
    const result = schedule(this.input(clusters, time));
    const byName = new Map(this.bindings.map((binding) => [binding.metadata.name, binding]));
    for (const { binding } of result.operations) byName.set(binding.metadata.name, binding);
    this.bindings = [...byName.values()];
    this.#snapshots = [...this.#snapshots.slice(0, -1), { ...this.snapshot, status: result.status }];
    return result;
  }

  /** Clusters that have the placement, by name. */
  get selected(): string[] {
    return this.bindings
      .filter(({ spec }) => spec.state !== 'Unscheduled')
      .map(({ spec }) => spec.targetCluster)
      .sort();
  }

  /** A run binds these clusters. */
  bind(...names: string[]): void {
    this.bindings = this.bindings.map((binding) =>
      names.includes(binding.spec.targetCluster) ? { ...binding, spec: { ...binding.spec, state: 'Bound' } } : binding,
    );
  }
}

function unlabelled(snapshot: ClusterSchedulingPolicySnapshot): ClusterSchedulingPolicySnapshot {
  const labels = { ...snapshot.metadata.labels, 'kubernetes-fleet.io/is-latest-snapshot': 'false' };
  return { ...snapshot, metadata: { ...snapshot.metadata, labels } };
}

/** Reasons of a cycle's decisions, by cluster. */
export function reasonsOf({ status }: Schedule): Record<string, string> {
  return Object.fromEntries((status.targetClusters ?? []).map(({ clusterName, reason }) => [clusterName, reason]));
}

/** `Scheduled` condition of a cycle: status, reason, message. */
export function outcomeOf({ status }: Schedule): string[] {
  return (status.conditions ?? []).map((one) => `${one.status} ${one.reason}: ${one.message}`);
}

/** What a cycle writes to bindings. */
export function movesOf({ operations }: Schedule): string[] {
  return operations.map(({ type, binding }) => `${type} ${binding.spec.targetCluster}`).sort();
}
