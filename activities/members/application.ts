/**
 * The member's half of an update: brings rendered content onto one member. It knows nothing of the hub but the claim.
 * Every step finds out by itself what is already done, so it may be interrupted anywhere and repeated at will.
 */
import type { KubernetesObject } from '../../api/meta.ts';
import type { AppliedResource, AppliedWork, AppliedWorkStatus } from '../../api/types/appliedwork.ts';
import { uidsToFind } from '../../domain/apply/alreadyThere.ts';
import type { Availability } from '../../domain/apply/availability.ts';
import { availabilityOf } from '../../domain/apply/availability.ts';
import { inventoryDifference, knowsObject } from '../../domain/apply/inventory.ts';
import type { PodTrouble } from '../../domain/apply/podTrouble.ts';
import type { RenderedContent } from '../../domain/apply/render.ts';
import { wavesOf } from '../../domain/apply/waves.ts';
import type { ResolvedObjects, WorkObject } from '../../domain/apply/workObjects.ts';
import type { Claim, ClaimHolder } from '../../domain/claims.ts';
import { claimOf, covers, isHeldBy, standsAgainst } from '../../domain/claims.ts';
import { identityKey } from '../../domain/selection/identifiers.ts';
import { goJson } from '../../domain/snapshots/goJson.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { KubernetesError, isUnreachable } from '../../kube/errors.ts';
import { AppliedWorks } from './appliedWork.ts';
import { watchAvailability } from './availabilityWatch.ts';
import type { MemberSettings } from './dependencies.ts';
import { ClusterTrouble, Displaced, Overtaken } from './interruptions.ts';
import { Refusal, applyObject, pruneObject } from './memberObjects.ts';
import type { ObjectFailure } from './memberTrouble.ts';
import {
  applyFailure,
  availabilityFailure,
  clusterTrouble,
  objectsTrouble,
  refusal,
  unknownKind,
} from './memberTrouble.ts';
import { inParallel } from './parallel.ts';
import { podTroubleOf } from './podTroubles.ts';
import { resolveObjects } from './resolveObjects.ts';

/** What is to be on a member, and for whom. */
export interface ApplicationOrder {
  cluster: string;
  /** Name of the inventory. */
  work: string;
  /** The member's namespace on the hub. */
  hubNamespace: string;
  content: RenderedContent;
  holder: ClaimHolder;
}

export interface ApplicationOptions {
  settings: Pick<MemberSettings, 'parallelRequests' | 'patienceMs' | 'checkIntervalMs'>;
  signal: AbortSignal;
  /** Asks the hub whether the holder still has the cluster. @throws Displaced, or a final failure */
  confirmClaim(): Promise<void>;
}

/** What an attempt has achieved. */
export interface Applied {
  /** Objects were written or taken away since the application began. */
  changed: boolean;
  /** Whether the member could tell of every object that it is available. */
  trackable: boolean;
}

/** A list of pods for each, whenever the cluster is looked at again; of the others their own status is told. */
const workloadsLookedInto = 8;

/** One content for one member. Remembers between attempts what is already applied and available. */
export class Application {
  readonly #order: ApplicationOrder;
  readonly #options: ApplicationOptions;
  readonly #done = new Map<string, { uid: string; availability: Availability; generation: number }>();
  #workUid: string | undefined;
  #changed = false;
  #patienceMs: number;

  constructor(order: ApplicationOrder, options: ApplicationOptions) {
    this.#order = order;
    this.#options = options;
    this.#patienceMs = options.settings.patienceMs;
  }

  /**
   * Applies the content and waits until all of it is available.
   * @param opening the inventory as it was found, `undefined` if there is none
   * @throws ClusterTrouble, Displaced, Overtaken: see there
   */
  async bring(client: KubernetesClient, opening: AppliedWork | undefined): Promise<Applied> {
    const works = new AppliedWorks(client, this.#order.work, this.#options.signal);
    const work = opening ?? (await this.#createWork(works));
    this.#requireOurs(work);
    this.#forgetUnless(work);
    const resolved = await this.#explained(() =>
      resolveObjects(client, this.#order.content.manifests, this.#options.signal),
    );
    const attempt = { client, works, resolved };
    if (await this.#isThere(attempt, work)) await this.#claim(works, work);
    else await this.#applyAll(attempt, work);
    await this.#awaitAvailability(attempt);
    const states = resolved.objects.map(({ key }) => this.#done.get(key)?.availability.state);
    return { changed: this.#changed, trackable: !states.includes('notTrackable') };
  }

  /** Between reading the claim and creating the inventory the cluster may have been lost: then nothing may stay. */
  async #createWork(works: AppliedWorks): Promise<AppliedWork> {
    const work = await works.create(this.#order.hubNamespace);
    try {
      await this.#options.confirmClaim();
    } catch (error) {
      await works.delete(work);
      throw error;
    }
    return work;
  }

  /** @throws when the inventory is on its way out, or when a newer holder is at work on it */
  #requireOurs(work: AppliedWork): void {
    const claim = work.status?.claim;
    if (standsAgainst(claim, this.#order.holder)) throw new Displaced(claim);
    if (work.metadata.deletionTimestamp !== undefined) {
      throw new ClusterTrouble(
        `Cluster ${this.#order.cluster} is still removing what was there before (AppliedWork ${work.metadata.name}).`,
        { stage: 'notApplied' },
      );
    }
  }

  /** What was remembered holds only as long as nobody else has been at work on the same inventory. */
  #forgetUnless(work: AppliedWork): void {
    if (this.#workUid !== work.metadata.uid || !isHeldBy(work.status?.claim, this.#order.holder)) this.#done.clear();
    this.#workUid = work.metadata.uid;
  }

  /** Whether exactly this content is on the member, whoever brought it. Looks at each object that it does not know. */
  async #isThere({ client, resolved }: Attempt, work: AppliedWork): Promise<boolean> {
    const uids = uidsToFind(work, resolved, this.#order.content.contentHash);
    if (uids === undefined) return false;
    const missing: string[] = [];
    await this.#inParallel(resolved.objects, async (object) => {
      if (this.#done.has(object.key)) return;
      const { name, namespace } = object.manifest.metadata;
      const found = await client.find(object.definition, name, namespace, this.#options.signal);
      if (found !== undefined && found.metadata.uid === uids.get(object.key)) this.#remember(object.key, found);
      else missing.push(object.key);
    });
    return missing.length === 0;
  }

  /** The content is there, but another holder brought it. */
  async #claim(works: AppliedWorks, work: AppliedWork): Promise<void> {
    if (covers(work.status?.claim, this.#order.holder)) return;
    await works.replaceStatus(work, { ...work.status, claim: this.#newClaim(work) });
  }

  async #applyAll(attempt: Attempt, found: AppliedWork): Promise<void> {
    const { resolved, works } = attempt;
    const wanted = resolved.objects.map(({ entry }) => entry);
    const { prune, during } = inventoryDifference(found.status?.appliedResources ?? [], wanted);
    let work = await this.#writeAhead(works, found, during);
    work = await this.#applyWaves(attempt, work);
    await this.#prune(attempt.client, work, prune);
    const appliedResources = wanted.map((entry) => ({ ...entry, uid: this.#done.get(identityKey(entry))?.uid }));
    const { contentHash } = this.#order.content;
    await works.replaceStatus(work, { appliedResources, claim: this.#newClaim(work), contentHash });
  }

  /** Claim and inventory, before the first object is touched. */
  async #writeAhead(works: AppliedWorks, work: AppliedWork, during: AppliedResource[]): Promise<AppliedWork> {
    const status: AppliedWorkStatus = { appliedResources: during, claim: this.#newClaim(work) };
    return goJson(status) === goJson(work.status) ? work : works.replaceStatus(work, status);
  }

  #newClaim(work: AppliedWork): Claim {
    const claim = work.status?.claim;
    return covers(claim, this.#order.holder) ? claim : claimOf(this.#order.holder, rfc3339(Date.now()));
  }

  /** @returns the inventory as it was last read */
  async #applyWaves({ client, works, resolved }: Attempt, first: AppliedWork): Promise<AppliedWork> {
    let work = first;
    const failures = new Map(resolved.unknown.map((manifest) => [manifest, unknownKind(client.name, manifest)]));
    for (const [number, wave] of wavesOf(resolved.objects).entries()) {
      const due = wave.filter(({ key }) => !this.#done.has(key));
      if (due.length === 0) continue;
      if (number > 0) work = await this.#lookAgain(works, work);
      await this.#inParallel(due, async (object) => {
        const failure = await this.#applyOne(client, work, object);
        if (failure !== undefined) failures.set(object.manifest, failure);
      });
    }
    if (failures.size === 0) return work;
    // In the order of the content, so that every attempt names the same object first.
    const inOrder = this.#order.content.manifests.map((manifest) => failures.get(manifest));
    throw objectsTrouble(
      inOrder.filter((failure) => failure !== undefined),
      { stage: 'notApplied' },
    );
  }

  /** Between waves: has a newer holder begun, or is the inventory being removed? */
  async #lookAgain(works: AppliedWorks, before: AppliedWork): Promise<AppliedWork> {
    const work = await works.find();
    if (work === undefined || work.metadata.uid !== before.metadata.uid) {
      throw new Overtaken('The inventory was removed meanwhile.');
    }
    this.#requireOurs(work);
    if (!isHeldBy(work.status?.claim, this.#order.holder)) throw new Overtaken('The inventory was changed meanwhile.');
    return work;
  }

  async #applyOne(client: KubernetesClient, work: AppliedWork, object: WorkObject): Promise<ObjectFailure | undefined> {
    const { content } = this.#order;
    const options = { force: content.force, isOurs: knowsObject(work, object.key), signal: this.#options.signal };
    try {
      this.#changed = true;
      this.#remember(object.key, await applyObject(client, work, object, options));
      return undefined;
    } catch (error) {
      if (error instanceof Refusal) return refusal(object.manifest, error.message);
      if (error instanceof KubernetesError && !isUnreachable(error)) {
        return applyFailure(client.name, object.manifest, error);
      }
      throw error;
    }
  }

  /** Users go before what they use, one after the other: what is pruned is rarely much. */
  async #prune(client: KubernetesClient, work: AppliedWork, entries: readonly AppliedResource[]): Promise<void> {
    for (const entry of entries) {
      this.#options.signal.throwIfAborted();
      this.#changed = true;
      await this.#explained(() => pruneObject(client, work, entry, this.#options.signal));
    }
  }

  async #awaitAvailability({ client, resolved }: Attempt): Promise<void> {
    const pending = resolved.objects.filter(({ key }) => this.#isPending(key));
    if (pending.length === 0) return;
    const tell = (key: string, availability: Availability | undefined, generation: number): void => {
      const known = this.#done.get(key);
      if (known === undefined) return;
      if (availability === undefined) this.#done.delete(key);
      else this.#done.set(key, { ...known, availability, generation });
    };
    const isGone = (): boolean => pending.some(({ key }) => !this.#done.has(key));
    const isOver = (): boolean => isGone() || !pending.some(({ key }) => this.#isPending(key));
    const { signal } = this.#options;
    await watchAvailability(client, pending, tell, isOver, { timeoutMs: this.#patienceMs, signal });
    if (!isOver()) await this.#lookAtPending(client, pending);
    this.#patienceMs = this.#options.settings.checkIntervalMs;
    if (isGone()) throw new Overtaken('An object was removed from the member.');
    const unavailable = pending.filter(({ key }) => this.#isPending(key));
    if (unavailable.length === 0) return;
    const pods = await this.#lookAtPods(client, unavailable);
    const failures = unavailable.map((object) => this.#unavailable(client, object, pods.get(object.key)));
    throw objectsTrouble(failures, { stage: 'notAvailable', waited: true });
  }

  /** Of the workloads that are named first: their own status counts pods, and only the pods say what is wrong. */
  async #lookAtPods(client: KubernetesClient, unavailable: readonly WorkObject[]): Promise<Map<string, PodTrouble>> {
    const troubles = new Map<string, PodTrouble>();
    await this.#inParallel(unavailable.slice(0, workloadsLookedInto), async ({ key, manifest }) => {
      const trouble = await podTroubleOf(client, manifest, this.#options.signal);
      if (trouble !== undefined) troubles.set(key, trouble);
    });
    return troubles;
  }

  /** Repairs what the watch has missed, and notices a member that does not answer any more. */
  async #lookAtPending(client: KubernetesClient, pending: readonly WorkObject[]): Promise<void> {
    await this.#inParallel(pending, async ({ key, definition, manifest: { metadata } }) => {
      const found = await client.find(definition, metadata.name, metadata.namespace, this.#options.signal);
      if (found !== undefined && found.metadata.uid === this.#done.get(key)?.uid) this.#remember(key, found);
      else this.#done.delete(key);
    });
  }

  #unavailable(client: KubernetesClient, { key, manifest }: WorkObject, pods: PodTrouble | undefined): ObjectFailure {
    const { availability = { reason: '' }, generation = 0 } = this.#done.get(key) ?? {};
    return availabilityFailure(client.name, manifest, { availability, pods, generation });
  }

  #isPending(key: string): boolean {
    return this.#done.get(key)?.availability.state === 'notYet';
  }

  #remember(key: string, object: KubernetesObject): void {
    const { uid = '', generation = 0 } = object.metadata;
    this.#done.set(key, { uid, availability: availabilityOf(object), generation });
  }

  #inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const { settings, signal } = this.#options;
    return this.#explained(() =>
      inParallel(items, settings.parallelRequests, (item) => {
        signal.throwIfAborted();
        return work(item);
      }),
    );
  }

  async #explained<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw clusterTrouble(error);
    }
  }
}

/** What the steps of one attempt share. */
interface Attempt {
  client: KubernetesClient;
  works: AppliedWorks;
  resolved: ResolvedObjects;
}
