/** A run in the middle of many clusters, as it stands on the hub, with the bindings of its placement. */
import { conditionAt, bindingConditions, rolloutStartedMessage, type ConditionContent } from '../../api/conditions.ts';
import { clusterKinds, placementGroup, storageVersion } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import type { Condition } from '../../api/meta.ts';
import { clusterConditions, runConditions, stageConditions } from '../../api/runConditions.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterStagedUpdateRun, ClusterUpdatingStatus } from '../../api/types/clusterstagedupdaterun.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { KubernetesClient } from '../../kube/client.ts';

export const runName = 'bench-run';
const placementName = 'bench';
const apiVersion = `${placementGroup}/${storageVersion}`;
/** So many requests are in flight. */
const atOnce = 50;
/** So many clusters are being updated. */
const working = 25;

/** Half of the clusters are done. */
export async function populateHub(hub: KubernetesClient, clusters: number): Promise<void> {
  const names = Array.from({ length: clusters }, (_, index) => `cluster-${String(index + 1).padStart(4, '0')}`);
  const made = await hub.create(clusterKinds.run, run());
  await hub.replaceStatus(clusterKinds.run, { ...made, status: runStatus(names) });
  for (let from = 0; from < names.length; from += atOnce) {
    await Promise.all(names.slice(from, from + atOnce).map((name) => bind(hub, name)));
  }
}

function run(): ClusterStagedUpdateRun {
  return {
    apiVersion,
    kind: clusterKinds.run.kind,
    metadata: { name: runName },
    spec: { placementName, resourceSnapshotIndex: '1', stagedRolloutStrategyName: 'bench' },
  };
}

function now(content: ConditionContent): Condition {
  return conditionAt(content, 1, rfc3339(Date.now()));
}

function runStatus(names: readonly string[]): ClusterStagedUpdateRun['status'] {
  const half = Math.floor(names.length / 2);
  const clusters = names.map((clusterName, index): ClusterUpdatingStatus => {
    if (index >= half + working) return { clusterName };
    const conditions = [now(clusterConditions.started())];
    if (index < half) conditions.push(now(clusterConditions.succeeded()));
    return { clusterName, conditions };
  });
  return {
    conditions: [now(runConditions.initialized({})), now(runConditions.progressing())],
    stagedUpdateStrategySnapshot: { stages: [{ name: 'all', labelSelector: {}, maxConcurrency: working }] },
    stagesStatus: [
      {
        stageName: 'all',
        clusters,
        startTime: rfc3339(Date.now()),
        conditions: [now(stageConditions.started())],
      },
    ],
  };
}

async function bind(hub: KubernetesClient, cluster: string): Promise<void> {
  const binding: ClusterResourceBinding = {
    apiVersion,
    kind: clusterKinds.binding.kind,
    metadata: { name: `bench-${cluster}`, labels: { [labels.parentPlacement]: placementName } },
    spec: {
      state: 'Bound',
      targetCluster: cluster,
      schedulingPolicySnapshotName: `${placementName}-0`,
      resourceSnapshotName: `${placementName}-1-snapshot`,
      clusterDecision: { clusterName: cluster, selected: true, reason: 'picked by the benchmark' },
    },
  };
  const made = await hub.create(clusterKinds.binding, binding);
  const conditions = [
    bindingConditions.rolloutStarted(rolloutStartedMessage('1', { name: runName })),
    bindingConditions.notOverridden(),
    bindingConditions.workSynchronized(),
    bindingConditions.applied(),
    bindingConditions.available(),
  ].map(now);
  await hub.replaceStatus(clusterKinds.binding, { ...made, status: { conditions } });
}
