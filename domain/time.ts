/** Times as Kubernetes writes them. */

/** @returns `milliseconds` since the epoch as RFC 3339 in whole seconds, rounded down, as API servers print times. */
export function rfc3339(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
