/** A moment in the past, as somebody types it. */
import { parseDuration } from '../../domain/durations.ts';
import { mistake } from '../commandError.ts';

const wholeTime = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?$/;
const timeOfToday = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/;

/**
 * Reads `2026-03-01T14:05:00Z`, the same without a zone, `14:05` or `14:05:30` of today, and `5m` or `1h30m` ago.
 * What names no zone is in that of the user (`TZ`).
 * @param now epoch milliseconds
 * @returns epoch milliseconds, not after `now`
 * @throws CommandError with one sentence on what to type instead
 */
export function parseMoment(text: string, now: number): number {
  const moment = readMoment(text.trim(), now);
  if (moment === undefined || Number.isNaN(moment)) {
    throw mistake(`"${text}" is no time: write for example 14:05, 2026-03-01T14:05:00Z, or 5m for five minutes ago.`);
  }
  if (moment > now) throw mistake(`"${text}" lies in the future, of which nothing is known yet.`);
  return moment;
}

function readMoment(text: string, now: number): number | undefined {
  if (wholeTime.test(text)) return Date.parse(text.replace(' ', 'T').toUpperCase());
  const [, hours, minutes, seconds = '0'] = timeOfToday.exec(text) ?? [];
  if (hours !== undefined && minutes !== undefined) {
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    return new Date(now).setHours(Number(hours), Number(minutes), Number(seconds), 0);
  }
  try {
    const ago = parseDuration(text.replace(/ ago$/, ''));
    return ago >= 0 ? now - ago : undefined;
  } catch {
    return undefined;
  }
}
