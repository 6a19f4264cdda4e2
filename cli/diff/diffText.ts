/** The difference of two revisions for a terminal. */
import type { KubernetesObject } from '../../api/meta.ts';
import { hideSecrets } from '../changes/hideSecrets.ts';
import { objectTitle, type ObjectChanges } from '../changes/objectChanges.ts';
import { objectText } from '../changes/objectText.ts';
import { unifiedDiff } from '../changes/unifiedDiff.ts';
import { paint, type Ink, type Style } from '../run/ink.ts';
import type { RevisionDifference } from './diffRevisions.ts';

/** One line on all of it, then each object with its lines. Values of Secrets are not shown. Ends with a line feed. */
export function diffText({ name, from, to, changes }: RevisionDifference, ink: Ink): string {
  if (!isDifferent(changes)) return `${name}: revisions ${from} and ${to} hold the same.\n`;
  const side = (object: unknown, revision: number): string => (object === undefined ? 'none' : `revision ${revision}`);
  const part = (title: string, before?: KubernetesObject, after?: KubernetesObject): string[] => {
    const shown = hideSecrets(before, after);
    const lines = unifiedDiff(objectText(shown.before), objectText(shown.after));
    return [
      '',
      paint('bold', title, ink),
      paint('bold', `--- ${side(before, from)}`, ink),
      paint('bold', `+++ ${side(after, to)}`, ink),
      ...lines.map((line) => paintLine(line, ink)),
    ];
  };
  const lines = [
    `${name} from revision ${from} to revision ${to}: ${countsOf(changes)}`,
    ...changes.added.flatMap((object) => part(`added: ${objectTitle(object)}`, undefined, object)),
    ...changes.changed.flatMap(({ before, after }) => part(`changed: ${objectTitle(after)}`, before, after)),
    ...changes.removed.flatMap((object) => part(`removed: ${objectTitle(object)}`, object)),
  ];
  return `${lines.join('\n')}\n`;
}

/** Whether there is any difference at all. */
export function isDifferent({ added, changed, removed }: ObjectChanges): boolean {
  return added.length + changed.length + removed.length > 0;
}

function countsOf({ added, changed, removed }: ObjectChanges): string {
  const counts = { added: added.length, changed: changed.length, removed: removed.length };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
    .join(', ');
}

const lineStyles: Record<string, Style> = { '+': 'green', '-': 'red', '@': 'cyan' };

function paintLine(line: string, ink: Ink): string {
  const style = lineStyles[line.charAt(0)];
  return style === undefined ? line : paint(style, line, ink);
}
