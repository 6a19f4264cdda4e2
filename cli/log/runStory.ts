/** A run's history as entries of its log. */
import { messageNames } from '../../api/temporal.ts';
import type { StageTaskMoment } from '../../api/runConditions.ts';
import { approvedTask, readApproval } from '../../domain/runs/approvals.ts';
import type { RunPlan } from '../../domain/runs/plan.ts';
import { clusterCount, quantity } from '../run/counts.ts';
import { runTarget } from '../rollout/target.ts';
import { ClusterWork } from './clusterWork.ts';
import type { Actor, EntryDraft, LogEntry } from './entries.ts';
import { Lifecycle, snapshotWords } from './lifecycle.ts';
import { fieldsOf, textOf, type Recorded, type RecordedEvent } from './recordedEvents.ts';
import { changesBetween, digestBefore, digestOf, type RunDigest } from './runChanges.ts';
import { RunReplay } from './runReplay.ts';
import type { Story } from './story.ts';
import type { ObjectReference } from '../../api/references.ts';

interface SentApproval {
  actor: Actor;
  stage: string;
  when: StageTaskMoment | undefined;
}

/** Takes the events of all executions of a run, one after the other. */
export class RunStory implements Story {
  readonly #lifecycle: Lifecycle;
  /** Of the run, where it is known from elsewhere: the history does not hold it. */
  readonly #strategy: string | undefined;
  #clusters = new ClusterWork();
  #replay: RunReplay | undefined;
  #digest: RunDigest | undefined;
  #approvals: SentApproval[] = [];
  #asked: { state: string; actor: Actor } | undefined;
  #waiting = '';

  constructor(reference: ObjectReference, strategy?: string) {
    this.#lifecycle = new Lifecycle(runTarget(reference));
    this.#strategy = strategy;
  }

  /** Uid of the object that the present execution is about; absent until it is known. */
  get uid(): string | undefined {
    return this.#replay?.uid;
  }

  take(event: RecordedEvent): LogEntry[] {
    if (event.type === 'started') this.#begin(event);
    const replay = this.#replay;
    if (replay === undefined) return [];
    replay.take(event);
    const drafts = [
      ...this.#lifecycle.take(event),
      ...this.#clusters.take(event),
      ...this.#ofMessage(event, replay),
      ...this.#ofRequest(event),
      ...this.#planning(replay),
      ...this.#changes(replay),
      ...this.#end(event, replay),
    ];
    return drafts.map(({ actor = this.#lifecycle.worker, ...draft }) => ({ time: event.time, actor, ...draft }));
  }

  #begin(started: Recorded<'started'>): void {
    const replay = new RunReplay(started);
    this.#replay = replay;
    this.#waiting = '';
    this.#digest = replay.progress && digestOf(replay.progress);
    if (replay.isContinued) return;
    this.#clusters = new ClusterWork();
    this.#approvals = [];
    this.#asked = undefined;
  }

  #planning({ plan, progress, isAdopted, unplanned }: RunReplay): EntryDraft[] {
    if (plan !== undefined && progress !== undefined && this.#digest === undefined) {
      this.#digest = isAdopted ? digestOf(progress) : digestBefore(plan, progress.requested);
      const how = isAdopted
        ? 'the run goes on where its status on the hub says it was, since its earlier history is lost'
        : 'the run is planned';
      const hold = progress.requested === 'Initialize' ? '; it begins when its spec.state is set to Run' : '';
      return [{ kind: 'planned', message: `${how}: ${planWords(plan, this.#strategy)}${hold}` }];
    }
    if (unplanned.state !== 'waiting' || unplanned.message === this.#waiting) return [];
    this.#waiting = unplanned.message;
    return [{ kind: 'waiting', message: `the run cannot be planned yet: ${unplanned.message.replace(/\.$/, '')}` }];
  }

  #changes({ plan, progress }: RunReplay): EntryDraft[] {
    if (plan === undefined || progress === undefined || this.#digest === undefined) return [];
    const changes = changesBetween(plan, this.#digest, progress);
    if (changes.length > 0) this.#digest = digestOf(progress);
    return changes.map((change) => this.#withActor(change));
  }

  /** Approvals and states are what people want; who that was is known if they said it in a message. */
  #withActor(change: EntryDraft): EntryDraft {
    switch (change.kind) {
      case 'approved': {
        const sent = this.#approvals.find(({ stage, when }) => stage === change.stage && isFor(when, change));
        return { ...change, actor: sent?.actor ?? { role: 'hub' } };
      }
      case 'stopping':
      case 'stopped':
      case 'resumed': {
        const asked = change.kind === 'resumed' ? 'Run' : 'Stop';
        const actor = this.#asked?.state === asked ? this.#lifecycle.worker : ({ role: 'hub' } as const);
        return { ...change, actor };
      }
      default:
        return change;
    }
  }

  #ofMessage(event: RecordedEvent, { plan, progress }: RunReplay): EntryDraft[] {
    if (event.type !== 'message') return [];
    const actor = this.#lifecycle.senderOf(event);
    if (event.name === messageNames.pause || event.name === messageNames.resume) {
      const state = event.name === messageNames.pause ? 'Stop' : 'Run';
      this.#asked = { state, actor };
      const message = state === 'Stop' ? 'asks the run to stop' : 'asks the run to go on';
      return [{ kind: 'stateAsked', actor, message }];
    }
    if (event.name !== messageNames.approve) return [];
    const sent = readApproval(event.input);
    if (typeof sent === 'string')
      return [{ kind: 'approvalIgnored', actor, message: `sends what is no approval: ${sent}` }];
    const task = plan === undefined || progress === undefined ? undefined : approvedTask(plan, progress, sent);
    if (typeof task === 'string') {
      return [{ kind: 'approvalIgnored', actor, message: `sends an approval that fits nothing: ${task}` }];
    }
    this.#approvals.push({ actor, stage: sent.stage, when: task?.when ?? sent.task });
    const words = sent.comment === undefined || sent.comment === '' ? '' : `: ${sent.comment}`;
    return [{ kind: 'approvalSent', actor, stage: sent.stage, message: `approves stage ${sent.stage}${words}` }];
  }

  #ofRequest(event: RecordedEvent): EntryDraft[] {
    if (event.type !== 'local' || event.activity !== 'acceptApproval') return [];
    if (fieldsOf(event.result).outcome !== 'missing') return [];
    return [{ kind: 'requestMissing', message: 'the approval request is gone from the hub, and is made again' }];
  }

  /** An end that the run's state has told already needs no more words. */
  #end(event: RecordedEvent, { unplanned, progress }: RunReplay): EntryDraft[] {
    if (event.type !== 'ended' || progress !== undefined) return [];
    if (unplanned.state === 'over') return [{ kind: 'ended', message: unplanned.message.replace(/\.$/, '') }];
    const why = textOf(unplanned.state === 'refused' ? unplanned.message : '');
    return event.how === 'failed' ? [{ kind: 'failed', message: `the run has failed: ${why}` }] : [];
  }
}

function isFor(when: StageTaskMoment | undefined, { message }: EntryDraft): boolean {
  return when === undefined || message.includes(when === 'before' ? ' to begin stage ' : ' after stage ');
}

/** Clusters, stages, snapshot and strategy of a plan. */
function planWords({ stages, removals, resourceSnapshot, placement }: RunPlan, strategy: string | undefined): string {
  const clusters = stages.reduce((sum, stage) => sum + stage.clusters.length, 0);
  const sizes = stages.map((stage) => `${stage.name} ${stage.clusters.length}`).join(', ');
  const removed = removals.length === 0 ? '' : `; at the end it is removed from ${clusterCount(removals.length)}`;
  const by = strategy === undefined ? '' : `, strategy ${strategy}`;
  const what = `${snapshotWords(resourceSnapshot.index)} of ${placement.name}`;
  return `${what} to ${clusterCount(clusters)} in ${quantity(stages.length, 'stage')} (${sizes})${by}${removed}`;
}
