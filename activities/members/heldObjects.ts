/** Which object keeps a removal from coming to its end, and which finalizer holds it. */
import type { KubernetesObject } from '../../api/meta.ts';
import type { AppliedResource, AppliedWork } from '../../api/types/appliedwork.ts';
import { definitionOf } from '../../domain/apply/inventory.ts';
import { describeObject } from '../../domain/selection/identifiers.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { KubernetesError } from '../../kube/errors.ts';
import { inParallel } from './parallel.ts';

/** The garbage collector's own: they go as soon as everything below has gone. */
const ownFinalizers: ReadonlySet<string> = new Set(['foregroundDeletion', 'orphan']);

/** Conditions with which a namespace that is to go says why it cannot. */
const fullness: ReadonlySet<string> = new Set(['NamespaceContentRemaining', 'NamespaceFinalizersRemaining']);

interface HeldObject extends KubernetesObject {
  status?: { conditions?: { type: string; status: string }[] };
}

/** Of a large inventory not all is looked at with every check. */
const entriesLookedAt = 200;
const parallelRequests = 8;

/** Looks for the held object of one inventory, and asks for it alone as long as it stays. */
export class HeldObjects {
  #known: AppliedResource | undefined;

  /** @returns a sentence about the first object that is held; undefined when none is, or the member does not tell */
  async find(client: KubernetesClient, work: AppliedWork, signal: AbortSignal): Promise<string | undefined> {
    const entries = (work.status?.appliedResources ?? []).slice(0, entriesLookedAt);
    try {
      const again = this.#known && (await heldSentence(client, this.#known, signal));
      return again ?? (await this.#search(client, entries, signal)) ?? sentenceOf({ ...work, status: {} });
    } catch (error) {
      if (error instanceof KubernetesError) return undefined;
      throw error;
    }
  }

  async #search(
    client: KubernetesClient,
    entries: readonly AppliedResource[],
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const held: { entry: AppliedResource; sentence: string }[] = [];
    // A namespace waits for what is in it, so that comes first.
    const inOrder = entries.toSorted((left, right) => Number(isNamespace(left)) - Number(isNamespace(right)));
    await inParallel(inOrder, parallelRequests, async (entry) => {
      if (held.length > 0) return;
      const sentence = await heldSentence(client, entry, signal);
      if (sentence !== undefined) held.push({ entry, sentence });
    });
    this.#known = held[0]?.entry;
    return held[0]?.sentence;
  }
}

async function heldSentence(
  client: KubernetesClient,
  entry: AppliedResource,
  signal: AbortSignal,
): Promise<string | undefined> {
  const object = await client.find(definitionOf(entry), entry.name, entry.namespace, signal);
  return object === undefined || object.metadata.uid !== entry.uid ? undefined : sentenceOf(object);
}

function isNamespace({ kind, namespace }: AppliedResource): boolean {
  return kind === 'Namespace' && namespace === undefined;
}

function sentenceOf(object: HeldObject): string | undefined {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  const isFull = object.status?.conditions?.some(({ type, status }) => fullness.has(type) && status === 'True');
  if (object.kind === 'Namespace' && deletionTimestamp !== undefined && isFull === true) {
    return `${describeObject(object)} still has content, which is not of this placement.`;
  }
  const foreign = finalizers.filter((finalizer) => !ownFinalizers.has(finalizer));
  if (deletionTimestamp === undefined || foreign.length === 0) return undefined;
  const noun = foreign.length === 1 ? 'finalizer' : 'finalizers';
  return `${describeObject(object)} is held by its ${noun} ${foreign.join(', ')}.`;
}
