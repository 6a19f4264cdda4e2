/** Hash of what is rolled out. Needs Node's crypto: not for workflow code. */
import { sha256 } from '../sha256.ts';
import { goJson } from './goJson.ts';

/**
 * Hash of a selection as it stands in the annotation `resource-hash`: lower-case hexadecimal SHA-256 of the
 * compact JSON `{"selectedResources":[…]}` with sorted keys. Objects are cleaned and in snapshot order.
 */
export function resourceHash(selectedResources: readonly unknown[]): string {
  return sha256(goJson({ selectedResources }));
}
