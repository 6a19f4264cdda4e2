/** A hub for tests of the placement loop: an API server with the kinds, and members that exist as objects only. */
import { KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import { apiVersionOf, type KubernetesObject, type ResourceDefinition } from '../../api/meta.ts';
import type { ClusterResourcePlacement, PlacementSpec } from '../../api/types/clusterresourceplacement.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { startHubCaches, type HubCaches } from '../../controllers/caches.ts';
import {
  PlacementController,
  type PlacementRollouts,
  type PlacementSettings,
} from '../../controllers/placements/index.ts';
import { rfc3339 } from '../../domain/time.ts';
import { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import { hubDefinitions, installDefinitions } from '../../local/definitions.ts';
import { startApiServer, type ApiServer } from '../support/apiServer.ts';

export const deadlineMs = 20_000;

export const core = {
  configMap: { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true },
  serviceAccount: { group: '', version: 'v1', kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true },
} satisfies Record<string, ResourceDefinition>;

export interface TestHub {
  server: ApiServer;
  client: KubernetesClient;
  stop(): Promise<void>;
}

export async function startHub(): Promise<TestHub> {
  const server = await startApiServer();
  const client = clientOf(server, 'hub');
  await installDefinitions(client, hubDefinitions);
  return {
    server,
    client,
    stop: async () => {
      await client.close();
      await server.stop();
    },
  };
}

export function clientOf(server: ApiServer, name: string): KubernetesClient {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(server.kubeconfig);
  return KubernetesClient.fromKubeconfig({ name, kubeconfig });
}

export interface RunningLoop {
  controller: PlacementController;
  caches: HubCaches;
  stop(): Promise<void>;
}

/** For placements that are not rolled out. */
export const noRollouts: PlacementRollouts = {
  begin: () => Promise.reject(new Error('Nothing is to be rolled out or removed.')),
  wake: () => Promise.reject(new Error('Nothing is rolled out, so there is nobody to wake.')),
};

/** Starts the loop with short delays, so that tests are quick. */
export async function startLoop(
  hub: KubernetesClient,
  settings: Partial<PlacementSettings> = {},
  rollouts: PlacementRollouts = noRollouts,
): Promise<RunningLoop> {
  const caches = startHubCaches(hub);
  const controller = new PlacementController({
    hub,
    caches,
    settings: {
      snapshotQuietMs: 100,
      snapshotMaxDelayMs: 5_000,
      snapshotMinIntervalMs: 100,
      statusProfile: 'documented',
      ...settings,
    },
    rollouts,
    log: pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
  });
  await controller.start();
  return {
    controller,
    caches,
    stop: async () => {
      await controller.stop();
      caches.stop();
    },
  };
}

/** A member as the member loop describes a healthy one. */
export async function addMember(hub: KubernetesClient, name: string): Promise<MemberCluster> {
  const created = await hub.create(kinds.memberCluster, {
    ...head(kinds.memberCluster),
    metadata: { name },
    spec: {},
  });
  return setMemberHealth(hub, created, 'True');
}

export async function setMemberHealth(
  hub: KubernetesClient,
  member: MemberCluster,
  healthy: 'True' | 'False',
): Promise<MemberCluster> {
  const time = rfc3339(Date.now());
  const condition = { reason: 'Tested', message: '', lastTransitionTime: time, observedGeneration: 1 };
  const conditions = [
    { ...condition, type: 'Joined', status: 'True' as const },
    { ...condition, type: 'Healthy', status: healthy },
  ];
  const agentStatus = [{ type: 'MemberAgent' as const, conditions, lastReceivedHeartbeat: time }];
  return hub.replaceStatus(kinds.memberCluster, { ...member, status: { agentStatus } });
}

/** `apiVersion` and `kind` of an object. */
export function head(definition: ResourceDefinition): { apiVersion: string; kind: string } {
  return { apiVersion: apiVersionOf(definition), kind: definition.kind };
}

export async function createNamespace(hub: KubernetesClient, name: string): Promise<void> {
  await hub.create(kinds.namespace, { ...head(kinds.namespace), metadata: { name } });
}

export async function createConfigMap(
  hub: KubernetesClient,
  namespace: string,
  name: string,
  data: Record<string, string>,
): Promise<void> {
  const object: KubernetesObject & { data: Record<string, string> } = {
    ...head(core.configMap),
    metadata: { name, namespace },
    data,
  };
  await hub.create(core.configMap, object);
}

/** Sets key `key` of a ConfigMap. */
export async function editConfigMap(
  hub: KubernetesClient,
  namespace: string,
  name: string,
  value: string,
): Promise<void> {
  await hub.patch(core.configMap, name, { type: 'merge', body: { data: { key: value } } }, { namespace });
}

/** An External placement of everything in one namespace, on all members. */
export function placementOf(
  name: string,
  namespace: string,
  spec: Partial<PlacementSpec> = {},
): ClusterResourcePlacement {
  return {
    ...head(clusterKinds.placement),
    metadata: { name },
    spec: {
      resourceSelectors: [{ group: '', kind: 'Namespace', name: namespace, version: 'v1' }],
      policy: { placementType: 'PickAll' },
      strategy: { type: 'External' },
      ...spec,
    },
  };
}

/** Waits for an object of a kind to be as expected. */
export async function waitFor<T extends KubernetesObject>(
  hub: KubernetesClient,
  definition: ResourceDefinition<T>,
  predicate: (object: T) => boolean,
): Promise<T> {
  const informer = new Informer(hub, definition);
  informer.start();
  try {
    return await informer.waitFor(predicate, deadlineMs);
  } finally {
    informer.stop();
  }
}

/** Waits until no object of that name is left. */
export async function waitUntilGone(
  hub: KubernetesClient,
  definition: ResourceDefinition,
  name: string,
): Promise<void> {
  const informer = new Informer(hub, definition);
  informer.start();
  try {
    await informer.synced;
    await informer.waitUntilGone(name, undefined, deadlineMs);
  } finally {
    informer.stop();
  }
}

/** Waits until the placement says `Scheduled` with this status and, if given, reason. */
export function waitForScheduled(
  hub: KubernetesClient,
  name: string,
  status: string,
  reason?: string,
): Promise<ClusterResourcePlacement> {
  return waitFor(hub, clusterKinds.placement, (placement) => {
    const scheduled = placement.status?.conditions?.find(({ type }) => type === 'ClusterResourcePlacementScheduled');
    const matches = scheduled?.status === status && (reason === undefined || scheduled.reason === reason);
    return placement.metadata.name === name && matches;
  });
}

/** Objects of a kind that belong to a placement, by name. */
export async function ofPlacement<T extends KubernetesObject>(
  hub: KubernetesClient,
  definition: ResourceDefinition<T>,
  placement: string,
): Promise<T[]> {
  const { items } = await hub.list(definition, { labelSelector: `kubernetes-fleet.io/parent-CRP=${placement}` });
  return items.sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1));
}
