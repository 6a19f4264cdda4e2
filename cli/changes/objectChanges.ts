/** What is different between two lists of objects. */
import type { KubernetesObject } from '../../api/meta.ts';
import { identifierOf, identityKey } from '../../domain/selection/identifiers.ts';
import { goJson } from '../../domain/snapshots/goJson.ts';

/** One object, before and after. */
export interface ChangedObject {
  before: KubernetesObject;
  after: KubernetesObject;
}

/** Added and changed objects are in the order of the new list, removed ones in that of the old list. */
export interface ObjectChanges {
  added: KubernetesObject[];
  changed: ChangedObject[];
  removed: KubernetesObject[];
}

/** Compares by identity, so that an object in another version of its kind is the same object. */
export function objectChanges(before: readonly KubernetesObject[], after: readonly KubernetesObject[]): ObjectChanges {
  const known = new Map(before.map((object) => [keyOf(object), object]));
  const kept = new Set(after.map(keyOf));
  const changes: ObjectChanges = { added: [], changed: [], removed: [] };
  for (const object of after) {
    const former = known.get(keyOf(object));
    if (former === undefined) changes.added.push(object);
    else if (goJson(former) !== goJson(object)) changes.changed.push({ before: former, after: object });
  }
  changes.removed = before.filter((object) => !kept.has(keyOf(object)));
  return changes;
}

/** `ConfigMap web/settings`, as people name an object. */
export function objectTitle({
  kind,
  metadata: { name, namespace },
}: Pick<KubernetesObject, 'kind' | 'metadata'>): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

function keyOf(object: KubernetesObject): string {
  return identityKey(identifierOf(object));
}
