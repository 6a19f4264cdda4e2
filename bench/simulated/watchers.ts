/** Who watches the objects of one kind on one member, and what happened lately. */
import { matches, type Selection } from './selection.ts';
import type { StatusError } from './statusError.ts';
import { expired } from './statusError.ts';
import type { StoredObject } from './storedObject.ts';

/** Called for each event of a watch. */
export type OnWatchEvent = (type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'ERROR', object: unknown) => void;

/** Events that are remembered for watches that begin in the past. */
const remembered = 200;

interface PastEvent {
  version: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  object: StoredObject;
}

/** The watches of one kind on one member. */
export class Watchers {
  readonly #listeners = new Set<(event: PastEvent) => void>();
  readonly #past: PastEvent[] = [];
  #forgotten = 0;

  /** Tells all watches of a change. `object` must not change any more. */
  tell(type: PastEvent['type'], object: StoredObject): void {
    const event = { version: Number(object.metadata.resourceVersion), type, object };
    this.#past.push(event);
    if (this.#past.length > remembered) this.#forgotten = this.#past.shift()?.version ?? 0;
    for (const listener of this.#listeners) listener(event);
  }

  /**
   * Tells what happened since a version, then what happens.
   * @param since resourceVersion
   * @returns a function that ends the watch
   */
  follow(since: number, selection: Selection, onEvent: OnWatchEvent): () => void {
    if (since < this.#forgotten) {
      const error: StatusError = expired();
      onEvent('ERROR', error.body);
      return () => undefined;
    }
    const listener = ({ version, type, object }: PastEvent): void => {
      if (version > since && matches(object, selection)) onEvent(type, object);
    };
    this.#past.forEach(listener);
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}
