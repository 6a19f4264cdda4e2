/**
 * One API server that plays hub and member at once, for tests of the activities for members. The way to the member
 * leads through a door that can be closed; every request that changes something is counted, and can be made to fail.
 */
import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import {
  createMemberActivities,
  type ClusterOutcome,
  type ClusterReport,
  type ClusterTarget,
  type MemberActivities,
  type MemberSettings,
} from '../../activities/members/index.ts';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { apiVersionOf } from '../../api/meta.ts';
import { memberNamespace, memberSecretName, resourceSnapshotName } from '../../api/names.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClaimHolder } from '../../domain/claims.ts';
import { buildBinding, nameOfBinding } from '../../domain/scheduling/bindings.ts';
import { buildSnapshotGroup } from '../../domain/snapshots/build.ts';
import { KubernetesClient } from '../../kube/client.ts';
import { MemberPool } from '../../kube/pool.ts';
import { installDefinitions } from '../../local/definitions.ts';
import { startApiServer, type ApiServer } from '../support/apiServer.ts';

export const cluster = 'member1';

export const configMaps: ResourceDefinition<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  namespaced: true,
};
export const deployments: ResourceDefinition = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};

export const pods: ResourceDefinition = { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true };

export interface ConfigMap extends KubernetesObject {
  data?: Record<string, string>;
}

/** The requests that have changed something, as `apply ConfigMap name`, and what is to happen to further ones. */
export class Writes {
  readonly made: string[] = [];
  /** Called before a request is sent and after its answer is in; what it throws ends the request. */
  intercept: ((write: string, moment: 'before' | 'after') => Promise<void> | void) | undefined;

  reset(): void {
    this.made.length = 0;
    this.intercept = undefined;
  }

  /** A client that does as `client` does and is counted here. */
  count(client: KubernetesClient): KubernetesClient {
    const verbs = ['create', 'replace', 'replaceStatus', 'patch', 'apply', 'delete'];
    return new Proxy(client, {
      get: (target, property) => {
        const value: unknown = Reflect.get(target, property, target);
        if (typeof value !== 'function') return value;
        if (!verbs.includes(String(property))) return value.bind(target) as unknown;
        return async (definition: ResourceDefinition, subject: KubernetesObject | string, ...rest: unknown[]) => {
          const name = typeof subject === 'string' ? subject : subject.metadata.name;
          const write = `${String(property)} ${definition.kind} ${name}`;
          await this.intercept?.(write, 'before');
          const answer: unknown = await value.call(target, definition, subject, ...rest);
          this.made.push(write);
          await this.intercept?.(write, 'after');
          return answer;
        };
      },
    });
  }
}

/** A way to a TCP server that can be shut. */
export class Door {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #port: number;
  #listening = true;
  #silent = false;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.#port = port;
  }

  static async to(port: number): Promise<Door> {
    const state: { door?: Door } = {};
    const server = createServer({ noDelay: true }, (socket) => state.door?.pass(socket, port));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    state.door = new Door(server, (server.address() as AddressInfo).port);
    return state.door;
  }

  get port(): number {
    return this.#port;
  }

  pass(socket: Socket, port: number): void {
    this.#keep(socket);
    if (this.#silent) return;
    const onward = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#keep(onward);
    socket.pipe(onward).pipe(socket);
    socket.once('close', () => onward.destroy());
    onward.once('close', () => socket.destroy());
  }

  /** From now on connections are refused; open ones break. */
  async refuse(): Promise<void> {
    this.#listening = false;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#breakAll();
    await closed;
  }

  /** From now on connections are taken, but nobody answers. */
  beSilent(): void {
    this.#silent = true;
    this.#breakAll();
  }

  async open(): Promise<void> {
    this.#silent = false;
    this.#breakAll();
    if (!this.#listening) {
      await new Promise<void>((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
      this.#listening = true;
    }
  }

  async stop(): Promise<void> {
    if (this.#listening) await this.refuse();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#sockets.delete(socket));
  }

  #breakAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

export interface TestFleet {
  /** For the test itself; not counted. */
  client: KubernetesClient;
  door: Door;
  hubWrites: Writes;
  memberWrites: Writes;
  reports: ClusterReport[];
  activities: MemberActivities;
  /** Activities with settings of their own. */
  activitiesWith(settings: Partial<MemberSettings>): MemberActivities;
  /** Forgets what was counted and reported. */
  reset(): void;
  stop(): Promise<void>;
}

/** Short waits; and one request after another, so that tests can tell in which order they came. */
const quick: Partial<MemberSettings> = {
  parallelRequests: 1,
  silenceMs: 300,
  firstRetryMs: 20,
  checkIntervalMs: 200,
  patienceMs: 100,
  reportIntervalMs: 10,
};

export async function startTestFleet(): Promise<TestFleet> {
  const server = await startApiServer();
  const door = await Door.to(Number(new URL(server.url).port));
  const client = clientOf(server);
  await installDefinitions(client, () => true);
  await join(client, server, door);
  const pool = new MemberPool(client, { limits: { connectTimeoutMs: 1_000, requestTimeoutMs: 2_000 } });
  const [hubWrites, memberWrites] = [new Writes(), new Writes()];
  const reports: ClusterReport[] = [];
  const activitiesWith = (settings: Partial<MemberSettings>): MemberActivities =>
    createMemberActivities({
      hub: hubWrites.count(client),
      members: { client: async (name, signal) => memberWrites.count(await pool.client(name, signal)) },
      reportCluster: (report) => {
        reports.push(report);
        return Promise.resolve();
      },
      log: { info: () => undefined, warn: () => undefined },
      settings: { ...quick, ...settings },
    });
  return {
    client,
    door,
    hubWrites,
    memberWrites,
    reports,
    activities: activitiesWith({}),
    activitiesWith,
    reset: () => {
      hubWrites.reset();
      memberWrites.reset();
      reports.length = 0;
    },
    stop: async () => {
      await pool.close();
      await client.close();
      await door.stop();
      await server.stop();
    },
  };
}

/** A placement as the scheduling loop leaves it: a binding in state Scheduled, and snapshots. */
export class TestPlacement {
  readonly #client: KubernetesClient;
  readonly name: string;
  readonly uid: string;

  constructor(client: KubernetesClient, name: string) {
    this.#client = client;
    this.name = name;
    this.uid = crypto.randomUUID();
  }

  get bindingName(): string {
    return nameOfBinding(this, cluster);
  }

  get workName(): string {
    return `${this.name}-work`;
  }

  async schedule(): Promise<void> {
    const decision = { clusterName: cluster, selected: true, reason: 'picked' };
    await this.#client.create(clusterKinds.binding, buildBinding(this, cluster, `${this.name}-0`, decision));
  }

  async snapshot(index: number, objects: KubernetesObject[]): Promise<void> {
    for (const part of buildSnapshotGroup(this, index, objects, `hash-${String(index)}`)) {
      await this.#client.create(clusterKinds.resourceSnapshot, part);
    }
  }

  target(index: number, claim: ClaimHolder): ClusterTarget {
    return {
      placement: { name: this.name, uid: this.uid },
      cluster,
      binding: this.bindingName,
      resourceSnapshotIndex: String(index),
      resourceSnapshotName: resourceSnapshotName(this.name, index),
      claim,
      rolloutStartedMessage: `rollout of ${String(index)} by ${claim.name}`,
    };
  }

  binding(): Promise<ClusterResourceBinding> {
    return this.#client.get(clusterKinds.binding, this.bindingName);
  }

  /** `True` for each fresh condition, with its reason, in their order. */
  async conditions(): Promise<string[]> {
    const { metadata, status } = await this.binding();
    const fresh = status?.conditions?.filter(({ observedGeneration }) => observedGeneration === metadata.generation);
    return (fresh ?? []).map(({ type, status: is, reason }) => `${type} ${is} ${reason}`);
  }
}

export const allIsWell = [
  'RolloutStarted True RolloutStarted',
  'Overridden True NoOverrideSpecified',
  'WorkSynchronized True AllWorkSynced',
  'Applied True AllWorkHaveBeenApplied',
  'Available True AllWorkAreAvailable',
];

/** A run that was created `age` seconds after the first. */
export function runOf(name: string, age = 0): ClaimHolder {
  const createdAt = new Date(Date.UTC(2026, 10, 20, 10, 0, age)).toISOString();
  return { kind: 'ClusterStagedUpdateRun', name, uid: `uid-of-${name}`, createdAt };
}

/** An activity under way. */
export interface Running {
  outcome: Promise<ClusterOutcome>;
  environment: MockActivityEnvironment;
}

/** Starts an activity as a worker would. */
export function start<T>(activity: (target: T) => Promise<ClusterOutcome>, target: T): Running {
  const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') });
  const outcome = environment.run<[T], ClusterOutcome, typeof activity>(activity, target);
  outcome.catch(() => undefined);
  return { environment, outcome };
}

export function run<T>(activity: (target: T) => Promise<ClusterOutcome>, target: T): Promise<ClusterOutcome> {
  return start(activity, target).outcome;
}

export function namespaceObject(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

export function configMapObject(namespace: string, name: string, data: Record<string, string>): ConfigMap {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data };
}

/** A definition of kind `Widget` whose `spec.colour` is one of `colours`. */
export function widgetDefinition(group: string, colours: string[]): KubernetesObject & { spec: unknown } {
  const spec = {
    type: 'object',
    properties: { size: { type: 'integer', format: 'int64' }, colour: { type: 'string', enum: colours } },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `widgets.${group}` },
    spec: {
      group,
      scope: 'Cluster',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget', listKind: 'WidgetList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', properties: { spec } } },
        },
      ],
    },
  };
}

export function widgetObject(group: string, name: string, spec: object): KubernetesObject & { spec: object } {
  return { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name }, spec };
}

export function widgets(group: string): ResourceDefinition<KubernetesObject & { spec: Record<string, unknown> }> {
  return { group, version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: false };
}

/** Waits until `check` returns something, by looking again and again. */
export async function eventually<T>(check: () => T | undefined | Promise<T | undefined>, what: string): Promise<T> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const result = await check();
    if (result !== undefined) return result;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Waited in vain for ${what}.`);
}

function clientOf(server: ApiServer): KubernetesClient {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(server.kubeconfig);
  return KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig });
}

/** What `flotilla join` leaves on the hub. */
async function join(client: KubernetesClient, server: ApiServer, door: Door): Promise<void> {
  const namespace = memberNamespace(cluster);
  const certificate = readFileSync(server.caFile).toString('base64');
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'member',
    clusters: [
      {
        name: 'member',
        cluster: { server: `https://127.0.0.1:${String(door.port)}`, 'certificate-authority-data': certificate },
      },
    ],
    users: [{ name: 'admin', user: { token: server.token } }],
    contexts: [{ name: 'member', context: { cluster: 'member', user: 'admin' } }],
  };
  const data = { kubeconfig: Buffer.from(JSON.stringify(kubeconfig)).toString('base64') };
  await client.create(kinds.namespace, namespaceObject(namespace));
  await client.create(kinds.secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: memberSecretName, namespace },
    data,
  });
  await client.create(kinds.memberCluster, {
    apiVersion: apiVersionOf(kinds.memberCluster),
    kind: kinds.memberCluster.kind,
    metadata: { name: cluster },
    spec: {},
  });
}
