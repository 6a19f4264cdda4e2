/** How long a command may take, as kubectl writes it. */
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../../domain/durations.ts';

/** Timers hold no longer spans. */
const longestMs = 2 ** 31 - 1;

/** Reads `90`, `90s`, `5m` or `1h30m`. @returns milliseconds; 0 means without end */
export function parseTimeout(text: string): number {
  const milliseconds = readTimeout(text);
  if (milliseconds >= 0 && milliseconds <= longestMs) return milliseconds;
  throw new InvalidArgumentError(`"${text}" is no time: write for example 90s, 5m or 1h30m, at most 24 days.`);
}

function readTimeout(text: string): number {
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  try {
    return parseDuration(text);
  } catch {
    return Number.NaN;
  }
}
