import { isDeepStrictEqual } from 'node:util';

/** True if both values are the same once written: absent and `undefined` fields are equal, order of keys is not. */
export function sameJson(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(written(left), written(right));
}

function written(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}
