/** An explained placement as text for people: one paragraph for the placement, one for each cluster. */
import type { ExplainedPlacement } from './explainPlacement.ts';

/** Where nobody says how wide it is: a pipe, a log. */
const usualColumns = 80;
/** Longer lines are hard to read, however wide the terminal is. */
const mostColumns = 120;

/** Ends with a line feed; no line is longer than the columns of the terminal unless one word is. */
export function explanationText(
  { notes, summary, clusters }: ExplainedPlacement,
  columns: number = usualColumns,
): string {
  const width = Math.min(columns, mostColumns);
  const head = [...notes, summary].map((sentence) => wrap(sentence, width, ''));
  const rest = clusters.map(({ explanation }) => wrap(explanation, width, '  '));
  return [...head, ...(rest.length > 0 ? ['', ...rest] : [])].map((paragraph) => `${paragraph}\n`).join('');
}

/** @param indentation of every line but the first */
function wrap(text: string, width: number, indentation: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = `${indentation}${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}
