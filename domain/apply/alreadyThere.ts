import type { AppliedWork } from '../../api/types/appliedwork.ts';
import { identityKey } from '../selection/identifiers.ts';
import type { ResolvedObjects } from './workObjects.ts';

/**
 * What to look for on a member to know that exactly this content is there already, whoever brought it. Then the member is
 * left alone, whatever somebody has changed in the objects since.
 * @param contentHash see `RenderedContent`
 * @returns the uid that each object has to have, by its key; undefined where the inventory tells of something else
 */
export function uidsToFind(
  { status }: AppliedWork,
  { objects, unknown }: ResolvedObjects,
  contentHash: string,
): Map<string, string> | undefined {
  if (status?.contentHash !== contentHash || unknown.length > 0) return undefined;
  const uids = new Map<string, string>();
  for (const entry of status.appliedResources ?? []) {
    if (entry.uid === undefined) return undefined;
    uids.set(identityKey(entry), entry.uid);
  }
  return uids.size === objects.length && objects.every(({ key }) => uids.has(key)) ? uids : undefined;
}
