/** Text for whoever sits at a terminal: broken between words, where a terminal itself would break in the middle of one. */
import { wrap } from './run/wrap.ts';

/** Further lines of what was one line stand so far in. */
const step = 2;
/** Narrower terminals break lines themselves. */
const narrowest = 20;

/** Columns of a terminal; undefined for a file or a pipe, where lines stay as they are. */
export function columnsOf(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns'>): number | undefined {
  // A terminal that does not know its size says 0.
  return stream.isTTY && stream.columns > 0 ? stream.columns : undefined;
}

/** Breaks the lines that are too long. Commands stay whole: they are there to be copied. */
export function foldText(text: string, columns: number | undefined): string {
  if (columns === undefined) return text;
  return text
    .split('\n')
    .flatMap((line) => foldLine(line, Math.max(narrowest, columns)))
    .join('\n');
}

function foldLine(line: string, columns: number): string[] {
  if (line.length <= columns || isCommand(line)) return [line];
  const indentation = ' '.repeat(line.search(/\S|$/));
  const [first = '', ...others] = wrap(line.trim(), columns - indentation.length - step);
  return [indentation + first, ...others.map((other) => `${indentation}${' '.repeat(step)}${other}`)];
}

/** As `nextLines` writes them: commands of this program, and of those beside it. */
function isCommand(line: string): boolean {
  return /^(next:| {5}) (flotilla|kubectl|temporal) /.test(line);
}
