/** Reading the hub for somebody at a terminal: what goes wrong is one sentence with an exit code of its own. */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { KubernetesClient, ListOptions } from '../../kube/client.ts';
import { isRejected } from '../../kube/errors.ts';
import { CommandError, mistake } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { generalFault } from './hubFaults.ts';

/** What a request was to do, in the words of rights. */
export type Verb = 'get' | 'list' | 'watch';

/** All objects that match. @throws CommandError */
export async function listObjects<T extends KubernetesObject>(
  hub: KubernetesClient,
  definition: ResourceDefinition<T>,
  options: ListOptions,
): Promise<T[]> {
  try {
    return (await hub.list(definition, options)).items.map(shown);
  } catch (error) {
    throw hubFault(error, 'list', definition);
  }
}

/** @returns undefined where there is none. @throws CommandError */
export async function findObject<T extends KubernetesObject>(
  hub: KubernetesClient,
  definition: ResourceDefinition<T>,
  name: string,
  namespace: string | undefined,
): Promise<T | undefined> {
  try {
    const found = await hub.find(definition, name, namespace);
    return found === undefined ? undefined : shown(found);
  } catch (error) {
    throw hubFault(error, 'get', definition);
  }
}

/** Undefined where the user lacks the right: a help is not worth an error. */
export async function readable<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof CommandError && error.exitCode === exitCodes.notPermitted) return undefined;
    throw error;
  }
}

/** The failure of a request as a sentence; anything unexpected stays as it is. */
export function hubFault(error: unknown, verb: Verb, { plural }: ResourceDefinition): unknown {
  if (!isRejected(error)) return generalFault(error);
  const reason = (error.detail ?? error.message).replace(/\.$/, '');
  return mistake(`The hub refuses to ${verb} ${plural}: ${reason}.`, error);
}

/** Without what kubectl hides as well. */
function shown<T extends KubernetesObject>(object: T): T {
  delete object.metadata.managedFields;
  return object;
}
