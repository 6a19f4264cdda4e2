/** One watch request as a sequence of events. */
import type { Readable } from 'node:stream';
import type { KubernetesObject } from '../api/meta.ts';
import { timeoutError, unreadableError, watchError } from './failures.ts';
import type { Attempt } from './failures.ts';
import { parseJson } from './json.ts';

/** An event as the API server sends it. A bookmark's object holds nothing but a resourceVersion. */
export interface WatchEvent<T extends KubernetesObject> {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  object: T;
}

/**
 * Reads newline-delimited events until the server ends the watch.
 * @param idleTimeoutMs silence after which the connection counts as dead; bookmarks come about every minute
 * @throws KubernetesError; of class `gone` when the resourceVersion is too old
 */
export async function* readWatch<T extends KubernetesObject>(
  body: Readable,
  attempt: Attempt,
  idleTimeoutMs: number,
): AsyncGenerator<WatchEvent<T>, void> {
  const decoder = new TextDecoder();
  let rest = '';
  const idle = setTimeout(() => {
    body.destroy(timeoutError(attempt, idleTimeoutMs, 'Silence'));
  }, idleTimeoutMs);
  try {
    for await (const chunk of body) {
      idle.refresh();
      const lines = (rest + decoder.decode(chunk as Uint8Array, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line !== '') {
          yield parseEvent<T>(line, attempt);
        }
      }
    }
  } finally {
    clearTimeout(idle);
    body.destroy();
  }
}

function parseEvent<T extends KubernetesObject>(line: string, attempt: Attempt): WatchEvent<T> {
  let event: { type: string; object: unknown };
  try {
    event = parseJson(line) as typeof event;
  } catch {
    throw unreadableError(attempt);
  }
  switch (event.type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
      return event as WatchEvent<T>;
    case 'ERROR':
      throw watchError(attempt, event.object);
    default:
      throw unreadableError(attempt);
  }
}
