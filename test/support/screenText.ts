/** What stands on the screen of a terminal, as text. */
import type { IBufferCell, Terminal } from '@xterm/headless';

/** One line of cells, from the left edge to the last that is not blank. */
export interface ScreenLine {
  text: string;
  /** The same with what is not plain between braces: `{red ! member3}`. */
  painted: string;
  /** Whether the terminal had to break a longer line here: this is the rest of it. */
  isBroken: boolean;
}

/** Everything that was written, also what has moved out of sight at the top; without the blank lines at the end. */
export function screenLines(terminal: Terminal): ScreenLine[] {
  const { active } = terminal.buffer;
  const lines: ScreenLine[] = [];
  for (let index = 0; index < active.length; index++) {
    const line = active.getLine(index);
    if (line === undefined) continue;
    const text = line.translateToString(true).trimEnd();
    const cells = Array.from({ length: line.length }, (_, column) => line.getCell(column)).filter(
      (cell) => cell !== undefined,
    );
    lines.push({ text, painted: paintedText(cells), isBroken: line.isWrapped });
  }
  const last = lines.findLastIndex(({ text }) => text !== '');
  return lines.slice(0, last + 1);
}

/** What is in sight; lines end with a line feed. */
export function visibleText(terminal: Terminal): string {
  const { active } = terminal.buffer;
  const lines = Array.from({ length: terminal.rows }, (_, row) => active.getLine(active.baseY + row));
  const text = lines.map((line) => `${line?.translateToString(true).trimEnd() ?? ''}\n`).join('');
  return text.replace(/\n+$/, '\n');
}

const colours = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'];

function paintedText(cells: readonly IBufferCell[]): string {
  let text = '';
  let style = '';
  for (const cell of cells) {
    // The second half of a wide character has a width of 0.
    if (cell.getWidth() === 0) continue;
    const next = styleOf(cell);
    if (next !== style) text += (style === '' ? '' : '}') + (next === '' ? '' : `{${next} `);
    style = next;
    text += cell.getChars() === '' ? ' ' : cell.getChars();
  }
  return (style === '' ? text : `${text}}`).trimEnd();
}

function styleOf(cell: IBufferCell): string {
  const colour = cell.isFgDefault() ? undefined : (colours[cell.getFgColor()] ?? `colour ${cell.getFgColor()}`);
  return [cell.isBold() === 0 ? undefined : 'bold', cell.isDim() === 0 ? undefined : 'dim', colour]
    .filter((part) => part !== undefined)
    .join(' ');
}
