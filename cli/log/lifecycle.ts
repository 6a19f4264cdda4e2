/** What is told of any workflow: who started it, which worker carries it out, and how it ended from outside. */
import { messageNames } from '../../api/temporal.ts';
import type { Actor, EntryDraft } from './entries.ts';
import { fieldsOf, textOf, type Recorded, type RecordedEvent } from './recordedEvents.ts';

/** Between the name of a worker and the time since when its process runs. */
const separator = ' since ';

export class Lifecycle {
  readonly #target: string;
  /** Names of programs that have spoken for the hub: the loops of Flotilla. */
  readonly #hubVoices = new Set<string>();
  #worker = '';
  /** Of the object that the last execution was about. */
  #uid = '';
  #isDeleted = false;

  /** @param target as people write it, such as `csur/web-1` */
  constructor(target: string) {
    this.#target = target;
  }

  /** The worker that carries the workflow out, or did last. */
  get worker(): Actor {
    return { role: 'worker', ...(this.#worker !== '' && { identity: this.#worker }) };
  }

  /** Whoever sent a message, by the name that stands in it or by their program. */
  senderOf({ input, identity }: Recorded<'message'>): Actor {
    const by = textOf(fieldsOf(input).by);
    return { role: 'person', ...(by !== '' && { name: by }), ...(identity !== '' && { identity }) };
  }

  take(event: RecordedEvent): EntryDraft[] {
    switch (event.type) {
      case 'started':
        return this.#started(event);
      case 'taskCompleted':
        return this.#carriedOutBy(event.identity);
      case 'taskFailed':
        return [{ kind: 'workerTrouble', message: `a step failed in the worker and is repeated: ${event.message}` }];
      case 'message':
        if (event.name === messageNames.hubChanged || event.name === messageNames.clusterReport) {
          this.#hubVoices.add(event.identity);
        }
        return [];
      case 'cancelRequested':
        return [this.#cancelRequested(event)];
      case 'ended':
        return this.#ended(event);
      default:
        return [];
    }
  }

  #started({ input, identity, summary = '' }: Recorded<'started'>): EntryDraft[] {
    const { uid, spec, continued } = fieldsOf(input);
    if (continued !== undefined) return [];
    // Another object that has the name is taken up anew, also by the same worker.
    if (textOf(uid) !== this.#uid) this.#worker = '';
    this.#uid = textOf(uid);
    const what = summary === '' ? '' : `: ${summary.slice(0, 1).toLowerCase()}${summary.slice(1)}`;
    if (uid !== undefined) {
      this.#hubVoices.add(identity);
      return [{ kind: 'created', actor: { role: 'hub' }, message: `${this.#target} is noticed on the hub${what}` }];
    }
    const { placementName, resourceSnapshotIndex, stagedRolloutStrategyName } = fieldsOf(spec);
    const wanted =
      spec === undefined
        ? what
        : `: ${snapshotWords(textOf(resourceSnapshotIndex))} of ${textOf(placementName)}, strategy ${textOf(stagedRolloutStrategyName)}`;
    const actor: Actor = { role: 'person', ...(identity !== '' && { identity }) };
    return [{ kind: 'started', actor, message: `${this.#target} is started through Temporal${wanted}` }];
  }

  #carriedOutBy(identity: string): EntryDraft[] {
    const before = this.#worker;
    if (identity === before || identity === '') return [];
    this.#worker = identity;
    const [name = '', since] = identity.split(separator);
    if (before === '') return [{ kind: 'takenUp', message: `${this.#target} is taken up by worker ${name}` }];
    const isRestart = since !== undefined && before.startsWith(`${name}${separator}`);
    const how = isRestart ? `worker ${name} was restarted and goes on` : `worker ${name} goes on`;
    return [{ kind: 'workerChanged', message: `${how} where the one before was` }];
  }

  #cancelRequested({ identity, cause }: Recorded<'cancelRequested'>): EntryDraft {
    this.#isDeleted = this.#hubVoices.has(identity);
    if (this.#isDeleted) {
      return { kind: 'endAsked', actor: { role: 'hub' }, message: `${this.#target} is deleted on the hub` };
    }
    const why = cause === '' ? '' : `: ${cause}`;
    return { kind: 'endAsked', actor: { role: 'person', identity }, message: `the workflow is to be cancelled${why}` };
  }

  #ended({ how, message, identity }: Recorded<'ended'>): EntryDraft[] {
    const why = message === '' ? '' : `: ${message}`;
    switch (how) {
      case 'cancelled':
        return [
          {
            kind: 'ended',
            message: this.#isDeleted ? 'nothing more is begun, since it was deleted' : 'the workflow ends, cancelled',
          },
        ];
      case 'terminated':
        return [{ kind: 'ended', actor: { role: 'person', identity }, message: `the workflow is terminated${why}` }];
      case 'timedOut':
        return [{ kind: 'ended', message: 'the workflow timed out' }];
      case 'continued':
        return [{ kind: 'continued', message: 'the history has become long, so it goes on in a new execution' }];
      default:
        return [];
    }
  }
}

/** `resource snapshot 3`, or what stands for it where the choice is left to the run. */
export function snapshotWords(index: string): string {
  return index === '' ? 'what is selected now' : `resource snapshot ${index}`;
}
