/** Waits until applied objects are available, by events of the member's API server. */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { Availability } from '../../domain/apply/availability.ts';
import { availabilityOf } from '../../domain/apply/availability.ts';
import { objectKey } from '../../domain/selection/identifiers.ts';
import { delay } from '../../kube/backoff.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';

/** An object on the member whose availability is awaited. */
export interface AwaitedObject {
  /** The same for all versions of the object. */
  key: string;
  definition: ResourceDefinition;
  manifest: KubernetesObject;
}

/** Called with what is known of an object now; `undefined`: it has gone. */
export type OnAvailability = (key: string, availability: Availability | undefined, generation: number) => void;

/**
 * Watches objects and tells every change of theirs, until `isOver` says so after one, or until the time is over.
 * @throws the signal's reason when it is aborted
 */
export async function watchAvailability(
  client: KubernetesClient,
  objects: readonly AwaitedObject[],
  tell: OnAvailability,
  isOver: () => boolean,
  options: { timeoutMs: number; signal: AbortSignal },
): Promise<void> {
  const over = Promise.withResolvers<undefined>();
  const informers = groupByCollection(objects).map(({ definition, namespace, keys, name }) => {
    const fieldSelector = name === undefined ? undefined : `metadata.name=${name}`;
    return new Informer(client, definition, {
      namespace,
      fieldSelector,
      onEvent: ({ type, object }) => {
        const key = objectKey(object);
        if (!keys.has(key)) return;
        tell(key, type === 'deleted' ? undefined : availabilityOf(object), object.metadata.generation ?? 0);
        if (isOver()) over.resolve(undefined);
      },
    });
  });
  const stopping = new AbortController();
  try {
    for (const informer of informers) informer.start();
    await Promise.race([over.promise, delay(options.timeoutMs, AbortSignal.any([options.signal, stopping.signal]))]);
  } finally {
    stopping.abort(new Error('The wait is over.'));
    for (const informer of informers) informer.stop();
  }
}

interface Collection {
  definition: ResourceDefinition;
  namespace?: string;
  keys: Set<string>;
  /** Of the only object that matters; several share one watch of their whole collection. */
  name?: string;
}

function groupByCollection(objects: readonly AwaitedObject[]): Collection[] {
  const collections = new Map<string, Collection>();
  for (const { key, definition, manifest } of objects) {
    const { name, namespace } = manifest.metadata;
    const id = [definition.group, definition.version, definition.plural, namespace].join('/');
    const collection = collections.get(id);
    if (collection === undefined) {
      collections.set(id, { definition, namespace, keys: new Set([key]), name });
    } else {
      collection.keys.add(key);
      collection.name = undefined;
    }
  }
  return [...collections.values()];
}
