/** What is different between two lists of objects. */
import type { KubernetesObject } from '../../api/meta.ts';
import { objectKey } from '../../domain/selection/identifiers.ts';
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
  const known = new Map(before.map((object) => [objectKey(object), object]));
  const kept = new Set(after.map(objectKey));
  const changes: ObjectChanges = { added: [], changed: [], removed: [] };
  for (const object of after) {
    const former = known.get(objectKey(object));
    if (former === undefined) changes.added.push(object);
    else if (goJson(former) !== goJson(object)) changes.changed.push({ before: former, after: object });
  }
  changes.removed = before.filter((object) => !kept.has(objectKey(object)));
  return changes;
}
