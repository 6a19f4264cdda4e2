/** The sentence for a name that the hub does not know. */
import type { KubernetesClient } from '../../kube/client.ts';
import { formatReference, type ObjectReference } from '../../api/references.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { suggestion } from '../nearestName.ts';
import { findObject, listObjects, readable } from './hubReader.ts';
import type { Resource } from './resources.ts';

/** Says what else there is: the same name in another scope, the nearest name, or which names there are. */
export async function missingObject(
  hub: KubernetesClient,
  resource: Resource,
  reference: ObjectReference,
): Promise<CommandError> {
  const { name, namespace } = reference;
  const definition = namespace === undefined ? resource.cluster : (resource.namespaced ?? resource.cluster);
  const missing = `There is no ${definition.kind} ${formatReference(reference)} on the hub`;
  const elsewhere = await namesakeElsewhere(hub, resource, reference);
  if (elsewhere !== undefined) return new CommandError(exitCodes.notFound, `${missing}; ${elsewhere}.`);
  const existing = await readable(listObjects(hub, definition, namespace === undefined ? {} : { namespace }));
  const names = existing?.map(({ metadata }) => metadata.name);
  const end =
    names === undefined ? 'and you may not list those there are.' : suggestion(name, names, 'there is none at all.');
  return new CommandError(exitCodes.notFound, `${missing}; ${end}`);
}

/** An object of the same name that an option, or one option less, would have found. */
async function namesakeElsewhere(
  hub: KubernetesClient,
  { cluster, namespaced }: Resource,
  { name, namespace }: ObjectReference,
): Promise<string | undefined> {
  if (namespaced === undefined) return undefined;
  if (namespace !== undefined) {
    const found = await readable(findObject(hub, cluster, name, undefined));
    return found && `without -n ${namespace} you mean the ${cluster.kind} of that name`;
  }
  const others = await readable(listObjects(hub, namespaced, { fieldSelector: `metadata.name=${name}` }));
  const found = others?.[0]?.metadata.namespace;
  return found === undefined ? undefined : `with -n ${found} you mean the ${namespaced.kind} of that name`;
}
