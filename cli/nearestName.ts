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
  const nearest = nearestNames(name, existing);
  if (nearest.length > 0 && nearest.length <= namesListed) return `did you mean ${alternatives(nearest)}?`;
  if (existing.length === 0) return none;
  const listed = existing.toSorted().slice(0, namesListed).join(', ');
  const more = existing.length > namesListed ? ` and ${existing.length - namesListed} more` : '';
  return `there ${existing.length === 1 ? 'is' : 'are'} ${listed}${more}.`;
}

/** The name with the fewest typing errors between it and what was typed; undefined if most of it would be errors. */
export function nearestName(name: string, existing: readonly string[]): string | undefined {
  return nearestNames(name, existing)[0];
}

/** All names that are equally near, in the order of the alphabet. */
function nearestNames(name: string, existing: readonly string[]): string[] {
  const candidates = [...new Set(existing)]
    .map((candidate) => ({ candidate, errors: leven(name.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, errors }) => errors <= Math.max(name.length, candidate.length) / 2);
  const fewest = Math.min(...candidates.map(({ errors }) => errors));
  return candidates.flatMap(({ candidate, errors }) => (errors === fewest ? [candidate] : [])).sort();
}

/** `a`, `a or b`, `a, b or c`. */
export function alternatives(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
}
