/** The list of what Flotilla put on a member, kept there in the status of an AppliedWork. */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { AppliedResource, AppliedWork } from '../../api/types/appliedwork.ts';
import { groupAndVersion, identityKey } from '../selection/identifiers.ts';
import { waveNumber } from './waves.ts';

/** What a new content means for what is on the member. */
export interface InventoryDifference {
  /** Objects that the new content no longer holds, in the order in which to remove them. */
  prune: AppliedResource[];
  /**
   * Inventory to write before the first object is touched: old and new entries. After a crash anywhere in between it
   * still names everything that may exist on the member.
   */
  during: AppliedResource[];
}

/** Entry of an object; `resource` is the plural under which the member serves its kind, `ordinal` counts from 0. */
export function inventoryEntry(object: KubernetesObject, resource: string, ordinal: number): AppliedResource {
  const { group, version } = groupAndVersion(object.apiVersion);
  const { name, namespace } = object.metadata;
  return {
    ordinal,
    ...(group === '' ? {} : { group }),
    version,
    kind: object.kind,
    resource,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** How an inventory's object is addressed. */
export function definitionOf(entry: AppliedResource): ResourceDefinition {
  const { group = '', version, kind, resource: plural, namespace } = entry;
  return { group, version, kind, plural, namespaced: namespace !== undefined };
}

/** Whether the inventory already knows an object by its uid, so that nobody else's is taken over. */
export function knowsObject({ status }: AppliedWork, key: string): boolean {
  return status?.appliedResources?.some((entry) => identityKey(entry) === key && entry.uid !== undefined) === true;
}

/**
 * Compares what is on the member with what shall be there. An object served in another version is the same object;
 * entries of objects that stay keep their uid.
 */
export function inventoryDifference(
  previous: readonly AppliedResource[],
  next: readonly AppliedResource[],
): InventoryDifference {
  const nextKeys = new Set(next.map(identityKey));
  const uidOf = new Map(previous.map((entry) => [identityKey(entry), entry.uid]));
  const prune = previous
    .filter((entry) => !nextKeys.has(identityKey(entry)))
    .sort((left, right) => waveOfEntry(right) - waveOfEntry(left));
  const kept = next.map((entry) => {
    const uid = entry.uid ?? uidOf.get(identityKey(entry));
    return uid === undefined ? entry : { ...entry, uid };
  });
  return { prune, during: renumbered([...kept, ...prune]) };
}

/** Users come before what they use: the order of applying, backwards. */
function waveOfEntry({ group = '', version, kind }: AppliedResource): number {
  return waveNumber({ apiVersion: group === '' ? version : `${group}/${version}`, kind });
}

function renumbered(entries: readonly AppliedResource[]): AppliedResource[] {
  return entries.map((entry, ordinal) => ({ ...entry, ordinal }));
}
