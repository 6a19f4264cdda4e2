/** Single objects on the member: applied, looked for, taken away. */
import { memberFieldManager } from '../../api/labels.ts';
import type { KubernetesObject, OwnerReference, ResourceDefinition } from '../../api/meta.ts';
import type { AppliedResource, AppliedWork } from '../../api/types/appliedwork.ts';
import { definitionOf } from '../../domain/apply/inventory.ts';
import { prepareManifest } from '../../domain/apply/manifest.ts';
import { foreignOwner } from '../../domain/apply/ownership.ts';
import { scopeFault, type WorkObject } from '../../domain/apply/workObjects.ts';
import { describeObject } from '../../domain/selection/identifiers.ts';
import { delay } from '../../kube/backoff.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isConflict, isKindNotServed, isNotFound } from '../../kube/errors.ts';

/** An object is left alone; the message says why, in a sentence. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

export interface ApplyObjectOptions {
  force: boolean;
  /** The inventory already knows the object by its uid, so nobody else's is taken over. */
  isOurs: boolean;
  signal: AbortSignal;
}

/** A kind that was defined a moment ago may take this long to be served, and is asked for in these steps. */
const servedWithinMs = 5_000;
const servedCheckMs = 50;

/**
 * Applies one object with the inventory as its owner. An object that is already as it should be stays untouched.
 * @throws Refusal when it belongs to somebody else; KubernetesError
 */
export async function applyObject(
  client: KubernetesClient,
  work: AppliedWork,
  object: WorkObject,
  options: ApplyObjectOptions,
): Promise<KubernetesObject> {
  const { manifest, definition } = object;
  const { name, namespace } = manifest.metadata;
  const fault = scopeFault(object);
  if (fault !== undefined) {
    throw new Refusal(
      `Kind ${definition.kind} ${fault} on cluster ${client.name}, so ${describeObject(manifest)} does not fit.`,
    );
  }
  return whenServed(object, options.signal, async () => {
    if (!options.isOurs) {
      refuseForeign(client.name, await client.find(definition, name, namespace, options.signal), work);
    }
    const owner = { name: work.metadata.name, uid: work.metadata.uid ?? '' };
    return client.apply(definition, prepareManifest(manifest, owner), {
      fieldManager: memberFieldManager,
      force: options.force,
      signal: options.signal,
    });
  });
}

/** Takes away what is no longer wanted, unless it is not ours. What others own as well only loses our owner reference. */
export async function pruneObject(
  client: KubernetesClient,
  work: AppliedWork,
  entry: AppliedResource,
  signal: AbortSignal,
): Promise<void> {
  const definition = definitionOf(entry);
  try {
    const object = await client.find(definition, entry.name, entry.namespace, signal);
    const owners = object?.metadata.ownerReferences ?? [];
    const ours = owners.findIndex(({ uid }) => uid === work.metadata.uid);
    if (object === undefined || ours === -1) return;
    if (owners.length === 1) {
      const { uid } = object.metadata;
      await client.delete(definition, entry.name, { namespace: entry.namespace, uid, signal });
    } else {
      await dropOwner(client, definition, entry, owners, ours, signal);
    }
  } catch (error) {
    // A conflict: somebody else has replaced the object, so it is not ours any more.
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}

async function dropOwner(
  client: KubernetesClient,
  definition: ResourceDefinition,
  entry: AppliedResource,
  owners: readonly OwnerReference[],
  index: number,
  signal: AbortSignal,
): Promise<void> {
  const path = `/metadata/ownerReferences/${String(index)}`;
  const body = [
    { op: 'test', path: `${path}/uid`, value: owners[index]?.uid },
    { op: 'remove', path },
  ];
  await client.patch(definition, entry.name, { type: 'json', body }, { namespace: entry.namespace, signal });
}

function refuseForeign(cluster: string, existing: KubernetesObject | undefined, work: AppliedWork): void {
  const owner = existing && foreignOwner(existing, work.metadata.uid);
  if (existing === undefined || owner === undefined) return;
  throw new Refusal(
    `${describeObject(existing)} on cluster ${cluster} already belongs to ${owner}, so it is left alone.`,
  );
}

/** Tries again for a while where the object's kind has only just been defined. */
async function whenServed<T>(object: WorkObject, signal: AbortSignal, request: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + servedWithinMs;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!object.bringsDefinition || !isKindNotServed(error) || Date.now() > deadline) throw error;
      await delay(servedCheckMs, signal);
    }
  }
}
