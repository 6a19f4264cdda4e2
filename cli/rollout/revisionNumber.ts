/** Revisions as they are typed. */
import { InvalidArgumentError } from 'commander';
import { wholeNumber } from '../../domain/snapshots/groups.ts';

/** Reads the index of a resource snapshot: a whole number from 0. */
export function parseRevision(text: string): number {
  const revision = wholeNumber(text);
  if (revision === undefined) throw new InvalidArgumentError(`"${text}" is no whole number from 0.`);
  return revision;
}
