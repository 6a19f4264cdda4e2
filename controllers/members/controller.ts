/** The loop that keeps hub objects of members in order and says how the members are. */
import { finalizers, labels } from '../../api/labels.ts';
import { kinds, type Secret } from '../../api/kinds.ts';
import { apiVersionOf, type KubernetesObject } from '../../api/meta.ts';
import { memberNamespace, memberSecretName } from '../../api/names.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import {
  asksForAvailable,
  heartbeatDueAt,
  heartbeatPeriodMs,
  isWorthWriting,
  memberNameFault,
  memberStatus,
  type Probe,
} from '../../domain/members/index.ts';
import { rfc3339 } from '../../domain/time.ts';
import { isAlreadyExists, isConflict } from '../../kube/errors.ts';
import { Informer, type InformerEvent } from '../../kube/informer.ts';
import { Slots } from '../../kube/slots.ts';
import { WorkQueue, type QueueFigures, type Requeue } from '../../kube/workqueue.ts';
import { mark } from '../finalizers.ts';
import { sameJson } from '../sameJson.ts';
import { defaultProbeTimeoutMs, type MemberControllerDependencies } from './dependencies.ts';
import { recordMemberEvents } from './events.ts';
import { HeldCopies } from './heldCopies.ts';
import { leave } from './leave.ts';
import { MemberObserver } from './observer.ts';
import { probeMember } from './probe.ts';

/** Members that are looked at side by side; one that does not answer holds a place until its probe times out. */
const concurrency = 32;

const firstRetryMs = 50;
const longestRetryMs = 5_000;

/** What changes on a member within this time is told together: nodes come in groups. */
const coalesceMs = 1_000;

/** A list of pods may be tens of megabytes. */
const concurrentPodLists = 4;

/** Keeps every MemberCluster of the hub up to date, from {@link start} to {@link stop}. */
export class MemberController {
  readonly #dependencies: MemberControllerDependencies;
  readonly #queue: WorkQueue;
  readonly #secrets: Informer<Secret>;
  readonly #health = new Map<string, boolean>();
  readonly #observers = new Map<string, MemberObserver>();
  readonly #podLists = new Slots(concurrentPodLists);
  readonly #leaving = new Map<string, HeldCopies>();
  readonly #unsubscribe: (() => void)[] = [];

  constructor(dependencies: MemberControllerDependencies) {
    this.#dependencies = dependencies;
    const { hub, log } = dependencies;
    this.#queue = new WorkQueue({
      concurrency,
      firstRetryMs,
      maxRetryMs: longestRetryMs,
      process: (member) => this.#process(member),
      onError: (member, error, attempt) => {
        const overtaken = isConflict(error) || isAlreadyExists(error);
        log[overtaken ? 'debug' : 'warn'](
          { err: error, member, attempt },
          'Could not bring a member cluster up to date; trying again.',
        );
      },
    });
    this.#secrets = new Informer(hub, kinds.secret, {
      fieldSelector: `metadata.name=${memberSecretName}`,
      onEvent: ({ object }) => {
        this.#secretChanged(object);
      },
      onError: (error) => {
        log.debug({ err: error }, 'Cannot watch the Secrets of member clusters; trying again.');
      },
    });
  }

  /** Resolves once the loop knows all it needs to decide. */
  get synced(): Promise<void> {
    return Promise.all([this.#dependencies.caches.synced, this.#secrets.synced]).then(() => undefined);
  }

  /** How much the loop has to do. */
  get queue(): QueueFigures {
    return this.#queue;
  }

  /** Begins; resolves once it is {@link synced}. */
  async start(): Promise<void> {
    this.#secrets.start();
    await this.synced;
    const { caches, prices } = this.#dependencies;
    this.#unsubscribe.push(
      caches.on('memberCluster', (event) => {
        if (concernsUs(event)) this.#queue.add(event.object.metadata.name);
      }),
      ...(prices === undefined ? [] : [prices.onChange(() => this.#pricesChanged())]),
    );
    for (const { metadata } of caches.items('memberCluster')) this.#queue.add(metadata.name);
  }

  /** Starts nothing more and resolves when what runs has ended. */
  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#secrets.stop();
    for (const member of [...this.#observers.keys()]) this.#forget(member);
    await this.#queue.stop();
  }

  async #process(name: string): Promise<Requeue | undefined> {
    const cached = this.#dependencies.caches.get('memberCluster', { name });
    if (cached === undefined) {
      this.#forget(name);
      this.#leaving.delete(name);
      return undefined;
    }
    if (cached.metadata.deletionTimestamp !== undefined) {
      this.#forget(name);
      return leave(this.#dependencies, cached, this.#heldCopiesOf(name));
    }
    const { hub } = this.#dependencies;
    const member = await mark(hub, kinds.memberCluster, cached, {
      finalizer: finalizers.memberCluster,
      labels: { [labels.memberName]: name },
    });
    const fault = memberNameFault(name);
    if (fault !== undefined) return this.#tell(member, { reached: false, trouble: fault });
    if (this.#secrets.get(memberSecretName, memberNamespace(name)) === undefined) await this.#ensureNamespace(member);
    return this.#look(member);
  }

  async #look(member: MemberCluster): Promise<Requeue> {
    const { pool, settings = {} } = this.#dependencies;
    const { name } = member.metadata;
    const due = this.#health.get(name) !== true || this.#now() >= heartbeatDueAt(member);
    const observer = this.#observerOf(name);
    const probe = await probeMember(pool, name, {
      observe: (client, signal) =>
        observer.look(client, signal, { due, usageIntervalMs: () => this.#usageIntervalMs(member) }),
      timeoutMs: settings.probeTimeoutMs ?? defaultProbeTimeoutMs,
    });
    if (!probe.reached) observer.pause();
    try {
      return await this.#tell(member, probe);
    } catch (error) {
      observer.untold();
      throw error;
    }
  }

  async #tell(member: MemberCluster, probe: Probe): Promise<Requeue> {
    const { hub, settings = {} } = this.#dependencies;
    const now = this.#now();
    const status = memberStatus(member, probe, rfc3339(now));
    if (isWorthWriting(member, status, now)) {
      await hub.replaceStatus(kinds.memberCluster, { ...member, status });
      await recordMemberEvents(this.#dependencies, member, status, now);
    }
    const isHealthy = this.#log(member.metadata.name, probe);
    const interval = isHealthy ? (settings.probeIntervalMs ?? 10_000) : (settings.troubledProbeIntervalMs ?? 2_000);
    // Members that joined together must not be looked at together for ever.
    return { requeueAfterMs: Math.min(interval, heartbeatPeriodMs(member)) * (0.9 + Math.random() / 10) };
  }

  /** Says in the log, once, that a member has come or gone. */
  #log(member: string, probe: Probe): boolean {
    const isHealthy = probe.reached && probe.trouble === undefined;
    const wasHealthy = this.#health.get(member);
    this.#health.set(member, isHealthy);
    if (isHealthy === wasHealthy) return isHealthy;
    const { log } = this.#dependencies;
    const isJoining = this.#secrets.get(memberSecretName, memberNamespace(member)) === undefined;
    if (isHealthy) log.info({ member }, 'The member cluster is healthy.');
    else log[isJoining ? 'debug' : 'warn']({ member, trouble: probe.trouble }, 'The member cluster is not healthy.');
    return isHealthy;
  }

  #observerOf(member: string): MemberObserver {
    const existing = this.#observers.get(member);
    if (existing !== undefined) return existing;
    const { prices } = this.#dependencies;
    const observer = new MemberObserver({
      onChange: () => {
        this.#queue.addAfter(member, coalesceMs);
      },
      prices: () => prices?.list,
      podLists: this.#podLists,
      now: () => this.#now(),
    });
    this.#observers.set(member, observer);
    return observer;
  }

  #heldCopiesOf(member: string): HeldCopies {
    const { probeTimeoutMs: timeoutMs = defaultProbeTimeoutMs } = this.#dependencies.settings ?? {};
    const held = this.#leaving.get(member) ?? new HeldCopies({ timeoutMs, now: () => this.#now() });
    this.#leaving.set(member, held);
    return held;
  }

  /** Nodes are known, so that members need not be asked for them. */
  #pricesChanged(): void {
    for (const [member, observer] of this.#observers) {
      observer.untold();
      this.#queue.add(member);
    }
  }

  /** The next of this name is looked at as if there had been none. */
  #forget(member: string): void {
    this.#health.delete(member);
    this.#observers.get(member)?.stop();
    this.#observers.delete(member);
  }

  /** A little less than a heartbeat, so that each one finds the pods due. */
  #usageIntervalMs(member: MemberCluster): number {
    const { caches, settings = {} } = this.#dependencies;
    const isAskedFor = caches.items('placement').some(asksForAvailable);
    return isAskedFor ? heartbeatPeriodMs(member) * 0.9 : (settings.usageIntervalMs ?? 600_000);
  }

  /** Joining makes it; here it is made for a MemberCluster that was written by hand, so that a Secret can follow. */
  async #ensureNamespace({ apiVersion, kind, metadata }: MemberCluster): Promise<void> {
    const { hub } = this.#dependencies;
    const name = memberNamespace(metadata.name);
    if ((await hub.find(kinds.namespace, name)) !== undefined) return;
    const { uid = '' } = metadata;
    const owner = { apiVersion, kind, name: metadata.name, uid, controller: true, blockOwnerDeletion: true };
    const namespace: KubernetesObject = {
      apiVersion: apiVersionOf(kinds.namespace),
      kind: kinds.namespace.kind,
      metadata: { name, labels: { [labels.isFleetResource]: 'true' }, ownerReferences: [owner] },
    };
    await hub.create(kinds.namespace, namespace);
  }

  #secretChanged({ metadata }: Secret): void {
    const prefix = memberNamespace('');
    if (metadata.namespace?.startsWith(prefix) !== true) return;
    const member = metadata.namespace.slice(prefix.length);
    this.#dependencies.pool.recheck(member);
    this.#queue.add(member);
  }

  #now(): number {
    return (this.#dependencies.now ?? Date.now)();
  }
}

/** Our own status writes are most of what happens to a MemberCluster. */
function concernsUs({ type, object, previous }: InformerEvent<MemberCluster>): boolean {
  if (type !== 'modified' || previous === undefined) return true;
  const { labels: labelsNow, finalizers: finalizersNow, deletionTimestamp, generation } = object.metadata;
  return (
    generation !== previous.metadata.generation ||
    deletionTimestamp !== previous.metadata.deletionTimestamp ||
    !sameJson([labelsNow, finalizersNow], [previous.metadata.labels, previous.metadata.finalizers])
  );
}
