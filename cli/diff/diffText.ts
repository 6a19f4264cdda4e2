/** The difference of two revisions for a terminal. */
import type { KubernetesObject } from '../../api/meta.ts';
import { describeObject } from '../../domain/selection/identifiers.ts';
import { changeCounts, isDifferent } from '../changes/changeCounts.ts';
import { hideSecrets } from '../changes/hideSecrets.ts';
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
    `${name} from revision ${from} to revision ${to}: ${changeCounts(changes)}`,
    ...changes.added.flatMap((object) => part(`added: ${describeObject(object)}`, undefined, object)),
    ...changes.changed.flatMap(({ before, after }) => part(`changed: ${describeObject(after)}`, before, after)),
    ...changes.removed.flatMap((object) => part(`removed: ${describeObject(object)}`, object)),
  ];
  return `${lines.join('\n')}\n`;
}

const lineStyles: Record<string, Style> = { '+': 'green', '-': 'red', '@': 'cyan' };

function paintLine(line: string, ink: Ink): string {
  const style = lineStyles[line.charAt(0)];
  return style === undefined ? line : paint(style, line, ink);
}
