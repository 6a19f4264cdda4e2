/** Keeps the values of Secrets out of what is printed; which keys there are, and which differ, may be seen. */
import type { KubernetesObject } from '../../api/meta.ts';

type Fields = Record<string, unknown>;

/** As kubectl diff writes them. */
const hidden = '***';
const hiddenBefore = '*** (before)';
const hiddenAfter = '*** (after)';

/**
 * Both states of an object without the values of Secrets, also of those inside another object, as in an envelope.
 * @returns new objects where something was hidden, else the same
 */
export function hideSecrets(
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
): { before: KubernetesObject | undefined; after: KubernetesObject | undefined } {
  const [shownBefore, shownAfter] = hidePair(before, after);
  return {
    before: shownBefore as KubernetesObject | undefined,
    after: shownAfter as KubernetesObject | undefined,
  };
}

function hidePair(before: unknown, after: unknown): [unknown, unknown] {
  if (Array.isArray(before) || Array.isArray(after)) return hideItems(before, after);
  const [left, right] = [recordOf(before), recordOf(after)];
  if (left === undefined && right === undefined) return [before, after];
  const hide = isSecret(left) || isSecret(right) ? hideField : hideBelow;
  const keys = new Set([...Object.keys(left ?? {}), ...Object.keys(right ?? {})]);
  const pairs = [...keys].map((key) => [key, ...hide(key, left?.[key], right?.[key])] as const);
  return [
    left === undefined
      ? before
      : withoutAbsent(
          left,
          pairs.map(([key, value]) => [key, value]),
        ),
    right === undefined
      ? after
      : withoutAbsent(
          right,
          pairs.map(([key, , value]) => [key, value]),
        ),
  ];
}

/** Where only one side is a list, its items have no counterpart. */
function hideItems(before: unknown, after: unknown): [unknown, unknown] {
  const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
  const [left, right] = [items(before), items(after)];
  const pairs = Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
    hidePair(left[index], right[index]),
  );
  return [
    Array.isArray(before) ? pairs.slice(0, left.length).map(([value]) => value) : hidePair(before, undefined)[0],
    Array.isArray(after) ? pairs.slice(0, right.length).map(([, value]) => value) : hidePair(undefined, after)[1],
  ];
}

function hideBelow(_key: string, before: unknown, after: unknown): [unknown, unknown] {
  return hidePair(before, after);
}

function hideField(key: string, before: unknown, after: unknown): [unknown, unknown] {
  if (key === 'data' || key === 'stringData') return hideValues(before, after);
  return key === 'metadata' ? [withoutCopy(before), withoutCopy(after)] : [before, after];
}

/** kubectl keeps a copy of the whole Secret in it. */
const copyAnnotation = 'kubectl.kubernetes.io/last-applied-configuration';

function withoutCopy(metadata: unknown): unknown {
  const { annotations } = recordOf(metadata) ?? {};
  const { [copyAnnotation]: copy, ...others } = recordOf(annotations) ?? {};
  return copy === undefined ? metadata : { ...recordOf(metadata), annotations: others };
}

function hideValues(before: unknown, after: unknown): [unknown, unknown] {
  const [left, right] = [recordOf(before), recordOf(after)];
  const values = (own: Fields, other: Fields | undefined, changed: string): Fields =>
    Object.fromEntries(
      Object.entries(own).map(([key, value]) => [
        key,
        other?.[key] === undefined || other[key] === value ? hidden : changed,
      ]),
    );
  return [
    left === undefined ? hideWhole(before) : values(left, right, hiddenBefore),
    right === undefined ? hideWhole(after) : values(right, left, hiddenAfter),
  ];
}

/** Something that no API server stores, but that may be a secret all the same. */
function hideWhole(value: unknown): unknown {
  return value === undefined || value === null ? value : hidden;
}

function isSecret(value: Fields | undefined): boolean {
  return value?.kind === 'Secret' && value.apiVersion === 'v1';
}

function withoutAbsent(original: Fields, entries: readonly (readonly [string, unknown])[]): Fields {
  return Object.fromEntries(entries.filter(([key]) => Object.hasOwn(original, key)));
}

function recordOf(value: unknown): Fields | undefined {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);
  return isRecord ? (value as Fields) : undefined;
}
