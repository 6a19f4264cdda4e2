/** Small worlds for end-to-end tests: objects with names of their own, made and removed with kubectl. */
import type { KubernetesObject, LabelSelector } from '../../api/meta.ts';
import type { ClusterStagedUpdateRun, StageConfig } from '../../api/types/clusterstagedupdaterun.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { Fleet } from '../../local/fleetHandle.ts';
import { apply, getObject, kubectlLine, waitFor } from './kubectl.ts';

const placementApi = 'placement.kubernetes-fleet.io/v1beta1';

/** Any object that a scenario needs. */
export type ScenarioObject = KubernetesObject & Record<string, unknown>;

export function namespace(name: string): ScenarioObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function configMap(inNamespace: string, name: string, data: Record<string, string>): ScenarioObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: inNamespace }, data };
}

/** Definition of the namespaced kind `Odd` in a group, served as `v1`; no member knows it unless it is brought there. */
export function oddKind(group: string): ScenarioObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `odds.${group}` },
    spec: {
      group,
      names: { kind: 'Odd', plural: 'odds', singular: 'odd' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  };
}

/** A placement of a namespace on every cluster. */
export function placement(name: string, ofNamespace: string, strategyType = 'External'): ScenarioObject {
  return {
    apiVersion: placementApi,
    kind: 'ClusterResourcePlacement',
    metadata: { name },
    spec: {
      resourceSelectors: [{ group: '', version: 'v1', kind: 'Namespace', name: ofNamespace }],
      policy: { placementType: 'PickAll' },
      strategy: { type: strategyType },
    },
  };
}

export function strategy(name: string, stages: StageConfig[]): ScenarioObject {
  return { apiVersion: placementApi, kind: 'ClusterStagedUpdateStrategy', metadata: { name }, spec: { stages } };
}

/** A stage of the clusters with these labels; without any, of all clusters. */
export function stage(
  name: string,
  matchLabels?: Record<string, string>,
  more: Partial<StageConfig> = {},
): StageConfig {
  const labelSelector: LabelSelector = matchLabels === undefined ? {} : { matchLabels };
  return { name, labelSelector, ...more };
}

export function updateRun(name: string, ofPlacement: string, index: string, byStrategy: string): ScenarioObject {
  return {
    apiVersion: placementApi,
    kind: 'ClusterStagedUpdateRun',
    metadata: { name },
    spec: runSpec(ofPlacement, index, byStrategy),
  };
}

export function runSpec(ofPlacement: string, index: string, byStrategy: string): ClusterStagedUpdateRun['spec'] {
  return { placementName: ofPlacement, resourceSnapshotIndex: index, stagedRolloutStrategyName: byStrategy };
}

/** Makes a namespace with one ConfigMap and its placement; returns once it is scheduled and snapshot 0 is there. */
export async function placedNamespace(fleet: Fleet, name: string, data: Record<string, string>): Promise<void> {
  await apply(fleet, [namespace(name), configMap(name, 'settings', data)]);
  await apply(fleet, [placement(name, name)]);
  await waitFor(fleet, 'condition=ClusterResourcePlacementScheduled', `crp/${name}`);
  await waitFor(fleet, 'create', `clusterresourcesnapshots/${name}-0-snapshot`);
}

export function getRun(fleet: Fleet, name: string): Promise<ClusterStagedUpdateRun> {
  return getObject(fleet, `csur ${name}`);
}

/** The placement's bindings, by cluster. */
export async function bindingsOf(fleet: Fleet, name: string): Promise<ClusterResourceBinding[]> {
  const line = `clusterresourcebindings -l kubernetes-fleet.io/parent-CRP=${name}`;
  const { items } = await getObject<{ items: ClusterResourceBinding[] }>(fleet, line);
  return items.sort((one, other) => (one.spec.targetCluster < other.spec.targetCluster ? -1 : 1));
}

/** Value of a key of the scenario's ConfigMap on a member; `''` where it is not there. */
export async function valueOn(fleet: Fleet, member: string, inNamespace: string, key: string): Promise<string> {
  const line = `get cm settings -n ${inNamespace} --ignore-not-found --context ${member} -o jsonpath={.data.${key}}`;
  return (await kubectlLine(fleet, line)).stdout;
}

/** Removes what `typed` names, e.g. `csur/one crp/two`, in that order. What is not there is fine. */
export async function remove(fleet: Fleet, typed: string): Promise<void> {
  for (const object of typed.split(' ')) await kubectlLine(fleet, `delete ${object} --ignore-not-found`);
}
