/** Spans of time as kubectl prints them in the column AGE. Source: `HumanDuration` of k8s.io/apimachinery. */

/** Age of something at `now`, both since the epoch; `<unknown>` without a time, as kubectl says it. */
export function age(time: string | undefined, now: number): string {
  const since = Date.parse(time ?? '');
  return Number.isNaN(since) ? '<unknown>' : humanDuration(now - since);
}

/** Two units at most, and only one where the second would say little: `90s`, `5m3s`, `4h`, `12d`. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 120) return `${Math.max(0, seconds)}s`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes < 10) return `${minutes}m${rest(seconds % 60, 's')}`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.trunc(minutes / 60);
  if (hours < 8) return `${hours}h${rest(minutes % 60, 'm')}`;
  if (hours < 48) return `${hours}h`;
  const days = Math.trunc(hours / 24);
  if (days < 8) return `${days}d${rest(hours % 24, 'h')}`;
  if (days < 2 * 365) return `${days}d`;
  const years = Math.trunc(days / 365);
  return years < 8 ? `${years}y${rest(days % 365, 'd')}` : `${years}y`;
}

function rest(count: number, unit: string): string {
  return count === 0 ? '' : `${count}${unit}`;
}
