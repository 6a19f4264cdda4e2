/**
 * The world of the kills at every boundary: a real hub, a real Temporal and a real worker, twelve simulated clusters
 * that record what is written to them, and a placement on all of them.
 */
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { Connection } from '@temporalio/client';
import { conditionAt, findCondition, isTrue } from '../../../api/conditions.ts';
import { clusterKinds, kinds } from '../../../api/kinds.ts';
import { labels } from '../../../api/labels.ts';
import type { KubernetesObject, ResourceDefinition } from '../../../api/meta.ts';
import type { ClusterApprovalRequest } from '../../../api/types/clusterapprovalrequest.ts';
import { joinSimulatedMembers } from '../../../bench/simulated/join.ts';
import { startSimulatedMembers, type SimulatedMembers } from '../../../bench/simulated/process.ts';
import { isApproved } from '../../../domain/runs/approved.ts';
import { rfc3339 } from '../../../domain/time.ts';
import { KubernetesClient } from '../../../kube/client.ts';
import { Informer, type InformerEvent, type InformerOptions } from '../../../kube/informer.ts';
import { certificatePath } from '../../../local/credentials.ts';
import { down, up, type Fleet } from '../../../local/fleet.ts';
import { apply } from '../kubectl.ts';
import { configMap, namespace, placement, stage, strategy, updateRun, type ScenarioObject } from '../scenario.ts';
import { stages } from './stages.ts';

/** Name of the placement, of its namespace and of the strategy. */
export const worldName = 'boundaries';

/** Generous: it only ends a test in which something will never happen. */
export const deadlineMs = 120_000;

/** Snapshots are not what is tested, so they may follow each other at once. */
const workerEnvironment = { FLOTILLA_SNAPSHOT_QUIET_MS: '100', FLOTILLA_SNAPSHOT_MIN_INTERVAL_MS: '0' };

const stageLabel = 'stage';

const configMaps: ResourceDefinition = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};

const deployments: ResourceDefinition = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};

/** Kinds of which the placement brings objects to a cluster, and that of their inventory. */
export const placedKinds: readonly ResourceDefinition[] = [kinds.namespace, configMaps, deployments, kinds.appliedWork];

export class World {
  readonly fleet: Fleet;
  readonly hub: KubernetesClient;
  readonly temporal: Connection;
  readonly simulated: SimulatedMembers;
  /** A client for each member. */
  readonly members: ReadonlyMap<string, KubernetesClient>;
  readonly #approvals: Informer<ClusterApprovalRequest>;

  private constructor(fleet: Fleet, hub: KubernetesClient, temporal: Connection, simulated: SimulatedMembers) {
    this.fleet = fleet;
    this.hub = hub;
    this.temporal = temporal;
    this.simulated = simulated;
    const names = stages.flatMap(({ clusters }) => clusters);
    this.members = new Map(names.map((name) => [name, clientFrom(name, simulated.kubeconfig(name))]));
    this.#approvals = new Informer(hub, clusterKinds.approvalRequest, {
      onEvent: (event) => {
        approve(hub, event);
      },
    });
  }

  /** Starts everything and waits until the placement is scheduled. */
  static async start(): Promise<World> {
    const data = await mkdtemp(join(tmpdir(), 'flotilla-kill-'));
    const log: string[] = [];
    const fleet = await up({
      data,
      members: [],
      worker: true,
      workerEnvironment,
      temporary: true,
      whileParentLives: true,
      log: (line) => log.push(line),
    });
    const simulated = await startMembers(fleet);
    const hub = clientFrom(fleet.hub, await readFile(fleet.kubeconfig, 'utf8'));
    const temporal = await Connection.connect({ address: fleet.temporalAddress });
    const world = new World(fleet, hub, temporal, simulated);
    await world.#populate();
    return world;
  }

  /**
   * Gives every object that is placed this value.
   * @returns index of the snapshot that holds all of it; there may be one before it that holds a part
   */
  async change(value: string): Promise<string> {
    await this.#write(value);
    const holdsAll = (snapshot: KubernetesObject): boolean => JSON.stringify(snapshot).split(value).length > 2;
    const { metadata } = await this.#until(
      clusterKinds.resourceSnapshot,
      { labelSelector: `${labels.parentPlacement}=${worldName},${labels.isLatestSnapshot}=true` },
      holdsAll,
    );
    return metadata.labels?.[labels.resourceIndex] ?? '';
  }

  /** Makes a run of the snapshot with this index. */
  async startRun(name: string, index: string): Promise<void> {
    await this.hub.create<KubernetesObject>(clusterKinds.run, updateRun(name, worldName, index, worldName));
  }

  /** Waits until an object of the hub is as wanted. */
  until<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    name: string,
    isAsWanted: (object: T) => boolean,
  ): Promise<T> {
    return this.#until(definition, { fieldSelector: `metadata.name=${name}` }, isAsWanted);
  }

  async #until<T extends KubernetesObject>(
    definition: ResourceDefinition<T>,
    selection: Pick<InformerOptions<T>, 'fieldSelector' | 'labelSelector'>,
    isAsWanted: (object: T) => boolean,
  ): Promise<T> {
    const informer = new Informer(this.hub, definition, selection);
    informer.start();
    try {
      return await informer.waitFor(isAsWanted, deadlineMs);
    } catch (error) {
      const last = JSON.stringify(informer.items()[0] ?? 'it is not there', null, 1);
      const wanted = `${definition.kind} ${selection.fieldSelector ?? selection.labelSelector ?? ''}`;
      throw new Error(`${wanted} did not become as expected; it is:\n${last}`, { cause: error });
    } finally {
      informer.stop();
    }
  }

  async #write(value: string): Promise<void> {
    const options = { fieldManager: 'test', force: true };
    await Promise.all([
      this.hub.apply(configMaps, configMap(worldName, 'settings', { value }), options),
      this.hub.apply(deployments, deployment(value), options),
    ]);
  }

  async stop(): Promise<void> {
    this.#approvals.stop();
    await Promise.all([...this.members.values(), this.hub].map((client) => client.close()));
    await this.temporal.close();
    await down(this.fleet.data);
    await this.simulated.stop();
  }

  async #populate(): Promise<void> {
    const members = stages.flatMap(({ name, clusters }) =>
      clusters.map((cluster) => ({ name: cluster, labels: { [stageLabel]: name } })),
    );
    await joinSimulatedMembers(this.hub, this.simulated, members);
    await Promise.all(
      members.map(({ name }) =>
        this.until(kinds.memberCluster, name, ({ status }) => isOfStatus(status?.conditions, 'Joined')),
      ),
    );
    this.#approvals.start();
    const configs = stages.map(({ name, more }) => stage(name, { [stageLabel]: name }, more));
    await apply(this.fleet, [namespace(worldName), strategy(worldName, configs)]);
    await this.#write('initial');
    await apply(this.fleet, [placement(worldName, worldName)]);
    await this.until(clusterKinds.placement, worldName, ({ status }) =>
      isOfStatus(status?.conditions, 'ClusterResourcePlacementScheduled'),
    );
  }
}

export function isOfStatus(conditions: Parameters<typeof findCondition>[0], type: string, status = 'True'): boolean {
  return findCondition(conditions, type)?.status === status;
}

/** They answer with the certificate of the hub's API server, which is for this machine too. */
async function startMembers(fleet: Fleet): Promise<SimulatedMembers> {
  const path = certificatePath(fleet.data, fleet.hub);
  const certificate = await readFile(path, 'utf8');
  const key = await readFile(path.replace(/\.crt$/, '.key'), 'utf8');
  return startSimulatedMembers({ certificate, key }, { recordWrites: true });
}

function clientFrom(name: string, text: string): KubernetesClient {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromString(text);
  return KubernetesClient.fromKubeconfig({ name, kubeconfig });
}

function deployment(value: string): ScenarioObject {
  const app = { app: 'web' };
  const template = {
    metadata: { labels: app, annotations: { value } },
    spec: { containers: [{ name: 'web', image: 'web:1' }] },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: worldName },
    spec: { replicas: 2, selector: { matchLabels: app }, template },
  };
}

/** Approves as the documents do, whatever the worker is doing meanwhile. */
function approve(hub: KubernetesClient, { type, object }: InformerEvent<ClusterApprovalRequest>): void {
  if (type === 'deleted' || isApproved(object)) return;
  const approved = conditionAt(isTrue('Approved', 'testPassed', 'lgtm'), 1, rfc3339(Date.now()));
  const body = { status: { conditions: [approved] } };
  hub
    .patch(clusterKinds.approvalRequest, object.metadata.name, { type: 'merge', body }, { subresource: 'status' })
    .catch(() => {
      // The run ends with what it still waits for when its deadline passes.
    });
}
