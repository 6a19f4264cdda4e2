/** What somebody who mistyped a name may have meant. */
import leven from 'leven';

/** More names than this are not worth reading in a sentence. */
const namesListed = 5;

/**
 * Ends a sentence that says there is no such name: with the nearest name that exists, or with all of them where none
 * is near.
 * @param none the end where nothing exists at all
 */
export function suggestion(name: string, existing: readonly string[], none: string): string {
  const nearest = nearestName(name, existing);
  if (nearest !== undefined) return `did you mean ${nearest}?`;
  if (existing.length === 0) return none;
  const listed = existing.toSorted().slice(0, namesListed).join(', ');
  const more = existing.length > namesListed ? ` and ${existing.length - namesListed} more` : '';
  return `there ${existing.length === 1 ? 'is' : 'are'} ${listed}${more}.`;
}

/** The name with the fewest typing errors between it and what was typed; undefined if most of it would be errors. */
export function nearestName(name: string, existing: readonly string[]): string | undefined {
  const [nearest] = existing
    .map((candidate) => ({ candidate, errors: leven(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, errors }) => errors <= Math.max(name.length, candidate.length) / 2)
    .sort((left, right) => left.errors - right.errors || (left.candidate < right.candidate ? -1 : 1));
  return nearest?.candidate;
}
