/** An explained placement as text for people: one paragraph for the placement, one for each cluster. */
import type { ExplainedPlacement } from './explainPlacement.ts';

const columns = 80;

/** Ends with a line feed; no line is longer than 80 columns unless one word is. */
export function explanationText({ notes, summary, clusters }: ExplainedPlacement): string {
  const head = [...notes, summary].map((sentence) => wrap(sentence, ''));
  const rest = clusters.map(({ explanation }) => wrap(explanation, '  '));
  return [...head, ...(rest.length > 0 ? ['', ...rest] : [])].map((paragraph) => `${paragraph}\n`).join('');
}

/** @param indentation of every line but the first */
function wrap(text: string, indentation: string): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = `${indentation}${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}
