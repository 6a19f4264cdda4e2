/** Follows objects of the hub until somebody has seen enough. */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { hubFault } from './hubReader.ts';

export interface Watching {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  /** Ends the watching without an error. */
  until: AbortSignal;
  /** Called once with everything that is there at first. */
  all(objects: KubernetesObject[]): void;
  /** Called with each object that came, changed, or went: then in its last state. */
  one(object: KubernetesObject, type: 'added' | 'modified' | 'deleted'): void;
  /** Told once for each stretch of trouble; the watching goes on by itself. */
  trouble(sentence: string): void;
}

/** @throws CommandError when it cannot begin, or a right is missing */
export async function watchObjects(
  hub: KubernetesClient,
  definitions: readonly ResourceDefinition[],
  watching: Watching,
): Promise<void> {
  const ended = Promise.withResolvers<undefined>();
  let isSynced = false;
  const failed = (definition: ResourceDefinition, error: unknown, count: number): void => {
    const fault = hubFault(error, isSynced ? 'watch' : 'list', definition);
    const isFinal = !isSynced || (fault instanceof CommandError && fault.exitCode === exitCodes.notPermitted);
    if (isFinal) ended.reject(fault);
    else if (count === 1) watching.trouble(fault instanceof Error ? fault.message : String(fault));
  };
  const informers = definitions.map(
    (definition) =>
      new Informer(hub, definition, {
        namespace: watching.namespace,
        labelSelector: watching.labelSelector,
        fieldSelector: watching.fieldSelector,
        onEvent: ({ type, object }) => {
          if (isSynced) watching.one(withKind(object, definition), type);
        },
        onError: (error, count) => failed(definition, error, count),
      }),
  );
  const end = (): void => ended.resolve(undefined);
  watching.until.addEventListener('abort', end, { once: true });
  if (watching.until.aborted) end();
  try {
    for (const informer of informers) informer.start();
    const synced = Promise.all(informers.map((informer) => informer.synced)).then(() => {
      watching.all(
        informers.flatMap((informer, index) => informer.items().map((object) => withKind(object, definitions[index]))),
      );
      isSynced = true;
    });
    await Promise.race([ended.promise, synced]);
    await ended.promise;
  } finally {
    watching.until.removeEventListener('abort', end);
    for (const informer of informers) informer.stop();
  }
}

/** Events carry both; an object out of a list has them filled in by the client. */
function withKind(object: KubernetesObject, definition: ResourceDefinition | undefined): KubernetesObject {
  return definition === undefined ? object : { ...object, kind: definition.kind };
}
