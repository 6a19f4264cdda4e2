/** Takes the copies of a placement away from one cluster, then its binding from the hub. */
import { ApplicationFailure } from '@temporalio/activity';
import { finalizers } from '../../api/labels.ts';
import { kinds } from '../../api/kinds.ts';
import { appliedWorkName } from '../../api/names.ts';
import { formatReference } from '../../api/references.ts';
import type { AppliedWork } from '../../api/types/appliedwork.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import { isSelfRemoval } from '../../domain/claims.ts';
import { removalTrouble } from '../../domain/placements/removal.ts';
import { rfc3339 } from '../../domain/time.ts';
import { delay } from '../../kube/backoff.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import type { ActivityRun } from './activityRun.ts';
import { AppliedWorks } from './appliedWork.ts';
import { attemptUntilDone } from './attempts.ts';
import { removalTroubleStatus } from './bindingStatus.ts';
import { Bindings, isClaimedForRemoval, requireClaimable, withRemoval } from './binding.ts';
import type { MemberDependencies, MemberSettings } from './dependencies.ts';
import { HeldObjects } from './heldObjects.ts';
import { ClusterTrouble, Overtaken } from './interruptions.ts';
import { memberClient, requireReady } from './memberAccess.ts';
import type { ClusterOutcome, RemovalTarget } from './targets.ts';

/** One removal from one cluster, from the first attempt to the one that succeeds. */
export class ClusterRemoval {
  readonly #target: RemovalTarget;
  readonly #hub: KubernetesClient;
  readonly #members: MemberDependencies['members'];
  readonly #settings: MemberSettings;
  readonly #run: ActivityRun;
  readonly #bindings: Bindings;
  readonly #held = new HeldObjects();
  /** As this removal has found or written it last. */
  #binding: ClusterResourceBinding | undefined;
  #changed = false;
  #patienceMs: number;

  constructor(
    target: RemovalTarget,
    dependencies: Pick<MemberDependencies, 'hub' | 'members'>,
    settings: MemberSettings,
    run: ActivityRun,
  ) {
    this.#target = target;
    this.#hub = dependencies.hub;
    this.#members = dependencies.members;
    this.#settings = settings;
    this.#run = run;
    this.#bindings = new Bindings(dependencies.hub, target.placement, run.signal);
    this.#patienceMs = settings.patienceMs;
  }

  /** @throws Displaced; ApplicationFailure; KubernetesError about the hub; the signal's reason */
  carryOut(): Promise<ClusterOutcome> {
    const { reporter, signal } = this.#run;
    return attemptUntilDone((previous) => this.#attempt(previous), {
      reporter,
      signal,
      settings: this.#settings,
      onTrouble: (trouble) => this.#record(trouble),
    });
  }

  async #attempt(previous: ClusterTrouble | undefined): Promise<ClusterOutcome> {
    const found = await this.#bindings.find(this.#target.binding);
    if (found !== undefined) {
      const binding = await this.#claim(found);
      this.#binding = binding;
      if (await this.#isMember()) await this.#removeFromMember(previous);
      await this.#letGo(binding);
    }
    return { result: 'updated', changed: this.#changed };
  }

  /** A binding that is being deleted is nobody's any more; the claim only tells an older holder to stop. */
  async #claim(binding: ClusterResourceBinding): Promise<ClusterResourceBinding> {
    const { claim } = this.#target;
    if (binding.metadata.deletionTimestamp === undefined) {
      requireClaimable(binding, claim);
      this.#requireUnwanted(binding);
    }
    if (isClaimedForRemoval(binding, claim)) return binding;
    return this.#bindings.replace(withRemoval(binding, claim, rfc3339(Date.now())));
  }

  /** By now the placement may have selected the cluster again; one that is deleted itself selects nothing. */
  #requireUnwanted(binding: ClusterResourceBinding): void {
    if (isSelfRemoval(this.#target.claim) || binding.spec.state === 'Unscheduled') return;
    throw ApplicationFailure.nonRetryable(
      `Cluster ${this.#target.cluster} is selected by placement ${formatReference(this.#target.placement)} again, so nothing is removed from it.`,
      'BindingSelected',
    );
  }

  /** What a cluster that has left the fleet holds stays there: it is not ours to reach any more. */
  async #isMember(): Promise<boolean> {
    const member = await this.#hub.find(kinds.memberCluster, this.#target.cluster, undefined, this.#run.signal);
    return member !== undefined && member.metadata.deletionTimestamp === undefined;
  }

  async #removeFromMember(previous: ClusterTrouble | undefined): Promise<void> {
    const { reporter, signal } = this.#run;
    const client = await memberClient(this.#members, this.#target.cluster, signal);
    if (previous?.unreachable === true) await requireReady(client, signal);
    const works = new AppliedWorks(client, appliedWorkName(this.#target.placement), signal);
    const work = await reporter.awaitAnswer(works.find(), this.#settings.silenceMs);
    if (work === undefined) return;
    this.#changed = true;
    if (work.metadata.deletionTimestamp === undefined) await works.delete(work);
    await this.#awaitGone(client, works, work);
  }

  /** The member's own garbage collection removes the objects first, then the inventory that owns them. */
  async #awaitGone(client: KubernetesClient, works: AppliedWorks, work: AppliedWork): Promise<void> {
    const { name, uid } = work.metadata;
    const gone = Promise.withResolvers<undefined>();
    const isOther = (other: AppliedWork | undefined): boolean => other?.metadata.uid !== uid;
    const informer = new Informer(client, kinds.appliedWork, {
      fieldSelector: `metadata.name=${name}`,
      onEvent: ({ type, object }) => {
        if (type === 'deleted' || isOther(object)) gone.resolve(undefined);
      },
    });
    const stopping = new AbortController();
    void informer.synced.then(
      () => {
        if (isOther(informer.get(name))) gone.resolve(undefined);
      },
      () => undefined,
    );
    try {
      informer.start();
      await Promise.race([gone.promise, delay(this.#patienceMs, AbortSignal.any([this.#run.signal, stopping.signal]))]);
    } finally {
      stopping.abort(new Error('The wait is over.'));
      informer.stop();
    }
    this.#patienceMs = this.#settings.checkIntervalMs;
    const left = await works.find();
    if (left === undefined || isOther(left)) return;
    const held = await this.#held.find(client, left, this.#run.signal);
    throw new ClusterTrouble(
      `Cluster ${client.name} is still removing the objects of placement ${formatReference(this.#target.placement)} ` +
        `(AppliedWork ${name})${held === undefined ? '.' : `: ${held}`}`,
      { stage: 'notApplied', waited: true, passing: held === undefined },
    );
  }

  /**
   * Writes what keeps the copies to the binding's status, for whoever asks the hub. That they take their time is only
   * said where something worse was said before. If the binding has changed, the next attempt sees to it.
   */
  async #record({ message, passing }: ClusterTrouble): Promise<void> {
    if (this.#binding === undefined) return;
    const said = removalTrouble(this.#binding)?.message;
    if (said === message || (said === undefined && passing)) return;
    try {
      this.#binding = await this.#bindings.replaceStatus(this.#binding, removalTroubleStatus(this.#binding, message));
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
    }
  }

  /** The deletion comes before the finalizer goes, so that nobody can take the binding up in between. */
  async #letGo(binding: ClusterResourceBinding): Promise<void> {
    if (binding.metadata.deletionTimestamp === undefined) await this.#bindings.delete(binding);
    const current = await this.#bindings.find(this.#target.binding);
    if (current === undefined || current.metadata.uid !== binding.metadata.uid) return;
    const kept = current.metadata.finalizers?.filter((finalizer) => finalizer !== finalizers.work) ?? [];
    if (kept.length === current.metadata.finalizers?.length) return;
    await this.#bindings.replace({ ...current, metadata: { ...current.metadata, finalizers: kept } });
  }
}
