/** Words that several causes have in common. */
import { count } from '../run/counts.ts';

/** So many clusters are called by their names. */
const named = 2;

/** `a`, `a, b, c`, `a, b and 12 more`. */
export function nameSome(names: readonly string[]): string {
  const shown = names.slice(0, names.length === named + 1 ? named + 1 : named);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${count(more)} more` : shown.join(', ');
}

/** `-n NAMESPACE` as the end of a command; '' for what is in none. */
export function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : ` -n ${namespace}`;
}
