/** The history of a placement that rolls out by itself, or goes away, as entries of its log. */
import type { ObjectReference } from '../../api/references.ts';
import { clusterCount } from '../run/counts.ts';
import { placementTarget } from '../rollout/target.ts';
import { ClusterWork } from './clusterWork.ts';
import { spanWords, type EntryDraft, type LogEntry } from './entries.ts';
import { Lifecycle } from './lifecycle.ts';
import { fieldsOf, textOf, type RecordedEvent } from './recordedEvents.ts';
import type { Story } from './story.ts';

/** A shorter pause is over before somebody has read of it. */
const shortestPauseMs = 1000;

/** Takes the events of all rolling updates of a placement, one after the other. */
export class RolloutStory implements Story {
  readonly #lifecycle: Lifecycle;
  #clusters = new ClusterWork();
  #uid: string | undefined;
  /** What was last said to be wanted. */
  #wanted = '';

  constructor(reference: ObjectReference) {
    this.#lifecycle = new Lifecycle(placementTarget(reference));
  }

  get uid(): string | undefined {
    return this.#uid;
  }

  take(event: RecordedEvent): LogEntry[] {
    if (event.type === 'started') this.#begin(event.input);
    const drafts = [
      ...this.#lifecycle.take(event).filter(({ kind }) => kind !== 'created'),
      ...this.#look(event),
      ...this.#clusters.take(event),
      ...this.#pause(event),
      ...this.#end(event),
    ];
    return drafts.map(({ actor = this.#lifecycle.worker, ...draft }) => ({ time: event.time, actor, ...draft }));
  }

  #begin(input: unknown): void {
    const { uid, continued } = fieldsOf(input);
    if (this.#uid !== uid) this.#wanted = '';
    this.#uid = textOf(uid);
    if (continued === undefined) this.#clusters = new ClusterWork();
  }

  /** Only what is new is told of a look at the hub. */
  #look(event: RecordedEvent): EntryDraft[] {
    const result = event.type === 'local' && event.activity === 'readRollout' ? event.result : undefined;
    const { mode, desired, settled, target, clusters } = fieldsOf(fieldsOf(result).facts);
    if (mode === undefined) return [];
    const index = textOf(fieldsOf(target).index);
    // How many are left of a removal is told by the clusters themselves.
    const wanted = mode === 'remove' ? 'remove' : `${textOf(mode)} ${index} ${String(desired)}`;
    if (wanted === this.#wanted) return [];
    this.#wanted = wanted;
    const others = Array.isArray(clusters) ? clusters.length : 0;
    const counts = { desired: Number(desired ?? 0), settled: Number(settled ?? 0), others };
    return [{ kind: 'rollout', message: wantedWords(textOf(mode), index, counts) }];
  }

  #pause(event: RecordedEvent): EntryDraft[] {
    if (event.type !== 'timerStarted' || event.lengthMs < shortestPauseMs) return [];
    return [{ kind: 'pause', message: `the next cluster may be taken in ${spanWords(event.lengthMs)}` }];
  }

  #end(event: RecordedEvent): EntryDraft[] {
    if (event.type !== 'ended') return [];
    if (event.how === 'completed') return [{ kind: 'ended', message: 'nothing is left to do' }];
    return event.how === 'failed' ? [{ kind: 'failed', message: `the rolling update failed: ${event.message}` }] : [];
  }
}

interface Counts {
  desired: number;
  settled: number;
  others: number;
}

function wantedWords(mode: string, index: string, { desired, settled, others }: Counts): string {
  switch (mode) {
    case 'rollingUpdate': {
      if (index === '') return `there is no resource snapshot yet for ${clusterCount(desired)}`;
      return `resource snapshot ${index} is wanted on ${clusterCount(desired)}: ${settled} settled, ${others} to be seen to`;
    }
    case 'external':
      return 'runs have the rollout from now on; what is in work comes to its end';
    case 'remove':
      return `the placement is deleted: its copies are removed from ${clusterCount(others)}`;
    default:
      return 'the placement does not exist any more';
  }
}
