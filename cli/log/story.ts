/** Tells what the events of a history mean. */
import type { LogEntry } from './entries.ts';
import type { RecordedEvent } from './recordedEvents.ts';

export interface Story {
  /** Uid of the object that the present execution is about; absent until it is known. */
  readonly uid: string | undefined;
  /** Takes the next event, of all executions one after the other. @returns what there is to say about it */
  take(event: RecordedEvent): LogEntry[];
}
