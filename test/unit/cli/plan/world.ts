/** A placement on three members and a run of it that is not there yet, as the hub shows them; cases change parts. */
import { annotations, labels } from '../../../../api/labels.ts';
import type { KubernetesObject } from '../../../../api/meta.ts';
import type { ClusterResourceBinding } from '../../../../api/types/clusterresourcebinding.ts';
import type { ClusterResourceSnapshot } from '../../../../api/types/clusterresourcesnapshot.ts';
import type { ClusterStagedUpdateRun } from '../../../../api/types/clusterstagedupdaterun.ts';
import type { StageConfig } from '../../../../api/types/clusterstagedupdatestrategy.ts';
import type { MemberCluster } from '../../../../api/types/membercluster.ts';
import type { PlanFacts } from '../../../../cli/plan/facts.ts';
import { configMap, member, nowMs, placement, scheduled } from '../../domain/objects.ts';

const api = 'placement.kubernetes-fleet.io/v1beta1';
const name = 'example-placement';

export const staging: StageConfig = {
  name: 'staging',
  labelSelector: { matchLabels: { environment: 'staging' } },
  afterStageTasks: [{ type: 'TimedWait', waitTime: '1m' }],
};
export const canary: StageConfig = {
  name: 'canary',
  labelSelector: { matchLabels: { environment: 'canary' } },
  afterStageTasks: [{ type: 'Approval' }],
};

export function snapshot(index: number, objects: KubernetesObject[], latest = false): ClusterResourceSnapshot {
  return {
    apiVersion: api,
    kind: 'ClusterResourceSnapshot',
    metadata: {
      name: `${name}-${String(index)}-snapshot`,
      labels: {
        [labels.parentPlacement]: name,
        [labels.resourceIndex]: String(index),
        [labels.isLatestSnapshot]: String(latest),
      },
      annotations: { [annotations.numberOfResourceSnapshots]: '1', [annotations.resourceHash]: 'hash' },
    },
    spec: { selectedResources: objects as unknown as Record<string, unknown>[] },
  };
}

export const contents = [0, 1].map((index) => [configMap('web', 'settings', { value: String(index) })]);

export function newRun(spec: Partial<ClusterStagedUpdateRun['spec']> = {}, runName = 'web-1'): ClusterStagedUpdateRun {
  return {
    apiVersion: api,
    kind: 'ClusterStagedUpdateRun',
    metadata: { name: runName },
    spec: { placementName: name, stagedRolloutStrategyName: 'careful', resourceSnapshotIndex: '1', ...spec },
  };
}

export function memberIn(cluster: string, environment: string): MemberCluster {
  const joined = member(cluster);
  return { ...joined, metadata: { ...joined.metadata, labels: { environment } } };
}

/** The clusters have snapshot 0. */
export function boundTo(bindings: readonly ClusterResourceBinding[], index: number): ClusterResourceBinding[] {
  const resourceSnapshotName = `${name}-${String(index)}-snapshot`;
  return bindings.map((one) => ({ ...one, spec: { ...one.spec, state: 'Bound', resourceSnapshotName } }));
}

export function facts(more: Partial<PlanFacts> = {}, stages: StageConfig[] = [staging, canary]): PlanFacts {
  const { policySnapshot, bindings } = scheduled(placement(), ['member1', 'member2', 'member3']);
  return {
    run: newRun(),
    placement: placement(),
    strategy: { apiVersion: api, kind: 'ClusterStagedUpdateStrategy', metadata: { name: 'careful' }, spec: { stages } },
    policySnapshots: [policySnapshot],
    resourceSnapshots: [snapshot(0, contents[0] ?? []), snapshot(1, contents[1] ?? [], true)],
    bindings: boundTo(bindings, 0),
    memberClusters: [memberIn('member1', 'canary'), memberIn('member2', 'staging'), memberIn('member3', 'canary')],
    runs: [],
    now: nowMs,
    worker: { state: 'running' },
    answer: { taken: true },
    missing: {},
    ...more,
  };
}
