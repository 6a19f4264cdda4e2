/** The loop that keeps hub objects of members in order and says how the members are. */
import { finalizers, labels } from '../../api/labels.ts';
import { kinds, type Secret } from '../../api/kinds.ts';
import { apiVersionOf, type KubernetesObject } from '../../api/meta.ts';
import { memberNamespace, memberSecretName } from '../../api/names.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import {
  heartbeatDueAt,
  heartbeatPeriodMs,
  isWorthWriting,
  memberStatus,
  type Probe,
} from '../../domain/members/index.ts';
import { rfc3339 } from '../../domain/time.ts';
import { isAlreadyExists, isConflict } from '../../kube/errors.ts';
import { Informer, type InformerEvent } from '../../kube/informer.ts';
import { WorkQueue, type Requeue } from '../../kube/workqueue.ts';
import { mark, releaseFinalizer } from '../finalizers.ts';
import { sameJson } from '../sameJson.ts';
import type { MemberControllerDependencies } from './dependencies.ts';
import { probeMember } from './probe.ts';

/** Members that are looked at side by side; one that does not answer holds a place until its probe times out. */
const concurrency = 32;

const firstRetryMs = 50;
const longestRetryMs = 5_000;

/** Keeps every MemberCluster of the hub up to date, from {@link start} to {@link stop}. */
export class MemberController {
  readonly #dependencies: MemberControllerDependencies;
  readonly #queue: WorkQueue;
  readonly #secrets: Informer<Secret>;
  readonly #health = new Map<string, boolean>();
  #unsubscribe: () => void = () => undefined;

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

  /** Begins; resolves once it is {@link synced}. */
  async start(): Promise<void> {
    this.#secrets.start();
    await this.synced;
    const { caches } = this.#dependencies;
    this.#unsubscribe = caches.on('memberCluster', (event) => {
      if (concernsUs(event)) this.#queue.add(event.object.metadata.name);
    });
    for (const { metadata } of caches.items('memberCluster')) this.#queue.add(metadata.name);
  }

  /** Starts nothing more and resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#secrets.stop();
    await this.#queue.stop();
  }

  async #process(name: string): Promise<Requeue | undefined> {
    const cached = this.#dependencies.caches.get('memberCluster', { name });
    if (cached === undefined) {
      this.#health.delete(name);
      return undefined;
    }
    if (cached.metadata.deletionTimestamp !== undefined) {
      await this.#leave(cached);
      return undefined;
    }
    const { hub } = this.#dependencies;
    const member = await mark(hub, kinds.memberCluster, cached, {
      finalizer: finalizers.memberCluster,
      labels: { [labels.memberName]: name },
    });
    if (this.#secrets.get(memberSecretName, memberNamespace(name)) === undefined) await this.#ensureNamespace(member);
    return this.#look(member);
  }

  async #look(member: MemberCluster): Promise<Requeue> {
    const { hub, pool, settings = {} } = this.#dependencies;
    const { name } = member.metadata;
    const probe = await probeMember(pool, name, {
      withFacts: this.#health.get(name) !== true || this.#now() >= heartbeatDueAt(member),
      timeoutMs: settings.probeTimeoutMs ?? 5_000,
    });
    const now = this.#now();
    const status = memberStatus(member, probe, rfc3339(now));
    if (isWorthWriting(member, status, now)) await hub.replaceStatus(kinds.memberCluster, { ...member, status });
    const isHealthy = this.#tell(name, probe);
    const interval = isHealthy ? (settings.probeIntervalMs ?? 10_000) : (settings.troubledProbeIntervalMs ?? 2_000);
    // Members that joined together must not be looked at together for ever.
    return { requeueAfterMs: Math.min(interval, heartbeatPeriodMs(member)) * (0.9 + Math.random() / 10) };
  }

  /** Says in the log, once, that a member has come or gone. */
  #tell(member: string, probe: Probe): boolean {
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

  /** What was rolled out stays on the member; the hub forgets how to reach it. */
  async #leave(member: MemberCluster): Promise<void> {
    const { hub, log } = this.#dependencies;
    const { name, finalizers: present = [] } = member.metadata;
    if (!present.includes(finalizers.memberCluster)) return;
    await hub.delete(kinds.namespace, memberNamespace(name));
    await releaseFinalizer(hub, kinds.memberCluster, member, finalizers.memberCluster);
    log.info({ member: name }, 'The member cluster has left the fleet.');
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
