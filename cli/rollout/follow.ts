/** Follows a rollout by events of the hub until it ends, one way or another. */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { scopeOf } from '../../api/references.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import { nextLines } from '../nextLines.ts';
import type { RolloutEnd, StatusLine } from './runLines.ts';
import { tellChanges } from './teller.ts';

/** `unfinished` also when only the present state was asked for. */
export type FollowOutcome = 'succeeded' | 'failed' | 'unfinished' | 'deleted';

/** What there is to say of an object, and how it has ended. */
export interface Rollout<T extends KubernetesObject> {
  definition: ResourceDefinition<T>;
  lines(object: T): StatusLine[];
  /** Undefined while it goes on. */
  end(object: T): RolloutEnd | undefined;
}

export interface FollowOptions {
  /** 0 waits without end. */
  timeoutMs: number;
  /** Without it, only the present state is told. */
  watch: boolean;
  /** A line for the user. */
  say(line: string): void;
  /** The same where something went wrong. */
  complain(line: string): void;
}

/** @param first the object as it was found */
export async function followRollout<T extends KubernetesObject>(
  hub: KubernetesClient,
  first: T,
  { definition, lines, end }: Rollout<T>,
  { timeoutMs, watch, say, complain }: FollowOptions,
): Promise<FollowOutcome> {
  const tell = tellChanges(say);
  const look = (object: T): FollowOutcome | undefined => {
    tell(lines(object));
    const ended = end(object);
    if (ended === undefined) return undefined;
    if (ended.succeeded) say(ended.text);
    else complain([`error: ${ended.text}`, ...nextLines(ended.next ?? [])].join('\n'));
    return ended.succeeded ? 'succeeded' : 'failed';
  };
  const known = look(first);
  if (known !== undefined || !watch) return known ?? 'unfinished';
  return await untilEnd(hub, first, definition, { look, timeoutMs, complain });
}

interface Watching<T> {
  look(object: T): FollowOutcome | undefined;
  timeoutMs: number;
  complain(line: string): void;
}

async function untilEnd<T extends KubernetesObject>(
  hub: KubernetesClient,
  first: T,
  definition: ResourceDefinition<T>,
  { look, timeoutMs, complain }: Watching<T>,
): Promise<FollowOutcome> {
  const { name, uid } = first.metadata;
  const { promise, resolve } = Promise.withResolvers<FollowOutcome>();
  const informer = new Informer(hub, definition, {
    ...scopeOf(first.metadata),
    fieldSelector: `metadata.name=${name}`,
    onEvent: ({ type, object }) => {
      // Another object of the name is another rollout.
      if (type === 'deleted' || object.metadata.uid !== uid) resolve('deleted');
      const outcome = type === 'deleted' ? undefined : look(object);
      if (outcome !== undefined) resolve(outcome);
    },
    onError: (error, count) => {
      if (count === 1) complain(`${error instanceof Error ? error.message : String(error)} It is tried again.`);
    },
  });
  void informer.synced.then(
    () => {
      if (informer.items().length === 0) resolve('deleted');
    },
    () => undefined,
  );
  const timer =
    timeoutMs === 0
      ? undefined
      : setTimeout(() => {
          resolve('unfinished');
        }, timeoutMs);
  try {
    informer.start();
    const outcome = await promise;
    if (outcome === 'unfinished') complain('error: timed out waiting for the rollout; it goes on by itself');
    if (outcome === 'deleted') complain(`error: ${definition.kind} ${name} has been deleted`);
    return outcome;
  } finally {
    clearTimeout(timer);
    informer.stop();
  }
}
