/** What is told of clusters, whoever has them worked on: a run or a rolling update. */
import { messageNames } from '../../api/temporal.ts';
import { spanWords, type EntryDraft } from './entries.ts';
import { fieldsOf, textOf, type Recorded, type RecordedEvent } from './recordedEvents.ts';

interface Work {
  cluster: string;
  stage?: string;
  isRemoval: boolean;
  /** Epoch milliseconds. */
  begunAt: number;
  attempt: number;
  lastFailure?: string;
}

export class ClusterWork {
  readonly #works = new Map<number, Work>();
  readonly #troubles = new Map<string, string>();
  /** When an earlier execution began what is taken up again, by cluster; epoch milliseconds. */
  readonly #begunBefore = new Map<string, number>();

  take(event: RecordedEvent): EntryDraft[] {
    switch (event.type) {
      case 'scheduled':
        return this.#begins(event);
      case 'activityStarted':
        this.#noteAttempt(event);
        return [];
      case 'activityCompleted':
        return this.#completes(event);
      case 'activityFailed':
        return this.#fails(event);
      case 'activityCancelled':
        return this.#isInterrupted(event);
      case 'message':
        return event.name === messageNames.clusterReport ? this.#reports(event) : [];
      case 'ended':
        if (event.how === 'continued') this.#handOver();
        return [];
      default:
        return [];
    }
  }

  #begins({ id, time, activity, input }: Recorded<'scheduled'>): EntryDraft[] {
    if (activity !== 'updateCluster' && activity !== 'removeCluster') return [];
    const fields = fieldsOf(input);
    const cluster = textOf(fields.cluster);
    const stage = textOf(fields.stage);
    const isRemoval = activity === 'removeCluster';
    const before = this.#begunBefore.get(cluster);
    this.#begunBefore.delete(cluster);
    this.#works.set(id, {
      cluster,
      ...(stage !== '' && { stage }),
      isRemoval,
      begunAt: before ?? time,
      attempt: 1,
    });
    const what = isRemoval ? 'to be rid of the placement' : textOf(fields.resourceSnapshotIndex);
    const verb = before === undefined ? 'begins' : 'goes on with';
    const message = isRemoval ? `${cluster} begins ${what}` : `${cluster} ${verb} resource snapshot ${what}`;
    return [{ kind: 'clusterBegun', ...placeOf({ cluster, stage }), message }];
  }

  #noteAttempt({ scheduledId, attempt, lastFailure }: Recorded<'activityStarted'>): void {
    const work = this.#works.get(scheduledId);
    if (work === undefined) return;
    work.attempt = attempt;
    if (lastFailure !== undefined) work.lastFailure = lastFailure;
  }

  #completes({ scheduledId, time, result }: Recorded<'activityCompleted'>): EntryDraft[] {
    const work = this.#end(scheduledId);
    if (work === undefined) return [];
    const { cluster, isRemoval } = work;
    const outcome = fieldsOf(result);
    if (outcome.result === 'displaced') {
      const message = `${cluster} was taken over by ${textOf(outcome.by)}`;
      return [{ kind: 'clusterDisplaced', ...placeOf(work), message }];
    }
    const took = `after ${spanWords(time - work.begunAt)}`;
    const unchanged = outcome.changed === false ? ', nothing had to be changed' : '';
    const message = isRemoval ? `${cluster} is rid of the placement ${took}` : `${cluster} is done ${took}${unchanged}`;
    return [{ kind: 'clusterDone', ...placeOf(work), message: `${message}${attemptWords(work)}` }];
  }

  #fails({ scheduledId, message }: Recorded<'activityFailed'>): EntryDraft[] {
    const work = this.#end(scheduledId);
    if (work === undefined) return [];
    return [{ kind: 'clusterFailed', ...placeOf(work), message: `${work.cluster} failed: ${message}` }];
  }

  #isInterrupted({ scheduledId }: Recorded<'activityCancelled'>): EntryDraft[] {
    const work = this.#end(scheduledId);
    if (work === undefined) return [];
    return [{ kind: 'clusterInterrupted', ...placeOf(work), message: `the work on ${work.cluster} is interrupted` }];
  }

  /** An activity that ends well says itself that its trouble is over; that need not be told twice. */
  #reports({ input }: Recorded<'message'>): EntryDraft[] {
    const fields = fieldsOf(input);
    const [cluster, reason] = [textOf(fields.cluster), textOf(fields.reason)];
    const before = this.#troubles.get(cluster) ?? '';
    if (cluster === '' || before === reason) return [];
    const stage = [...this.#works.values()].find((work) => work.cluster === cluster)?.stage;
    const place = placeOf({ cluster, stage });
    if (reason === '') {
      this.#troubles.delete(cluster);
      return [{ kind: 'clusterGoesOn', ...place, message: `${cluster} goes on` }];
    }
    this.#troubles.set(cluster, reason);
    return [{ kind: 'clusterWaits', ...place, message: `${cluster} waits: ${reason.replace(/\.$/, '')}` }];
  }

  #end(scheduledId: number): Work | undefined {
    const work = this.#works.get(scheduledId);
    this.#works.delete(scheduledId);
    if (work !== undefined) this.#troubles.delete(work.cluster);
    return work;
  }

  #handOver(): void {
    for (const { cluster, begunAt } of this.#works.values()) this.#begunBefore.set(cluster, begunAt);
    this.#works.clear();
  }
}

function placeOf({ cluster, stage = '' }: { cluster: string; stage?: string }): Pick<EntryDraft, 'cluster' | 'stage'> {
  return { cluster, ...(stage !== '' && { stage }) };
}

/** Attempts are repeated by Temporal when a worker is lost or the hub does not answer. */
function attemptWords({ attempt, lastFailure }: Work): string {
  if (attempt < 2) return '';
  const why = lastFailure === undefined || lastFailure === '' ? '' : `; the one before failed: ${lastFailure}`;
  return `, at attempt ${attempt}${why}`;
}
