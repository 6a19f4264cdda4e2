/** The sentence for a name that the hub does not know. */
import type { ResourceDefinition } from '../../api/meta.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { formatReference, type ObjectReference } from '../../api/references.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { suggestion } from '../nearestName.ts';
import { findObject, listObjects, readable } from './hubReader.ts';
import type { Resource } from './resources.ts';

/** A kind in both scopes, where it exists in both. */
export type ScopedKind = Pick<Resource, 'cluster' | 'namespaced'>;

/** Says what else there is: the same name in another scope, the nearest name, or which names there are. */
export async function missingObject(
  hub: KubernetesClient,
  kind: ScopedKind,
  reference: ObjectReference,
): Promise<CommandError> {
  const definition = reference.namespace === undefined ? kind.cluster : (kind.namespaced ?? kind.cluster);
  const missing = `There is no ${definition.kind} ${formatReference(reference)} on the hub`;
  const elsewhere = await namesakeElsewhere(hub, kind, reference);
  if (elsewhere !== undefined) return new CommandError(exitCodes.notFound, `${missing}; ${elsewhere}.`);
  const names = await existingNames(hub, definition, reference);
  const end =
    names === undefined
      ? 'and you may not list those there are.'
      : suggestion(formatReference(reference), names, 'there is none at all.');
  return new CommandError(exitCodes.notFound, `${missing}; ${end}`);
}

/** Of all namespaces, for it may be the namespace that was mistyped; else of this one; undefined without the right. */
async function existingNames(
  hub: KubernetesClient,
  definition: ResourceDefinition,
  { namespace }: ObjectReference,
): Promise<string[] | undefined> {
  const everywhere = await readable(listObjects(hub, definition, {}));
  const found =
    everywhere ?? (namespace === undefined ? undefined : await readable(listObjects(hub, definition, { namespace })));
  return found?.map(({ metadata }) => formatReference(metadata));
}

/** An object of the same name that an option, or one option less, would have found. */
async function namesakeElsewhere(
  hub: KubernetesClient,
  { cluster, namespaced }: ScopedKind,
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
