/** Times of day and spans, as the picture of a run shows them. */

/** What time it is, and where. All times are milliseconds since the epoch. */
export interface Clock {
  now: number;
  /** Such as `Europe/Berlin`. @default the machine's */
  timeZone?: string;
}

/** `HH:MM:SS`, with days in front where there are any. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const days = Math.floor(seconds / 86_400);
  const parts = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  const time = parts.map((part) => String(part).padStart(2, '0')).join(':');
  return days === 0 ? time : `${days}d ${time}`;
}

/** The time of day, with the date where that is not today's. */
export function timeOfDay(time: number, { now, timeZone }: Clock): string {
  if (Number.isNaN(time)) return '?';
  const [day, clock] = dateAndTime(time, timeZone);
  return day === dateAndTime(now, timeZone)[0] ? clock : `${day} ${clock}`;
}

function dateAndTime(time: number, timeZone: string | undefined): [day: string, clock: string] {
  // Not by Intl, which takes longer to load than the whole picture to draw.
  if (timeZone === undefined) return localDateAndTime(new Date(time));
  // Sweden writes dates as ISO 8601 does.
  const [day = '', clock = ''] = formatterOf(timeZone).format(time).split(' ');
  return [day, clock];
}

function localDateAndTime(time: Date): [day: string, clock: string] {
  const join = (parts: readonly number[], between: string): string =>
    parts.map((part) => String(part).padStart(2, '0')).join(between);
  return [
    join([time.getFullYear(), time.getMonth() + 1, time.getDate()], '-'),
    join([time.getHours(), time.getMinutes(), time.getSeconds()], ':'),
  ];
}

const formatters = new Map<string | undefined, Intl.DateTimeFormat>();

function formatterOf(timeZone: string | undefined): Intl.DateTimeFormat {
  let formatter = formatters.get(timeZone);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone });
    formatters.set(timeZone, formatter);
  }
  return formatter;
}
