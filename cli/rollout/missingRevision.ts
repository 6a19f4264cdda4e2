/** Why a revision cannot be had. */
import type { Revision } from './revisions.ts';

/** One sentence: whether the revision was pruned or never was, and which there are. */
export function missingRevision(name: string, wanted: number, revisions: readonly Revision[]): string {
  const kept = revisions.map(({ index }) => index);
  const newest = kept.at(-1);
  if (newest === undefined) return `${name} has no revision ${String(wanted)}: it has none yet.`;
  const list = `${kept.length === 1 ? 'there is' : 'there are'} ${kept.join(', ')}.`;
  return wanted < newest
    ? `Revision ${String(wanted)} of ${name} was pruned, as spec.revisionHistoryLimit asks for: ${list}`
    : `${name} has no revision ${String(wanted)}: ${list}`;
}
