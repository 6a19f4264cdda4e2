/**
 * True if both values are the same once written as JSON: absent and `undefined` fields are equal, the order of keys does
 * not count. For plain data. Nothing is written for it, and it ends at the first difference: a status may be large.
 */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]));
  }
  return isRecord(left) && isRecord(right) && sameFields(left, right);
}

function sameFields(left: Record<string, unknown>, right: Record<string, unknown>): boolean {
  const keys = writtenKeys(left);
  return (
    keys.length === writtenKeys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
  );
}

function writtenKeys(record: Record<string, unknown>): string[] {
  return Object.keys(record).filter((key) => record[key] !== undefined);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
