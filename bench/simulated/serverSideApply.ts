/**
 * Server-side apply as far as one applier at a time can see it: what the applier named before and does not name now
 * goes, what it names now is set. Lists are replaced whole; only owners are merged, by uid. Nobody's fields are refused.
 */

type Fields = Record<string, unknown>;

/**
 * @param current the object as it is stored
 * @param before what the same applier applied last, if it did
 * @param now what it applies
 * @returns a new object; parts are shared with the parameters, which stay as they are
 */
export function applyFields(current: Fields, before: Fields, now: Fields): Fields {
  const result: Fields = { ...current };
  for (const [key, old] of Object.entries(before)) {
    if (key in now) continue;
    if (isFields(old) && isFields(result[key])) result[key] = applyFields(result[key], old, {});
    else if (key === 'ownerReferences') result[key] = mergeOwners(result[key], old, []);
    else Reflect.deleteProperty(result, key);
  }
  for (const [key, wanted] of Object.entries(now)) {
    const old = before[key];
    if (isFields(wanted)) {
      result[key] = applyFields(asFields(result[key]), asFields(old), wanted);
    } else if (key === 'ownerReferences') {
      result[key] = mergeOwners(result[key], old, wanted);
    } else {
      result[key] = wanted;
    }
  }
  return result;
}

function mergeOwners(current: unknown, before: unknown, now: unknown): unknown {
  const named = new Set([...owners(before), ...owners(now)].map(({ uid }) => uid));
  return [...owners(current).filter(({ uid }) => !named.has(uid)), ...owners(now)];
}

function owners(value: unknown): { uid?: string }[] {
  return Array.isArray(value) ? (value as { uid?: string }[]) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asFields(value: unknown): Fields {
  return isFields(value) ? value : {};
}
