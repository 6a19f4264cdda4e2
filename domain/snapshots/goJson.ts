/**
 * JSON text as Go's `encoding/json` prints a decoded Kubernetes object: keys sorted, HTML characters escaped,
 * integers kept, other numbers in Go's shortest form. Hashes over this text are equal to those of a Go program.
 */
import { compareBytes } from '../ordering.ts';

/**
 * Compact Go text of a JSON value. Numbers may be raw (`JSON.isRawJSON`), as `kube/json.ts` makes them.
 * Throws a RangeError for a number that no float64 holds, which no API server stores either.
 */
export function goJson(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  switch (typeof value) {
    case 'string':
      return goString(value);
    case 'number':
      return goFloat(value);
    case 'boolean':
      return String(value);
    case 'object':
      if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
      if (JSON.isRawJSON(value)) return rawText(value.rawJSON);
      return goObject(value as Record<string, unknown>);
    default:
      throw new TypeError(`A ${typeof value} cannot be written as JSON.`);
  }
}

/** A raw value need not be a number: `JSON.rawJSON` takes any primitive. */
function rawText(text: string): string {
  return /^[-\d]/.test(text) ? goNumber(text) : goJson(JSON.parse(text));
}

function goObject(value: Record<string, unknown>): string {
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort(compareBytes)
    .map((key) => `${goString(key)}:${goJson(value[key])}`);
  return `{${members.join(',')}}`;
}

/** Kubernetes decodes a number without fraction and exponent as int64 if it fits, everything else as float64. */
function goNumber(source: string): string {
  if (!/[.eE]/.test(source)) {
    const integer = BigInt(source);
    if (BigInt.asIntN(64, integer) === integer) return integer.toString();
  }
  return goFloat(Number(source));
}

/** Go prints float64 as ECMAScript does (shortest text, exponent from 1e21 and below 1e-6), but keeps a negative zero. */
function goFloat(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('A number is too large for JSON: it does not fit a float64.');
  return Object.is(value, -0) ? '-0' : String(value);
}

// eslint-disable-next-line no-control-regex -- control characters are what must be escaped
const escaped = /["\\<>&\u0000-\u001f\u2028\u2029]/g;

const shortEscapes: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A lone surrogate cannot exist in a Go string: its decoder has put U+FFFD in its place. */
function goString(text: string): string {
  const body = text
    .toWellFormed()
    .replace(escaped, (c) => shortEscapes[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${body}"`;
}
