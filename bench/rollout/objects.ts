/** What is rolled out: for each placement a namespace with one ConfigMap, whose only value changes from run to run. */
import { clusterKinds, placementGroup, storageVersion } from '../../api/kinds.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import type { ClusterResourcePlacement, RollingUpdateSettings } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { ClusterStagedUpdateStrategy, StageConfig } from '../../api/types/clusterstagedupdatestrategy.ts';
import type { ConfigMap } from '../tutorial/objects.ts';
import { stageLabel, type Pace, type StageSize } from './scenarios.ts';

const apiVersion = `${placementGroup}/${storageVersion}`;

export const configMapName = 'bench-cm';

/** Name of a placement, and of the namespace that it places. `number` counts from 1. */
export function placementName(number: number): string {
  return `bench-${String(number)}`;
}

export function namespace(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function configMap(inNamespace: string, value: string): ConfigMap {
  const metadata = { name: configMapName, namespace: inNamespace };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } };
}

/** @param rollingUpdate present where it rolls out by itself */
export function placement(name: string, rollingUpdate?: RollingUpdateSettings): ClusterResourcePlacement {
  return {
    apiVersion,
    kind: clusterKinds.placement.kind,
    metadata: { name },
    spec: {
      resourceSelectors: [{ group: '', kind: 'Namespace', name, version: 'v1' }],
      policy: { placementType: 'PickAll' },
      strategy: rollingUpdate === undefined ? { type: 'External' } : { type: 'RollingUpdate', rollingUpdate },
    },
  };
}

export function strategy(name: string, stages: readonly StageSize[], pace: Pace): ClusterStagedUpdateStrategy {
  return {
    apiVersion,
    kind: clusterKinds.strategy.kind,
    metadata: { name },
    spec: { stages: stages.map((stage) => stageConfig(stage, pace)) },
  };
}

function stageConfig({ name }: StageSize, { percent }: Pace): StageConfig {
  return {
    name,
    labelSelector: { matchLabels: { [stageLabel]: name } },
    ...(percent !== undefined && { maxConcurrency: `${String(percent)}%` }),
  };
}

export function run(name: string, ofPlacement: string, index: number, byStrategy: string): ClusterStagedUpdateRun {
  const spec = {
    placementName: ofPlacement,
    resourceSnapshotIndex: String(index),
    stagedRolloutStrategyName: byStrategy,
  };
  return { apiVersion, kind: clusterKinds.run.kind, metadata: { name }, spec };
}
