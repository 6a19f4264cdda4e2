/** Performs the steps of a rolling update and turns what comes of them into events, until it is over or its history long. */
import {
  CancellationScope,
  condition,
  isCancellation,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { ApplicationFailure, defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { ClusterOutcome, ClusterTarget } from '../activities/members/index.ts';
import { rollingUpdateStartedMessage } from '../api/conditions.ts';
import { formatReference, type ObjectReference } from '../api/references.ts';
import { searchAttributeNames } from '../api/temporal.ts';
import type { ClaimHolder } from '../domain/claims.ts';
import { describeRollout } from '../domain/rollouts/describe.ts';
import type { RolloutTarget } from '../domain/rollouts/facts.ts';
import type { RolloutEvent } from '../domain/rollouts/record.ts';
import { handOver, initialState, type HandedOver, type RolloutState } from '../domain/rollouts/state.ts';
import { viewRollout, type RolloutView } from '../domain/rollouts/view.ts';
import { advance, begin, type RolloutStep } from '../domain/rollouts/walk.ts';
import { sentenceOf } from './failures.ts';
import type { ClusterReportMessage } from './messages.ts';
import { member, promptly } from './proxies.ts';

/** Clusters in work get so long to finish before the workflow continues as new; then they are taken up again by the next. */
const handOverGrace = '10s';

/** Everything that a rolling update takes along when it continues as new. */
export interface ContinuedRollout extends HandedOver {
  /** With which the work in hand was begun. */
  claim?: ClaimHolder;
}

const placementAttribute = defineSearchAttributeKey(searchAttributeNames.placement, SearchAttributeType.KEYWORD);

export class RolloutWalk {
  readonly #placement: ObjectReference & { uid: string };
  readonly #state: RolloutState;
  /** As the last look has found it. */
  #claim: ClaimHolder | undefined;
  readonly #steps = new CancellationScope();
  /** Work in hand, by cluster. */
  readonly #works = new Map<string, CancellationScope>();
  readonly #running = new Set<Promise<void>>();
  #timer: CancellationScope | undefined;
  /** What no event stands for: the workflow cannot go on. */
  #failure: { error: unknown } | undefined;
  #begun = false;
  #draining = false;
  #isShown = false;
  #isFound = false;

  constructor(placement: ObjectReference & { uid: string }, continued?: ContinuedRollout) {
    this.#placement = placement;
    this.#state = initialState(continued);
    this.#claim = continued?.claim;
    // In search already, if at all.
    this.#isFound = continued !== undefined;
  }

  /** Of the placement that is rolled out. */
  get uid(): string {
    return this.#placement.uid;
  }

  /** @returns 'over' when nothing is left to do, 'continue' when it is ready to continue as new */
  async walk(): Promise<'over' | 'continue'> {
    const showing = new CancellationScope();
    // It ends by being cancelled.
    showing.run(() => this.#keepShowing()).catch(() => undefined);
    try {
      this.#begun = true;
      this.#perform(begin(this.#state));
      const isOver = (): boolean => this.#state.isOver || this.#failure !== undefined;
      await condition(() => isOver() || workflowInfo().continueAsNewSuggested);
      if (this.#failure !== undefined) throw this.#failure.error;
      if (!this.#state.isOver) await this.#drain();
      return this.#state.isOver ? 'over' : 'continue';
    } finally {
      showing.cancel();
      await this.#stopSteps();
    }
  }

  /** What comes before the beginning is told by the first look. */
  noteHubChange(): void {
    if (this.#begun) this.#report({ type: 'hubChanged', at: Date.now() });
  }

  noteReport(report: ClusterReportMessage): void {
    if (this.#begun) this.#report({ type: 'clusterTrouble', ...report, at: Date.now() });
  }

  view(): RolloutView {
    return viewRollout(this.#state, Date.now());
  }

  handOver(): ContinuedRollout {
    return { ...handOver(this.#state), claim: this.#claim };
  }

  #report(event: RolloutEvent): void {
    this.#isShown = false;
    this.#perform(advance(this.#state, event));
  }

  /** While it is about to continue as new, what begins now begins in the next execution. */
  #perform(steps: readonly RolloutStep[]): void {
    if (this.#draining) return;
    for (const step of steps) this.#carryOut(step);
  }

  #carryOut(step: RolloutStep): void {
    switch (step.do) {
      case 'look':
        return this.#start(() => this.#look());
      case 'updateCluster':
        return this.#work(step.cluster, () => this.#update(step.cluster, step.binding, step.target));
      case 'removeCluster':
        return this.#work(step.cluster, () => this.#remove(step.cluster, step.binding));
      case 'interrupt':
        return this.#works.get(step.cluster)?.cancel();
      case 'wait':
        return this.#wait(step.until);
      case 'end':
        return;
    }
  }

  /** @param run ends in an event, or by being cancelled with everything else */
  #start(run: () => Promise<void>): void {
    const running = this.#steps
      .run(run)
      .catch((error: unknown) => {
        if (!isCancellation(error)) this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Whatever comes of the work, it is one event; none if the next execution takes it up. */
  #work(cluster: string, work: () => Promise<RolloutEvent>): void {
    const scope = new CancellationScope({ cancellable: true, parent: this.#steps });
    this.#works.set(cluster, scope);
    this.#start(async () => {
      const event = await scope.run(work).catch((error: unknown): RolloutEvent => {
        if (this.#steps.consideredCancelled) throw error;
        return scope.consideredCancelled
          ? { type: 'clusterInterrupted', cluster, at: Date.now() }
          : { type: 'clusterFailed', cluster, message: sentenceOf(error), at: Date.now() };
      });
      this.#works.delete(cluster);
      this.#report(event);
    });
  }

  async #look(): Promise<void> {
    const { facts, claim, searchAttributes } = await promptly('readRollout', { ...this.#placement, now: Date.now() });
    this.#claim = claim ?? this.#claim;
    if (searchAttributes && !this.#isFound) {
      this.#isFound = true;
      upsertSearchAttributes([{ key: placementAttribute, value: formatReference(this.#placement) }]);
    }
    this.#report({ type: 'looked', facts, at: Date.now() });
  }

  async #update(cluster: string, binding: string, target: RolloutTarget): Promise<RolloutEvent> {
    const order: ClusterTarget = {
      placement: this.#placement,
      cluster,
      binding,
      resourceSnapshotIndex: target.index,
      resourceSnapshotName: target.snapshot,
      applyStrategy: target.applyStrategy,
      claim: this.#holder,
      rolloutStartedMessage: rollingUpdateStartedMessage,
    };
    const outcome = await member(`${cluster}: update to resource snapshot ${target.index}`).updateCluster(order);
    if (outcome.result === 'displaced') return displaced(cluster, outcome);
    return { type: 'clusterUpdated', cluster, available: outcome.available, at: Date.now() };
  }

  async #remove(cluster: string, binding: string): Promise<RolloutEvent> {
    const order = { placement: this.#placement, cluster, binding, claim: this.#holder };
    const outcome = await member(`${cluster}: remove`).removeCluster(order);
    return outcome.result === 'displaced'
      ? displaced(cluster, outcome)
      : { type: 'clusterRemoved', cluster, at: Date.now() };
  }

  get #holder(): ClaimHolder {
    if (this.#claim === undefined) throw ApplicationFailure.nonRetryable('Nothing may begin before a look at the hub.');
    return this.#claim;
  }

  #wait(until: number): void {
    this.#timer?.cancel();
    const timer = new CancellationScope({ cancellable: true, parent: this.#steps });
    this.#timer = timer;
    const wait = async (): Promise<void> => {
      await sleep(Math.max(until - Date.now(), 1), { summary: 'until the next cluster may be taken' });
      this.#report({ type: 'woken', at: Date.now() });
    };
    this.#start(() => timer.run(wait));
  }

  /** Lets clusters in work finish for a while, and interrupts what then still runs. */
  async #drain(): Promise<void> {
    this.#draining = true;
    this.#timer?.cancel();
    await condition(() => this.#works.size === 0, handOverGrace);
  }

  async #stopSteps(): Promise<void> {
    this.#draining = true;
    this.#steps.cancel();
    await CancellationScope.nonCancellable(() => Promise.allSettled([...this.#running]));
  }

  /** Once for everything that happens at one moment, since it costs a look at every cluster. */
  async #keepShowing(): Promise<void> {
    for (;;) {
      setCurrentDetails(describeRollout(formatReference(this.#placement), this.view()));
      this.#isShown = true;
      await condition(() => !this.#isShown);
    }
  }
}

function displaced(cluster: string, { by }: Extract<ClusterOutcome, { result: 'displaced' }>): RolloutEvent {
  return { type: 'clusterFailed', cluster, message: `${by} has taken cluster ${cluster} over.`, at: Date.now() };
}
