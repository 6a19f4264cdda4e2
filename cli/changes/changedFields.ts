/** Which fields of an object are different, without their values. */
import { goJson } from '../../domain/snapshots/goJson.ts';

/**
 * Paths of all fields that differ, such as `spec.replicas` or `data["app.yaml"]`. A list that became longer or shorter
 * is named as a whole.
 */
export function changedFields(before: unknown, after: unknown): string[] {
  return pathsBelow('', before, after);
}

function pathsBelow(path: string, before: unknown, after: unknown): string[] {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => pathsBelow(member(path, key), before[key], after[key]));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => pathsBelow(`${path}[${index}]`, item, after[index]));
  }
  return goJson(before) === goJson(after) ? [] : [path];
}

function member(path: string, key: string): string {
  if (!/^[\w-]+$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

/** A number that JavaScript would print differently is an object as well, see `kube/json.ts`. */
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
}
