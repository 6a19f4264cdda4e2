/** Has placements evicted from a cluster, by events of the hub. */
import { randomUUID } from 'node:crypto';
import { clusterKinds, kinds } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { ClusterSchedulingPolicySnapshot } from '../../api/types/clusterschedulingpolicysnapshot.ts';
import { isDecided } from '../../domain/evictions/decideEviction.ts';
import { isCordoned } from '../../domain/members/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer, type InformerOptions } from '../../kube/informer.ts';
import { CommandError, mistake } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { hubFault } from '../get/hubReader.ts';
import type { StatusLine } from '../rollout/runLines.ts';
import { placementTarget } from '../rollout/target.ts';
import { groundsOf, nextStep, type Attempt } from './attempts.ts';
import { drainEviction } from './drainEviction.ts';
import { isOn, placementOf } from './placementsOn.ts';
import { isSettled, standingOf, type PlacementThere } from './standing.ts';
import { memberTarget, standingText } from './words.ts';

export interface Evacuating {
  cluster: string;
  /** Names of cluster-scoped placements, at least one. */
  placements: readonly string[];
  /** Ends it without an error. */
  until: AbortSignal;
  /** Told of each placement whenever there is something new. */
  tell(lines: readonly StatusLine[]): void;
  /** A sentence on trouble that is tried again. */
  complain(sentence: string): void;
}

/**
 * Returns when each placement has gone and the scheduler leaves the cluster out, or nothing more can be done with it.
 * @throws CommandError when the cluster is not cordoned any more, or is gone; when a right is missing
 */
export async function evacuate(hub: KubernetesClient, evacuating: Evacuating): Promise<void> {
  await new Evacuation(hub, evacuating).run();
}

class Evacuation {
  readonly #hub: KubernetesClient;
  readonly #evacuating: Evacuating;
  readonly #attempts = new Map<string, Attempt>();
  readonly #ended = Promise.withResolvers<undefined>();
  readonly #bindings;
  readonly #placements;
  readonly #budgets;
  readonly #evictions;
  readonly #policySnapshots;
  readonly #member;
  #isReady = false;
  #isLookDue = false;

  constructor(hub: KubernetesClient, evacuating: Evacuating) {
    this.#hub = hub;
    this.#evacuating = evacuating;
    const ofPlacements = `${labels.parentPlacement} in (${evacuating.placements.join(',')})`;
    this.#bindings = this.#inform(clusterKinds.binding, { labelSelector: ofPlacements });
    // The status of a placement on many clusters is large, and nobody reads it here.
    this.#placements = this.#inform(clusterKinds.placement, { keep: ({ status: _, ...rest }) => rest });
    this.#budgets = this.#inform(kinds.disruptionBudget, {});
    this.#evictions = this.#inform(kinds.eviction, {
      onEvent: ({ type, object }) => {
        if (type === 'deleted' && !isDecided(object)) this.#forget(object.metadata.name);
        this.#look();
      },
    });
    this.#policySnapshots = this.#inform(clusterKinds.policySnapshot, {
      labelSelector: `${ofPlacements},${labels.isLatestSnapshot}=true`,
    });
    this.#member = this.#inform(kinds.memberCluster, { fieldSelector: `metadata.name=${evacuating.cluster}` });
  }

  async run(): Promise<void> {
    const { until } = this.#evacuating;
    const informers = [
      this.#bindings,
      this.#placements,
      this.#budgets,
      this.#evictions,
      this.#policySnapshots,
      this.#member,
    ];
    const end = (): void => this.#ended.resolve(undefined);
    until.addEventListener('abort', end, { once: true });
    if (until.aborted) end();
    try {
      for (const informer of informers) informer.start();
      await Promise.race([this.#ended.promise, Promise.all(informers.map(({ synced }) => synced))]);
      this.#isReady = true;
      this.#look();
      await this.#ended.promise;
    } finally {
      this.#isReady = false;
      until.removeEventListener('abort', end);
      for (const informer of informers) informer.stop();
    }
  }

  #inform<T extends KubernetesObject>(definition: ResourceDefinition<T>, options: InformerOptions<T>): Informer<T> {
    return new Informer(this.#hub, definition, {
      onEvent: () => this.#look(),
      onError: (error, count) => {
        const fault = hubFault(error, this.#isReady ? 'watch' : 'list', definition);
        const isFinal = !this.#isReady || (fault instanceof CommandError && fault.exitCode === exitCodes.notPermitted);
        if (isFinal) this.#ended.reject(fault);
        else if (count === 1) this.#evacuating.complain(fault instanceof Error ? fault.message : String(fault));
      },
      ...options,
    });
  }

  /** Once for all events that come together. */
  #look(): void {
    if (!this.#isReady || this.#isLookDue) return;
    this.#isLookDue = true;
    setImmediate(() => {
      this.#isLookDue = false;
      // What was still to come when it ended is no business of anybody.
      if (!this.#isReady) return;
      try {
        this.#requireCordon();
        const settled = this.#evacuating.placements.map((name) => this.#goOn(name));
        if (settled.every(Boolean)) this.#ended.resolve(undefined);
      } catch (error) {
        this.#ended.reject(error);
      }
    });
  }

  /** Without the taint, whatever is evicted comes back. */
  #requireCordon(): void {
    const { cluster } = this.#evacuating;
    const member = this.#member.get(cluster);
    const target = memberTarget(cluster);
    if (member === undefined) throw new CommandError(exitCodes.deleted, `${target} has left the fleet meanwhile.`);
    if (!isCordoned(member)) {
      throw mistake(
        `${target} has been uncordoned meanwhile, so whatever is evicted would come back; nothing more is.`,
      );
    }
  }

  /** @returns whether there is nothing more to do with the placement */
  #goOn(name: string): boolean {
    const { cluster, until } = this.#evacuating;
    const there = this.#there(name);
    const target = placementTarget({ name });
    if (there === undefined) {
      // The scheduler has not looked again as long as it still counts the cluster in.
      if (choosesStill(this.#policySnapshots.items(), name, cluster)) return false;
      this.#tell(name, this.#attempts.has(name) ? `${target} evicted` : `${target} has gone`);
      return true;
    }
    const standing = standingOf(there);
    if (standing.state !== 'free') {
      const isExpected = standing.state === 'leaving' && standing.trouble === undefined && this.#attempts.has(name);
      if (!isExpected) this.#tell(name, standingText(name, cluster, standing) ?? '');
      return isSettled(standing);
    }
    const grounds = groundsOf(there);
    const attempt = this.#attempts.get(name);
    const next = nextStep(attempt, there.binding, grounds, this.#evictions.get(attempt?.eviction ?? ''));
    if (next.step === 'refused') this.#tell(name, `${target} was not evicted: ${next.message}`);
    if (next.step === 'ask' && !until.aborted) this.#evict(there, grounds);
    return false;
  }

  #there(name: string): PlacementThere | undefined {
    const { cluster } = this.#evacuating;
    const bindings = this.#bindings.items().filter((binding) => placementOf(binding) === name);
    const binding = bindings.find(isOn(cluster));
    if (binding === undefined) return undefined;
    return {
      name,
      cluster,
      placement: this.#placements.get(name),
      binding,
      bindings,
      budget: this.#budgets.get(name),
    };
  }

  #evict({ name, cluster, binding }: PlacementThere, grounds: string): void {
    const eviction = drainEviction(name, cluster, randomUUID().slice(0, 8));
    this.#attempts.set(name, { eviction: eviction.metadata.name, binding: binding.metadata.uid, grounds });
    this.#tell(name, `evicting ${placementTarget({ name })}`);
    this.#hub.create(kinds.eviction, eviction).catch((error: unknown) => this.#ended.reject(error));
  }

  /** Somebody has taken the eviction away before it was answered. */
  #forget(eviction: string): void {
    for (const [name, attempt] of this.#attempts) if (attempt.eviction === eviction) this.#attempts.delete(name);
  }

  #tell(subject: string, text: string): void {
    this.#evacuating.tell([{ subject, text }]);
  }
}

function choosesStill(snapshots: readonly ClusterSchedulingPolicySnapshot[], name: string, cluster: string): boolean {
  return snapshots
    .filter(({ metadata }) => metadata.labels?.[labels.parentPlacement] === name)
    .some(({ status }) =>
      (status?.targetClusters ?? []).some(({ clusterName, selected }) => clusterName === cluster && selected),
    );
}
