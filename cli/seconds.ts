/** Spans of time as they are typed. */
import { InvalidArgumentError } from 'commander';

/** Reads a number of seconds, which may have a fraction: at most a day. */
export function parseSeconds(text: string): number {
  const seconds = /^\d{1,5}(\.\d{1,3})?s?$/.test(text) ? Number.parseFloat(text) : Number.NaN;
  if (!(seconds <= 86_400)) throw new InvalidArgumentError(`"${text}" is not a number of seconds up to 86400.`);
  return seconds;
}
