/** A hub with the bindings of one placement, as scheduler, activities and users change them. */
import { bindingConditions, conditionAt, setCondition } from '../../../../../api/conditions.ts';
import type { ConditionContent } from '../../../../../api/conditions.ts';
import type { ClusterResourceBinding } from '../../../../../api/types/clusterresourcebinding.ts';
import type { RolloutFacts, RolloutTarget } from '../../../../../domain/rollouts/facts.ts';
import { targetKey } from '../../../../../domain/rollouts/facts.ts';
import type { RolloutPause } from '../../../../../domain/rollouts/limits.ts';
import { annotations } from '../../../../../api/labels.ts';
import type { RollingUpdateSettings } from '../../../../../api/types/clusterresourceplacement.ts';
import { readFacts, type RolloutInput } from '../../../../../domain/rollouts/readFacts.ts';
import { availabilityReport, type AvailabilityReport } from '../../../../../domain/rollouts/reports.ts';
import { placement } from '../../objects.ts';

export class ModelledHub {
  readonly bindings = new Map<string, ClusterResourceBinding>();
  /** Key of what was last applied to each cluster that has copies. */
  readonly contents = new Map<string, string>();
  /** Clusters whose copies are available in truth. */
  readonly working = new Set<string>();
  /** When the pause after the last update of a cluster began, epoch milliseconds. */
  readonly paused = new Map<string, number>();
  /** Clusters of which nobody can tell whether their copies are available. */
  readonly unobserved = new Set<string>();
  settings: RollingUpdateSettings = {};
  isExternal = false;
  isDeleted = false;
  snapshot = 0;
  force = false;
  pause: RolloutPause = 'unobserved';

  facts(now: number): RolloutFacts {
    const facts = readFacts({ ...this.input(), now });
    return JSON.parse(JSON.stringify(facts)) as RolloutFacts;
  }

  input(): Omit<RolloutInput, 'now'> {
    const { isExternal, isDeleted, settings: rollingUpdate, snapshot, pause } = this;
    const { metadata, spec } = placement();
    const strategy = {
      type: isExternal ? ('External' as const) : ('RollingUpdate' as const),
      applyStrategy: this.#applyStrategy(),
      rollingUpdate,
    };
    return {
      placement: {
        metadata: { ...metadata, ...(isDeleted && { deletionTimestamp: '2026-01-01T00:00:00Z' }) },
        spec: { ...spec, strategy },
      },
      bindings: [...this.bindings.values()],
      snapshot: { name: `example-placement-${String(snapshot)}-snapshot`, index: String(snapshot) },
      pause,
    };
  }

  /** Key of what every cluster is to have. */
  get target(): string {
    return targetKey({ snapshot: this.input().snapshot?.name ?? '', index: '', applyStrategy: this.#applyStrategy() });
  }

  select(cluster: string): void {
    const binding = this.bindings.get(cluster);
    if (binding === undefined) this.bindings.set(cluster, newBinding(cluster));
    else if (isDeleting(binding)) return;
    else {
      const state = binding.spec.resourceSnapshotName === undefined ? 'Scheduled' : 'Bound';
      this.#respecify(cluster, { state, schedulingPolicySnapshotName: `policy-${String(this.snapshot)}` });
    }
  }

  deselect(cluster: string): void {
    if (!isDeleting(this.bindings.get(cluster))) this.#respecify(cluster, { state: 'Unscheduled' });
  }

  evict(cluster: string): void {
    const binding = this.bindings.get(cluster);
    if (binding === undefined) return;
    const metadata = { ...binding.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
    this.bindings.set(cluster, { ...binding, metadata });
  }

  /** The first write of an update. @returns false when there is nothing to update */
  claim(cluster: string, target: RolloutTarget): boolean {
    const binding = this.bindings.get(cluster);
    if (binding === undefined || isDeleting(binding) || binding.spec.state === 'Unscheduled') return false;
    const { snapshot: resourceSnapshotName, applyStrategy } = target;
    if (keyOf(binding) === targetKey(target) && binding.spec.state === 'Bound') return true;
    const isChange = keyOf(binding) !== targetKey(target);
    this.#respecify(cluster, { state: 'Bound', resourceSnapshotName, applyStrategy });
    if (isChange) {
      this.#markChange(cluster);
      // From the claim on the cluster may be changed at any moment.
      this.working.delete(cluster);
      this.paused.delete(cluster);
    }
    return true;
  }

  /** What comes next: the binding tells of it before the cluster is touched. */
  beginUpdate(cluster: string, target: RolloutTarget): void {
    const generation = this.bindings.get(cluster)?.metadata.generation ?? 1;
    this.#report(cluster, [bindingConditions.rolloutStarted('')], generation, 0);
    this.contents.set(cluster, targetKey(target));
  }

  /** @returns what the activity says in the end */
  endUpdate(cluster: string, isObserved: boolean, now: number): AvailabilityReport | undefined {
    const available = isObserved ? bindingConditions.available() : bindingConditions.availabilityNotTrackable('work');
    const generation = this.bindings.get(cluster)?.metadata.generation ?? 1;
    this.#report(cluster, [bindingConditions.applied(), available], generation, now);
    const binding = this.bindings.get(cluster);
    const report = binding && availabilityReport(binding);
    const pauses = !isObserved || (this.pause === 'always' && report?.first !== true);
    if (isObserved) this.unobserved.delete(cluster);
    else this.unobserved.add(cluster);
    // What was there already has had its pause.
    if (!this.working.has(cluster) && pauses) this.paused.set(cluster, now);
    this.working.add(cluster);
    return report;
  }

  /** The objects are refused by the cluster, or not available for a while. */
  reportTrouble(cluster: string, isRefused: boolean, now: number): void {
    const generation = this.bindings.get(cluster)?.metadata.generation ?? 1;
    const conditions = isRefused
      ? [bindingConditions.notApplied('work')]
      : [bindingConditions.applied(), bindingConditions.notAvailable('work')];
    this.#report(cluster, conditions, generation, now);
  }

  /** @returns false when the cluster is selected again */
  beginRemoval(cluster: string): boolean {
    const binding = this.bindings.get(cluster);
    if (binding === undefined) return true;
    if (!this.isDeleted && !isDeleting(binding) && binding.spec.state !== 'Unscheduled') return false;
    this.evict(cluster);
    this.working.delete(cluster);
    return true;
  }

  endRemoval(cluster: string): void {
    this.bindings.delete(cluster);
    this.contents.delete(cluster);
    this.working.delete(cluster);
  }

  #applyStrategy(): RolloutTarget['applyStrategy'] {
    return this.force ? { type: 'ServerSideApply', serverSideApplyConfig: { force: true } } : undefined;
  }

  #markChange(cluster: string): void {
    const binding = this.bindings.get(cluster);
    if (binding === undefined) return;
    const marks = { [annotations.contentGeneration]: String(binding.metadata.generation) };
    this.bindings.set(cluster, { ...binding, metadata: { ...binding.metadata, annotations: marks } });
  }

  #respecify(cluster: string, spec: Partial<ClusterResourceBinding['spec']>): void {
    const binding = this.bindings.get(cluster);
    if (binding === undefined) return;
    const metadata = { ...binding.metadata, generation: (binding.metadata.generation ?? 1) + 1 };
    this.bindings.set(cluster, { ...binding, metadata, spec: { ...binding.spec, ...spec } });
  }

  #report(cluster: string, contents: ConditionContent[], generation: number, now: number): void {
    const binding = this.bindings.get(cluster);
    if (binding === undefined) return;
    const time = new Date(Math.floor(now / 1_000) * 1_000).toISOString();
    const changedAt = Number(binding.metadata.annotations?.[annotations.contentGeneration]);
    // What was reported about other contents is void, and so is its time.
    let conditions = (binding.status?.conditions ?? []).filter(
      ({ observedGeneration = 0 }) => observedGeneration >= changedAt,
    );
    for (const content of contents) conditions = setCondition(conditions, conditionAt(content, generation, time));
    this.bindings.set(cluster, { ...binding, status: { conditions } });
  }
}

function newBinding(cluster: string): ClusterResourceBinding {
  return {
    apiVersion: 'placement.kubernetes-fleet.io/v1beta1',
    kind: 'ClusterResourceBinding',
    metadata: { name: `binding-of-${cluster}`, generation: 1 },
    spec: {
      state: 'Scheduled',
      targetCluster: cluster,
      schedulingPolicySnapshotName: 'policy',
      clusterDecision: { clusterName: cluster, selected: true, reason: '' },
    },
  };
}

function isDeleting(binding: ClusterResourceBinding | undefined): boolean {
  return binding?.metadata.deletionTimestamp !== undefined;
}

function keyOf({ spec }: ClusterResourceBinding): string {
  return targetKey({ snapshot: spec.resourceSnapshotName ?? '', index: '', applyStrategy: spec.applyStrategy });
}
