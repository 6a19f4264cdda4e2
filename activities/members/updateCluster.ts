/** Brings a snapshot to one cluster and waits until it is available there. */
import { appliedWorkName, memberNamespace } from '../../api/names.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { RenderedContent } from '../../domain/apply/render.ts';
import { namesTarget } from '../../domain/rollouts/boundTarget.ts';
import { availabilityReport } from '../../domain/rollouts/reports.ts';
import type { ActivityRun } from './activityRun.ts';
import { Application } from './application.ts';
import type { Applied } from './application.ts';
import { AppliedWorks } from './appliedWork.ts';
import { attemptUntilDone } from './attempts.ts';
import { Bindings, requireClaimable, requireUsable } from './binding.ts';
import { availableStatus, troubleStatus } from './bindingStatus.ts';
import type { MemberDependencies, MemberSettings } from './dependencies.ts';
import { ClusterTrouble, Displaced, Overtaken } from './interruptions.ts';
import { memberClient, requireReady } from './memberAccess.ts';
import { prepare } from './prepare.ts';
import type { SnapshotGroups } from './snapshots.ts';
import type { Turns } from './turns.ts';
import type { ClusterOutcome, ClusterTarget } from './targets.ts';

/** One update of one cluster, from the first attempt to the one that succeeds. */
export class ClusterUpdate {
  readonly #target: ClusterTarget;
  readonly #members: MemberDependencies['members'];
  readonly #snapshots: SnapshotGroups;
  readonly #turns: Turns;
  readonly #settings: MemberSettings;
  readonly #run: ActivityRun;
  readonly #bindings: Bindings;
  #application: Application | undefined;
  /** As it was last written; absent until the cluster is claimed. */
  #binding: ClusterResourceBinding | undefined;
  /** The trouble that the binding's status tells of. */
  #recorded = '';

  constructor(
    target: ClusterTarget,
    dependencies: Pick<MemberDependencies, 'hub' | 'members'>,
    shared: { snapshots: SnapshotGroups; turns: Turns },
    settings: MemberSettings,
    run: ActivityRun,
  ) {
    this.#target = target;
    this.#members = dependencies.members;
    this.#snapshots = shared.snapshots;
    this.#turns = shared.turns;
    this.#settings = settings;
    this.#run = run;
    this.#bindings = new Bindings(dependencies.hub, target.placement, run.signal);
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
    try {
      return await this.#bring(previous);
    } catch (error) {
      throw error instanceof Displaced ? await this.#orSameTarget(error) : error;
    }
  }

  /** A newer holder that wants the same disturbs nobody: its work is waited for. */
  async #orSameTarget(displaced: Displaced): Promise<Displaced | ClusterTrouble> {
    const { binding, cluster } = this.#target;
    const current = await this.#bindings.find(binding);
    if (current === undefined || !namesTarget(current, this.#target)) return displaced;
    const reason = `Cluster ${cluster} is being brought to the same resource snapshot by ${displaced.by}.`;
    return new ClusterTrouble(reason, { stage: 'notApplied' });
  }

  async #bring(previous: ClusterTrouble | undefined): Promise<ClusterOutcome> {
    const prepared = await this.#turns.run(() => prepare(this.#target, this.#bindings, this.#snapshots));
    if (prepared.state === 'upToDate') return updated(false, prepared.binding);
    this.#binding = prepared.binding;
    const { changed, trackable } = await this.#apply(prepared.content, previous);
    const binding = await this.#bindings.replaceStatus(
      prepared.binding,
      availableStatus(prepared.binding, this.#target.placement, trackable),
    );
    return updated(changed, binding);
  }

  async #apply(content: RenderedContent, previous: ClusterTrouble | undefined): Promise<Applied> {
    const { cluster } = this.#target;
    const { reporter, signal } = this.#run;
    const client = await memberClient(this.#members, cluster, signal);
    if (previous?.unreachable === true) {
      await requireReady(client, signal);
      reporter.report('');
    }
    this.#application ??= this.#newApplication(content);
    const works = new AppliedWorks(client, appliedWorkName(this.#target.placement), signal);
    const work = await reporter.awaitAnswer(works.find(), this.#settings.silenceMs);
    return this.#application.bring(client, work);
  }

  #newApplication(content: RenderedContent): Application {
    const { cluster, claim, placement } = this.#target;
    return new Application(
      {
        cluster,
        work: appliedWorkName(placement),
        hubNamespace: memberNamespace(cluster),
        content,
        holder: claim,
      },
      { settings: this.#settings, signal: this.#run.signal, confirmClaim: () => this.#confirmClaim() },
    );
  }

  async #confirmClaim(): Promise<void> {
    const binding = requireUsable(await this.#bindings.find(this.#target.binding), this.#target);
    requireClaimable(binding, this.#target.claim);
  }

  /** Writes a new trouble to the binding's status. If the binding has changed, the next attempt sees to it. */
  async #record(trouble: ClusterTrouble): Promise<void> {
    if (this.#binding === undefined || this.#recorded === trouble.message) return;
    try {
      const status = troubleStatus(this.#binding, this.#target.placement, trouble);
      this.#binding = await this.#bindings.replaceStatus(this.#binding, status);
      this.#recorded = trouble.message;
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
    }
  }
}

function updated(changed: boolean, binding: ClusterResourceBinding): ClusterOutcome {
  return { result: 'updated', changed, available: availabilityReport(binding) };
}
