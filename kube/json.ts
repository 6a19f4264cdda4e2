/**
 * JSON that changes nothing on its way through: a number which JavaScript would print differently
 * (`12345678901234567890`, `1.0`, `1e3`) stays a raw number that holds its source text.
 */

/** Any number token that JavaScript may print differently; strings that look like one only cost the slower path. */
const riskyNumber = /(?:^|[:,[])\s*-?(?:\d{16,}|\d+(?=[.eE])[\d.eE+-]+|(?<=-)0)\s*(?:[,}\]]|$)/;

/**
 * Parses a JSON text.
 * @returns plain values; a number that JavaScript would print differently is an object for which `JSON.isRawJSON` holds
 * @throws SyntaxError, whose message may quote the text: never let it out
 */
export function parseJson(text: string): unknown {
  return riskyNumber.test(text) ? JSON.parse(text, keepSource) : JSON.parse(text);
}

/** Prints a value that {@link parseJson} may have made; raw numbers come out as they came in. */
export function stringifyJson(value: unknown): string {
  return JSON.stringify(value);
}

function keepSource(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || context.source === undefined) {
    return value;
  }
  return String(value) === context.source ? value : JSON.rawJSON(context.source);
}
