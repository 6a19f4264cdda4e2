/** A rolling update that goes through whatever it is told to, and is held against all rules after each step. */
import { decide } from '../../../../../domain/rollouts/decide.ts';
import { targetKey, type RolloutFacts, type RolloutTarget } from '../../../../../domain/rollouts/facts.ts';
import type { RolloutPause } from '../../../../../domain/rollouts/limits.ts';
import { handOver, initialState, type HandedOver, type RolloutState } from '../../../../../domain/rollouts/state.ts';
import { advance, begin, type RolloutStep } from '../../../../../domain/rollouts/walk.ts';
import type { RolloutEvent } from '../../../../../domain/rollouts/record.ts';
import { ModelledHub } from './modelledHub.ts';

/** What may happen. Where it does not fit, nothing happens. */
export const happenings = {
  workGoesOn: 24,
  workFails: 1,
  clusterIsInTrouble: 2,
  lookIsRead: 6,
  lookIsAnswered: 6,
  hintArrives: 4,
  timerGoesOff: 3,
  timePasses: 2,
  snapshotIsTaken: 2,
  applyStrategyChanges: 1,
  limitsChange: 1,
  strategyChanges: 1,
  clusterIsSelected: 5,
  clusterIsDeselected: 3,
  clusterIsRepointed: 1,
  clusterIsEvicted: 1,
  historyGetsLong: 1,
  workflowIsLost: 1,
} as const;

export interface Happening {
  what: keyof typeof happenings;
  /** Chooses among those to which it may happen, and how. */
  choice: number;
  /** Since the last one. */
  milliseconds: number;
}

type WorkStep = Extract<RolloutStep, { do: 'updateCluster' | 'removeCluster' }>;

/** An activity. `begun`: 0 not yet, 1 claimed on the hub, 2 at work on the cluster. */
interface Activity {
  step: WorkStep;
  begun: 0 | 1 | 2;
}

export class ModelledRollout {
  readonly hub = new ModelledHub();
  readonly #limit: number;
  #state: RolloutState;
  #now = Date.parse('2026-01-01T00:00:00Z') + 123;
  readonly #activities = new Map<string, Activity>();
  #timer: number | undefined;
  /** The hub has changed since a hint was sent. */
  #hasChanged = false;
  #isLooking = false;
  #read: RolloutFacts | undefined;
  /** Has ended, and nothing has begun another. */
  #isOver = false;
  starts = 0;

  constructor(clusters: number, limit: number, pause: RolloutPause) {
    this.#limit = limit;
    this.hub.pause = pause;
    for (let number = 0; number < clusters; number += 1) this.hub.select(nameOf(number));
    this.#state = initialState(undefined, limit);
    this.#take(begin(this.#state));
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  happen({ what, choice, milliseconds }: Happening): void {
    this.#now += milliseconds;
    const activities = [...this.#activities.values()];
    const activity = activities[choice % activities.length];
    const cluster = nameOf(choice % 9);
    switch (what) {
      case 'workGoesOn':
        return this.#goOn(activity, choice);
      case 'workFails':
        return this.#fail(activity);
      case 'clusterIsInTrouble':
        return this.#trouble(activity, choice);
      case 'lookIsRead':
        return this.#readFacts();
      case 'lookIsAnswered':
        return this.#answer();
      case 'hintArrives':
        return this.#hint();
      case 'timerGoesOff':
        return this.#wake();
      case 'timePasses':
        this.#now += 30_000;
        return;
      case 'snapshotIsTaken':
        return this.#change(() => (this.hub.snapshot += 1));
      case 'applyStrategyChanges':
        return this.#change(() => (this.hub.force = !this.hub.force));
      case 'limitsChange':
        return this.#change(() => {
          this.hub.settings = {
            maxUnavailable: [0, 1, 2, '25%', '50%', '100%'][choice % 6],
            maxSurge: [0, 1, '25%'][choice % 3],
            unavailablePeriodSeconds: [0, 10, 60][choice % 3],
          };
        });
      case 'strategyChanges':
        return this.#change(() => (this.hub.isExternal = !this.hub.isExternal));
      case 'clusterIsSelected':
        return this.#change(() => {
          this.hub.select(cluster);
        });
      case 'clusterIsDeselected':
        return this.#change(() => {
          this.hub.deselect(cluster);
        });
      case 'clusterIsRepointed':
        return this.#change(() => {
          for (const [name, { spec }] of this.hub.bindings) if (spec.state !== 'Unscheduled') this.hub.select(name);
        });
      case 'clusterIsEvicted':
        return this.#change(() => {
          this.hub.evict(cluster);
        });
      case 'historyGetsLong':
        return this.#continueAsNew();
      case 'workflowIsLost':
        return this.#lose();
    }
  }

  /** Nothing has changed since the last look: another one, as after a crash, finds nothing to do. */
  lookInVain(): void {
    // What is due by now is not the look's doing.
    if (this.#timer !== undefined && this.#timer <= this.#now) this.#wake();
    this.#calmDown();
    if (this.#isOver) return;
    const { starts } = this;
    this.#report({ type: 'hubChanged', at: this.#now });
    this.#answer();
    if (this.starts !== starts) throw new Error('A look that shows nothing new starts something.');
  }

  /** Lets everything go well until the rolling update has ended. */
  letRun(): void {
    for (let turn = 0; !this.#isOver || this.#hasChanged; turn += 1) {
      if (turn > 2_000)
        throw new Error(`It comes to no end: ${JSON.stringify(decide(this.#state, this.#now).waiting)}`);
      this.#now += 700;
      this.#calmDown();
      const [activity] = this.#activities.values();
      if (activity !== undefined) this.#goOn(activity, turn);
      else if (this.#timer !== undefined) this.#wake();
    }
    const { hub } = this;
    for (const [cluster, { spec }] of hub.bindings) {
      if (hub.isDeleted) throw new Error(`${cluster} is left over from a placement that is deleted.`);
      if (hub.isExternal) continue;
      if (spec.state === 'Unscheduled') throw new Error(`${cluster} keeps its copies, although it is not selected.`);
      if (hub.contents.get(cluster) !== hub.target) throw new Error(`${cluster} is not at the target.`);
      if (!hub.working.has(cluster)) throw new Error(`${cluster} is not available.`);
    }
  }

  #calmDown(): void {
    this.#hint();
    for (let looks = 0; this.#isLooking; looks += 1) {
      if (looks > 3) throw new Error('It looks at the hub again and again.');
      this.#answer();
    }
  }

  #change(how: () => void): void {
    how();
    this.#hasChanged = true;
  }

  /** Something is to be done, so that the controllers start a rolling update if there is none. */
  #hint(): void {
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    if (this.#isOver) this.#startAnew();
    else this.#report({ type: 'hubChanged', at: this.#now });
  }

  #readFacts(): void {
    if (this.#isLooking) this.#read ??= this.hub.facts(this.#now);
  }

  #answer(): void {
    if (!this.#isLooking) return;
    this.#readFacts();
    const facts = this.#read;
    if (facts === undefined) return;
    this.#isLooking = false;
    this.#read = undefined;
    this.#report({ type: 'looked', facts, at: this.#now });
  }

  #wake(): void {
    if (this.#timer === undefined) return;
    this.#now = Math.max(this.#now, this.#timer);
    this.#timer = undefined;
    this.#report({ type: 'woken', at: this.#now });
  }

  /** The next thing that an activity does. */
  #goOn(activity: Activity | undefined, choice: number): void {
    if (activity === undefined) return;
    const { step } = activity;
    const { cluster } = step;
    if (activity.begun === 0) {
      activity.begun = 1;
      const isRefused =
        step.do === 'updateCluster' ? !this.hub.claim(cluster, step.target) : !this.hub.beginRemoval(cluster);
      if (isRefused) this.#fail(activity);
      return;
    }
    if (activity.begun === 1 && step.do === 'updateCluster') {
      activity.begun = 2;
      this.hub.beginUpdate(cluster, step.target);
      return;
    }
    this.#activities.delete(cluster);
    const at = this.#now;
    if (step.do === 'updateCluster') {
      const available = this.hub.endUpdate(cluster, choice % 3 !== 0, at);
      this.#report({ type: 'clusterUpdated', cluster, available, at });
    } else {
      this.hub.endRemoval(cluster);
      this.#report({ type: 'clusterRemoved', cluster, at });
    }
  }

  #fail(activity: Activity | undefined): void {
    if (activity === undefined) return;
    const { cluster } = activity.step;
    this.#activities.delete(cluster);
    this.#report({ type: 'clusterFailed', cluster, message: 'It did not work.', at: this.#now });
  }

  #trouble(activity: Activity | undefined, choice: number): void {
    if (activity?.begun !== 2) return;
    const { cluster } = activity.step;
    this.hub.reportTrouble(cluster, choice % 2 === 0, this.#now);
    this.#report({ type: 'clusterTrouble', cluster, reason: 'It is refused.', since: '', at: this.#now });
  }

  /** Some activities end with the execution, the others are taken up again. */
  #continueAsNew(): void {
    if (this.#isOver) return;
    const handed = JSON.parse(JSON.stringify(handOver(this.#state))) as HandedOver;
    const inHand = new Set(this.#activities.keys());
    this.#forget();
    this.#state = initialState(handed, this.#limit);
    const steps = begin(this.#state);
    const again = steps.flatMap((step) => ('cluster' in step && step.do !== 'interrupt' ? [step.cluster] : []));
    if (again.length !== inHand.size || !again.every((cluster) => inHand.has(cluster))) {
      throw new Error('Not all of what was in hand is taken up again.');
    }
    this.#take(steps, true);
  }

  #lose(): void {
    if (this.#isOver) return;
    this.#forget();
    this.#startAnew();
  }

  #startAnew(): void {
    this.#isOver = false;
    this.#state = initialState(undefined, this.#limit);
    this.#take(begin(this.#state));
  }

  #forget(): void {
    this.#activities.clear();
    this.#timer = undefined;
    this.#isLooking = false;
    this.#read = undefined;
  }

  #report(event: RolloutEvent): void {
    this.#take(advance(this.#state, event));
    this.#checkWaits();
  }

  /** @param again work that was granted before */
  #take(steps: readonly RolloutStep[], again = false): void {
    for (const step of steps) {
      if (this.#isOver) throw new Error(`${step.do} comes after the end.`);
      switch (step.do) {
        case 'look':
          if (this.#isLooking) throw new Error('It looks twice at a time.');
          this.#isLooking = true;
          break;
        case 'wait':
          this.#timer = step.until;
          break;
        case 'interrupt':
          this.#interrupt(step.cluster);
          break;
        case 'end':
          this.#end();
          break;
        default:
          if (!again) this.#checkStart(step);
          this.#activities.set(step.cluster, { step, begun: 0 });
          this.starts += 1;
          if (this.#activities.size > this.#limit) throw new Error('More clusters are in work than there may be.');
      }
    }
  }

  /** The activity stops where it is, and says so a little later: the next event may be anything. */
  #interrupt(cluster: string): void {
    if (!this.#activities.delete(cluster)) throw new Error(`${cluster} is interrupted, but nobody works on it.`);
    this.#interrupted.push(cluster);
  }

  readonly #interrupted: string[] = [];

  #end(): void {
    this.#isOver = true;
    this.#timer = undefined;
    if (this.#activities.size > 0) throw new Error('It ends while clusters are in work.');
  }

  #checkStart(step: WorkStep): void {
    const { hub } = this;
    const { cluster } = step;
    const facts = this.#state.facts;
    if (facts === undefined) throw new Error('It starts something before it has looked.');
    if (this.#activities.has(cluster)) throw new Error(`${cluster} is worked on twice at a time.`);
    const isEviction =
      step.do === 'removeCluster' && hub.bindings.get(cluster)?.metadata.deletionTimestamp !== undefined;
    if (facts.mode === 'gone' || (facts.mode === 'external' && !isEviction)) {
      throw new Error(`It starts something while ${facts.mode}.`);
    }
    if (step.do === 'updateCluster') this.#checkTarget(step.target, facts);
    this.#checkBudget(step, facts);
    const hasCopies = hub.contents.has(cluster) || hub.bindings.get(cluster)?.spec.resourceSnapshotName !== undefined;
    if (step.do === 'updateCluster' && !hasCopies) this.#checkSurge(cluster, facts);
  }

  #checkTarget(target: RolloutTarget, facts: RolloutFacts): void {
    if (facts.target === undefined || targetKey(target) !== targetKey(facts.target)) {
      throw new Error('A cluster is brought to what is not the target.');
    }
  }

  /** An available cluster is taken only while enough others are. */
  #checkBudget(step: WorkStep, facts: RolloutFacts): void {
    const { hub } = this;
    const { cluster } = step;
    const binding = hub.bindings.get(cluster);
    const isDecidedElsewhere = facts.mode === 'remove' || binding?.metadata.deletionTimestamp !== undefined;
    if (!hub.working.has(cluster) || isDecidedElsewhere) return;
    if (step.do === 'updateCluster' && hub.contents.get(cluster) === targetKey(step.target)) return;
    if (this.#isSettling(cluster, facts)) throw new Error(`${cluster} loses its slot too early.`);
    const others = [...hub.working].filter(
      (name) => name !== cluster && !this.#activities.has(name) && !this.#isSettling(name, facts),
    ).length;
    const needed = facts.desired - facts.limits.maxUnavailable;
    if (others < needed)
      throw new Error(`${cluster} is taken, though only ${others} of ${needed} others are available.`);
  }

  #isSettling(cluster: string, { limits, clusters }: RolloutFacts): boolean {
    // The pace of updates does not keep what is to go.
    const isLeaving = clusters.some((one) => one.cluster === cluster && one.selected !== true);
    if (isLeaving && !this.hub.unobserved.has(cluster)) return false;
    return (this.hub.paused.get(cluster) ?? -Infinity) + limits.unavailableMs > this.#now;
  }

  /** No cluster more gets copies than wanted and surge, except that those which have failed do not count. */
  #checkSurge(cluster: string, facts: RolloutFacts): void {
    const failed = new Set(facts.clusters.filter(({ health }) => health === 'failed').map((one) => one.cluster));
    const updating = [...this.#activities.values()].filter(({ step }) => step.do === 'updateCluster');
    const placed = new Set([...this.hub.contents.keys(), ...updating.map(({ step }) => step.cluster), cluster]);
    const count = [...placed].filter((name) => !failed.has(name)).length;
    const most = facts.desired + facts.limits.maxSurge;
    if (count > most) throw new Error(`${cluster} gets copies as number ${count} of ${most}.`);
  }

  /** Whoever waits has a reason, and something that ends it. */
  #checkWaits(): void {
    while (this.#interrupted.length > 0) {
      const cluster = this.#interrupted.shift() ?? '';
      this.#take(advance(this.#state, { type: 'clusterInterrupted', cluster, at: this.#now }));
    }
    if (this.#isOver || this.#isLooking) return;
    const { waiting, start } = decide(this.#state, this.#now);
    if (start.length > 0) throw new Error('The same state and time start something a second time.');
    for (const { cluster, message, ends } of waiting) {
      if (message === '') throw new Error(`${cluster} waits for no reason.`);
      if (ends === 'cluster' && this.#activities.size === 0) throw new Error(`${cluster} waits for nobody.`);
      if (ends === 'time' && this.#timer === undefined)
        throw new Error(`${cluster} waits for a moment that never comes.`);
    }
    const isMoving = this.#activities.size > 0 || this.#timer !== undefined;
    if (!isMoving && waiting.length === 0) throw new Error('Nothing waits, nothing happens, and it does not end.');
  }
}

function nameOf(number: number): string {
  return `member${String(number)}`;
}
