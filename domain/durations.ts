/**
 * Go's duration text, the form that `metav1.Duration` fields take: `1m`, `1h30m`, `1.5s`.
 * Free of Node modules, so that workflow code may use it.
 */

const nanosecondsPerMillisecond = 1_000_000n;

const nanosecondsPer: Record<string, bigint> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

const term = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/y;

/**
 * Milliseconds of a Go duration, with a fraction for what is finer than that.
 * Throws a RangeError for text that Go's `time.ParseDuration` refuses.
 */
export function parseDuration(text: string): number {
  const negative = text.startsWith('-');
  const body = /^[+-]/.test(text) ? text.slice(1) : text;
  if (body === '0') return 0;
  const nanoseconds = sumOfTerms(body, text);
  const milliseconds = Number(nanoseconds / nanosecondsPerMillisecond);
  const size = milliseconds + Number(nanoseconds % nanosecondsPerMillisecond) / 1e6;
  return negative ? -size : size;
}

/** Canonical Go text of a number of milliseconds: 60000 → `1m0s`, 1500 → `1.5s`, 0.25 → `250µs`. */
export function formatDuration(milliseconds: number): string {
  const whole = Math.trunc(Math.abs(milliseconds));
  const rest = Math.round((Math.abs(milliseconds) - whole) * 1e6);
  const nanoseconds = BigInt(whole) * nanosecondsPerMillisecond + BigInt(rest);
  const sign = milliseconds < 0 && nanoseconds > 0n ? '-' : '';
  return sign + (nanoseconds < 1_000_000_000n ? belowOneSecond(nanoseconds) : fromSeconds(nanoseconds));
}

function sumOfTerms(body: string, text: string): bigint {
  let sum = 0n;
  let position = 0;
  do {
    term.lastIndex = position;
    const match = term.exec(body);
    const [whole, integer = '', fraction = '', unit = ''] = match ?? [];
    if (whole === undefined || integer + fraction === '') {
      throw new RangeError(`"${text}" is not a duration; write a number with a unit such as 90s, 1m or 1h30m.`);
    }
    const scale = nanosecondsPer[unit] ?? 0n;
    sum += BigInt(integer === '' ? '0' : integer) * scale;
    if (fraction !== '') sum += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    position += whole.length;
  } while (position < body.length);
  return sum;
}

function belowOneSecond(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s';
  if (nanoseconds < 1_000n) return `${String(nanoseconds)}ns`;
  if (nanoseconds < 1_000_000n) return `${decimal(nanoseconds, 3)}µs`;
  return `${decimal(nanoseconds, 6)}ms`;
}

function fromSeconds(nanoseconds: bigint): string {
  const minutes = nanoseconds / 60_000_000_000n;
  const seconds = `${decimal(nanoseconds % 60_000_000_000n, 9)}s`;
  if (minutes === 0n) return seconds;
  if (minutes < 60n) return `${String(minutes)}m${seconds}`;
  return `${String(minutes / 60n)}h${String(minutes % 60n)}m${seconds}`;
}

/** `value` divided by ten to the power of `digits`, without trailing zeros. */
function decimal(value: bigint, digits: number): string {
  const scale = 10n ** BigInt(digits);
  const fraction = (value % scale).toString().padStart(digits, '0').replace(/0+$/, '');
  return (value / scale).toString() + (fraction === '' ? '' : `.${fraction}`);
}
