/** What a command is about when only a name was typed: the one object that has it. */
import { kinds, namespacedKinds, placementKinds } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { referenceOf, scopeOf, type ObjectReference } from '../../api/references.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isUnauthorised } from '../../kube/errors.ts';
import { CommandError, mistake } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { alternatives, suggestion } from '../nearestName.ts';
import { formatTarget, formsOf, type Target, type TargetKind } from './target.ts';

/**
 * The only object of the name among the kinds that a command works on. Without a namespace it may be in any, or in none.
 * @throws CommandError with one sentence: which of several may be meant, or that there is none, and what is near
 */
export async function targetCalled(
  hub: KubernetesClient,
  reference: ObjectReference,
  wanted: readonly TargetKind[],
): Promise<Target> {
  const { name, namespace } = reference;
  const [only, ...others] = await read(placesOf(wanted, namespace), (place) => namesakesIn(hub, place, reference));
  if (only === undefined) throw await noneCalled(hub, reference, wanted);
  if (others.length === 0) return only;
  throw mistake(`Several are called ${name}: say which with ${orList([only, ...others].map(formatTarget))}.`);
}

/** Where an object may be, and what it is then. */
interface Place {
  kind: TargetKind;
  definition: ResourceDefinition;
}

/** @param namespace absent: that of the cluster and all others */
function placesOf(wanted: readonly TargetKind[], namespace: string | undefined): Place[] {
  const scopes = namespace === undefined ? placementKinds : [namespacedKinds];
  return [
    ...scopes.flatMap((scope) =>
      (['run', 'placement'] as const)
        .filter((kind) => wanted.includes(kind))
        .map((kind): Place => ({ kind, definition: scope[kind] })),
    ),
    ...(wanted.includes('cluster') && namespace === undefined
      ? [{ kind: 'cluster', definition: kinds.memberCluster } as const]
      : []),
  ];
}

async function namesakesIn(
  hub: KubernetesClient,
  { definition }: Place,
  { name, namespace }: ObjectReference,
): Promise<KubernetesObject[]> {
  if (definition.namespaced && namespace === undefined) {
    return hub.listMetadata(definition, { fieldSelector: `metadata.name=${name.replaceAll(/[\\,=]/g, '\\$&')}` });
  }
  const found = await hub.find(definition, name, namespace);
  return found === undefined ? [] : [found];
}

/** What the user may not see cannot be meant; whoever may see nothing at all lacks a right. */
async function read(
  places: readonly Place[],
  objectsIn: (place: Place) => Promise<KubernetesObject[]>,
): Promise<Target[]> {
  const refusals: unknown[] = [];
  const lists = await Promise.all(
    places.map(async (place) => {
      try {
        return (await objectsIn(place)).map((object): Target => ({ kind: place.kind, reference: referenceOf(object) }));
      } catch (error) {
        if (!isUnauthorised(error)) throw error;
        refusals.push(error);
        return [];
      }
    }),
  );
  if (refusals.length === places.length) throw refusals[0];
  return lists.flat();
}

/** Says what else there is: the same name elsewhere, the nearest name, or which names there are. */
async function noneCalled(
  hub: KubernetesClient,
  { name, namespace }: ObjectReference,
  wanted: readonly TargetKind[],
): Promise<CommandError> {
  const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
  const missing = `No ${alternatives(wanted)} is called ${name}${where}`;
  const elsewhere =
    namespace === undefined
      ? []
      : await read(placesOf(wanted, undefined), (place) => namesakesIn(hub, place, { name }));
  if (elsewhere.length > 0) {
    return new CommandError(exitCodes.notFound, `${missing}; did you mean ${orList(elsewhere.map(formatTarget))}?`);
  }
  const all = await read(placesOf(wanted, namespace), ({ definition }) =>
    hub.listMetadata(definition, scopeOf({ namespace })),
  );
  const names = all.map(({ reference }) => reference.name);
  const end = suggestion(name, names, namespace === undefined ? 'the hub has none at all.' : 'there is none at all.');
  const forms = names.length === 0 ? '' : ` Name it as ${formsOf(wanted)}.`;
  return new CommandError(exitCodes.notFound, `${missing}; ${end}${forms}`);
}

function orList(names: readonly string[]): string {
  return names.join(' or ');
}
