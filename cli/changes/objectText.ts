/** An object as the YAML that is compared line by line. */
import type { KubernetesObject } from '../../api/meta.ts';
import { yamlText } from '../get/yamlText.ts';

/** Keys are sorted, since their order means nothing; '' where there is no object. */
export function objectText(object: KubernetesObject | undefined): string {
  return object === undefined ? '' : yamlText(sorted(object));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || JSON.isRawJSON(value)) return value;
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, field]) => [key, sorted(field)]));
}
