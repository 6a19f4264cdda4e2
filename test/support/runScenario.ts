/** Runs in end-to-end tests: objects that hold a cluster in work, and waiting for what a run says of itself. */
import { findCondition } from '../../api/conditions.ts';
import { clusterKinds } from '../../api/kinds.ts';
import type { Condition, ResourceDefinition, KubernetesObject } from '../../api/meta.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import type {
  ClusterStagedUpdateRun,
  ClusterUpdatingStatus,
  StageUpdatingStatus,
} from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import { clusterClients } from '../../local/clusterClients.ts';
import type { Fleet } from '../../local/fleetHandle.ts';
import { apply, kubectl, kubectlLine, waitFor } from './kubectl.ts';
import { runEvidence } from './runEvidence.ts';
import { configMap, namespace, placement, strategy, stage, updateRun, type ScenarioObject } from './scenario.ts';

type RunSpec = ClusterStagedUpdateRun['spec'];

/** Makes runs and everything they need, remembers it, and takes it away again. */
export class RunScenarios {
  readonly fleet: Fleet;
  readonly hub: KubernetesClient;
  readonly #clients: Map<string, KubernetesClient>;
  readonly #runs = new Set<string>();
  readonly #others = new Set<string>();
  readonly #prefix: string;
  #barriers = 0;

  /** @param prefix of the names of everything that is shared between the scenarios of a file */
  constructor(fleet: Fleet, prefix: string) {
    this.fleet = fleet;
    this.#prefix = prefix;
    this.#clients = clusterClients(fleet);
    this.hub = this.client(fleet.hub);
  }

  /** Client for the hub or a member. */
  client(cluster: string): KubernetesClient {
    const client = this.#clients.get(cluster);
    if (client === undefined) throw new Error(`The fleet has no cluster ${cluster}.`);
    return client;
  }

  /** A namespace with a ConfigMap and its placement, scheduled, with snapshot 0. */
  async place(name: string, more: ScenarioObject[] = [], of: ScenarioObject = placement(name, name)): Promise<void> {
    this.#others.add(`ns/${name}`).add(`crp/${name}`);
    await apply(this.fleet, [namespace(name), configMap(name, 'settings', { key: 'first' }), ...more]);
    await apply(this.fleet, [of]);
    await waitFor(this.fleet, 'condition=ClusterResourcePlacementScheduled', `crp/${name}`);
    await waitFor(this.fleet, 'create', `clusterresourcesnapshots/${name}-0-snapshot`);
  }

  /** The same with an object that holds every cluster in work until {@link release} is called for it. */
  async placeHeld(name: string): Promise<void> {
    await this.place(name, [this.gate(name)]);
  }

  /** Lets a cluster that {@link placeHeld} holds become available; waits until its gate is there. */
  async release(name: string, member: string): Promise<void> {
    await waitFor(this.fleet, 'create', `service/gate -n ${name} --context ${member}`);
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } };
    const typed = ['patch', 'service', 'gate', '-n', name, '--context', member, '--subresource=status'];
    await kubectl(this.fleet, [...typed, '--type=merge', '-p', JSON.stringify({ status })]);
  }

  async useStrategy(name: string, stages: Parameters<typeof strategy>[1]): Promise<void> {
    this.#others.add(`csus/${name}`);
    await apply(this.fleet, [strategy(name, stages)]);
  }

  /** Makes a run of the placement and the strategy of the same name, unless `spec` says otherwise. */
  async start(name: string, spec: Partial<RunSpec> = {}): Promise<void> {
    this.#runs.add(name);
    const run = updateRun(name, name, '0', name);
    await apply(this.fleet, [{ ...run, spec: { ...(run.spec as RunSpec), ...spec } }]);
  }

  async request(name: string, state: RunSpec['state']): Promise<void> {
    await kubectl(this.fleet, ['patch', 'csur', name, '--type=merge', '-p', JSON.stringify({ spec: { state } })]);
  }

  /** Approves a request as the documents do; waits until it is there. */
  async approve(request: string, observedGeneration = 1): Promise<void> {
    await waitFor(this.fleet, 'create', `clusterapprovalrequests/${request}`);
    const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const approved = { type: 'Approved', status: 'True', reason: 'testPassed', message: 'lgtm' };
    const status = { conditions: [{ ...approved, observedGeneration, lastTransitionTime }] };
    const typed = ['patch', 'clusterapprovalrequests', request, '--type=merge', '--subresource=status'];
    await kubectl(this.fleet, [...typed, '-p', JSON.stringify({ status })]);
  }

  /** Watches a run until it is as wanted. */
  becomes(name: string, wanted: (run: ClusterStagedUpdateRun) => boolean): Promise<ClusterStagedUpdateRun> {
    return this.#watch(clusterKinds.run, name, wanted);
  }

  /** Watches a run until its condition `Progressing` has this reason. */
  says(name: string, reason: string): Promise<ClusterStagedUpdateRun> {
    return this.becomes(name, ({ status }) => progressing(status?.conditions)?.reason === reason);
  }

  /** Watches a run until it has failed. @returns why, and the run */
  async fails(name: string): Promise<{ message: string; run: ClusterStagedUpdateRun }> {
    const failed = (run: ClusterStagedUpdateRun): Condition | undefined => {
      const condition = findCondition(run.status?.conditions, 'Succeeded');
      return condition?.status === 'False' ? condition : undefined;
    };
    const run = await this.becomes(name, (current) => failed(current) !== undefined);
    return { message: failed(run)?.message ?? '', run };
  }

  async succeeds(name: string): Promise<ClusterStagedUpdateRun> {
    return this.becomes(name, ({ status }) => findCondition(status?.conditions, 'Succeeded')?.status === 'True');
  }

  requestBecomes(name: string, wanted: (request: ClusterApprovalRequest) => boolean): Promise<ClusterApprovalRequest> {
    return this.#watch(clusterKinds.approvalRequest, name, wanted);
  }

  /** Passes once whatever has happened so far has been noticed: a run that is made now has come to its end. */
  async everythingIsNoticed(): Promise<void> {
    const shared = `${this.#prefix}-barrier`;
    if (this.#barriers === 0) {
      await this.place(shared);
      await this.useStrategy(shared, [stage('all', undefined, { maxConcurrency: '100%' })]);
    }
    this.#barriers += 1;
    const name = `${shared}-${String(this.#barriers)}`;
    await this.start(name, { placementName: shared, stagedRolloutStrategyName: shared });
    await this.succeeds(name);
  }

  /** Removes everything that was made, runs first, and closes the clients. */
  async close(): Promise<void> {
    if (this.#runs.size > 0) await this.#delete('csur', [...this.#runs]);
    const others = [...this.#others].map((typed) => typed.split('/') as [string, string]);
    for (const kind of ['crp', 'ns', 'csus']) {
      const names = others.filter(([one]) => one === kind).map(([, name]) => name);
      if (names.length > 0) await this.#delete(kind, names);
    }
    await this.disconnect();
  }

  /** Only closes the clients, for a fleet that ends anyway. */
  async disconnect(): Promise<void> {
    await Promise.all([...this.#clients.values()].map((client) => client.close()));
  }

  /** Nobody gives it an address on the members, so it holds its cluster in work until a test does. */
  protected gate(inNamespace: string): ScenarioObject {
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'gate', namespace: inNamespace },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    };
  }

  /** Nobody makes a namespace of such a name again, so its slow end need not be waited for. */
  async #delete(kind: string, names: string[]): Promise<void> {
    const wait = kind === 'ns' ? 'false' : 'true';
    await kubectlLine(this.fleet, `delete ${kind} ${names.join(' ')} --ignore-not-found --wait=${wait}`);
  }

  async #watch<T extends KubernetesObject>(
    kind: ResourceDefinition<T>,
    name: string,
    wanted: (object: T) => boolean,
  ): Promise<T> {
    const informer = new Informer(this.hub, kind, { fieldSelector: `metadata.name=${name}` });
    informer.start();
    try {
      return await informer.waitFor(wanted, 45_000);
    } catch (error) {
      const last = JSON.stringify(informer.items()[0] ?? 'it is not there', null, 1);
      const evidence = await runEvidence(this.fleet, name);
      throw new Error(`${kind.kind} ${name} did not become as expected; it is:\n${last}\n---\n${evidence}`, {
        cause: error,
      });
    } finally {
      informer.stop();
    }
  }
}

export function progressing(conditions: readonly Condition[] | undefined): Condition | undefined {
  return findCondition(conditions, 'Progressing');
}

export function stageOf(run: ClusterStagedUpdateRun, name: string): StageUpdatingStatus | undefined {
  return run.status?.stagesStatus?.find(({ stageName }) => stageName === name);
}

/** A stage's condition in the form `Progressing False StageUpdatingWaiting`; '' when there is none. */
export function stageSays(run: ClusterStagedUpdateRun, name: string, type = 'Progressing'): string {
  return lineOf(findCondition(stageOf(run, name)?.conditions, type));
}

/** Conditions in the form `type status reason`. */
export function lines(conditions: readonly Condition[] | undefined): string[] {
  return (conditions ?? []).map(lineOf);
}

/** Clusters of the run with a condition that is True, in the run's order. */
export function clustersWith(run: ClusterStagedUpdateRun, type: 'Started' | 'Succeeded'): string[] {
  const has = ({ conditions }: ClusterUpdatingStatus): boolean => findCondition(conditions, type)?.status === 'True';
  const clusters = (run.status?.stagesStatus ?? []).flatMap((entry) => entry.clusters);
  return clusters.filter(has).map(({ clusterName }) => clusterName);
}

function lineOf(condition: Condition | undefined): string {
  return condition === undefined ? '' : `${condition.type} ${condition.status} ${condition.reason}`;
}
