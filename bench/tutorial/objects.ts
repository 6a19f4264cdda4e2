/** The tutorial's objects, with a third stage so that something follows the approval. */
import { clusterKinds, placementGroup, storageVersion } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { ClusterStagedUpdateStrategy } from '../../api/types/clusterstagedupdatestrategy.ts';

const apiVersion = `${placementGroup}/${storageVersion}`;

export const namespaceName = 'bench-namespace';
export const configMapName = 'bench-cm';
export const placementName = 'bench-placement';
export const strategyName = 'bench-strategy';

/** Milliseconds of the strategy's timed wait. */
export const timedWaitMs = 2_000;

export interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
}

export const configMaps: ResourceDefinition<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

export const namespace: KubernetesObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespaceName } };

export function configMap(value: string): ConfigMap {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: configMapName, namespace: namespaceName },
    data: { key: value },
  };
}

export const placement: ClusterResourcePlacement = {
  apiVersion,
  kind: clusterKinds.placement.kind,
  metadata: { name: placementName },
  spec: {
    resourceSelectors: [{ group: '', kind: 'Namespace', name: namespaceName, version: 'v1' }],
    policy: { placementType: 'PickAll' },
    strategy: { type: 'External' },
  },
};

export const strategy: ClusterStagedUpdateStrategy = {
  apiVersion,
  kind: clusterKinds.strategy.kind,
  metadata: { name: strategyName },
  spec: {
    stages: [
      {
        name: 'staging',
        labelSelector: { matchLabels: { environment: 'staging' } },
        afterStageTasks: [{ type: 'TimedWait', waitTime: `${String(timedWaitMs / 1_000)}s` }],
      },
      {
        name: 'canary',
        labelSelector: { matchLabels: { environment: 'canary', order: '1' } },
        sortingLabelKey: 'order',
        afterStageTasks: [{ type: 'Approval' }],
      },
      { name: 'production', labelSelector: { matchLabels: { environment: 'canary', order: '2' } } },
    ],
  },
};

export function run(name: string, resourceSnapshotIndex: string): ClusterStagedUpdateRun {
  const spec = { placementName, resourceSnapshotIndex, stagedRolloutStrategyName: strategyName };
  return { apiVersion, kind: clusterKinds.run.kind, metadata: { name }, spec };
}
