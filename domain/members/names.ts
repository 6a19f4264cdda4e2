/** What may be the name of a member. */
import { memberNamespace } from '../../api/names.ts';

/** As long as a namespace's name may be, less what stands before the member's in it. */
const longest = 63 - memberNamespace('').length;

/** What is wrong with the name of a member, as a sentence; undefined if nothing is. */
export function memberNameFault(name: string): string | undefined {
  if (name.length > longest) {
    return (
      `The name of a member has at most ${String(longest)} characters, because its namespace on the hub is ` +
      `${memberNamespace('NAME')}; ${name} has ${String(name.length)}.`
    );
  }
  if (/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) return undefined;
  return `The name of a member consists of lower case letters, digits and dashes between them; "${name}" does not.`;
}
