/** Tables for a terminal, as kubectl prints them where there is room. */
import { getBorderCharacters, table } from 'table';
import { oneLine } from './oneLine.ts';
import { wrap } from './run/wrap.ts';

/** Spaces between columns; the smaller one where a table would be too wide otherwise. */
const gaps = [3, 2] as const;

/** How the rows of a table are laid out. */
export interface TableLayout {
  header: readonly string[];
  /** Least width of each column. */
  widths?: readonly number[];
  /** Columns of the terminal; absent in a pipe, where each row is one line however long. */
  columns?: number;
}

/** A table with its header. Every line ends with a line feed and none with spaces. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[], columns?: number): string {
  const { kept, gap, widths } = fit([header, ...rows], { header, columns });
  return formatCells([header.slice(0, kept)], widths, gap) + formatRows(rows, { header, columns, widths });
}

/**
 * Rows without their header. What does not fit beside each other stands below its row, with the names of the columns.
 */
export function formatRows(rows: readonly (readonly string[])[], layout: TableLayout): string {
  const { kept, gap, widths } = fit(rows, layout);
  const { header, columns } = layout;
  if (columns === undefined || kept === header.length) return formatCells(rows, widths, gap);
  return rows
    .map((row) => formatCells([row.slice(0, kept)], widths, gap) + formatRest(row, header, kept, columns))
    .join('');
}

/** Width of each column of some rows, none less than in `atLeast`. */
export function columnWidths(rows: readonly (readonly string[])[], atLeast: readonly number[] = []): readonly number[] {
  const widths = [...atLeast];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, oneLine(cell).length);
    });
  }
  return widths;
}

interface Fit {
  /** So many columns stand beside each other. */
  kept: number;
  gap: number;
  /** The cells of the last column may be longer: they go on below. */
  widths: readonly number[];
}

/** A last column that is narrower is hard to read; it stands below its row instead. */
const leastForLast = 40;

function fit(rows: readonly (readonly string[])[], { header, widths: atLeast, columns }: TableLayout): Fit {
  const widths = columnWidths([header, ...rows], atLeast);
  const [usual, small] = gaps;
  const widthOf = (kept: number, gap: number): number =>
    widths.slice(0, kept).reduce((sum, width) => sum + width, 0) + gap * (kept - 1);
  const all = header.length;
  if (columns === undefined || widthOf(all, usual) <= columns) return { kept: all, gap: usual, widths };
  const forLast = columns - widthOf(all - 1, usual) - usual;
  if (forLast >= leastForLast) return { kept: all, gap: usual, widths: [...widths.slice(0, -1), forLast] };
  let kept = all;
  while (kept > 1 && widthOf(kept, small) > columns) kept -= 1;
  return { kept, gap: small, widths };
}

/** No lines between cells; each column as wide as is said. */
function formatCells(rows: readonly (readonly string[])[], widths: readonly number[], gap: number): string {
  const [first] = rows;
  if (first === undefined) return '';
  return table(
    rows.map((row) => row.map((cell, column) => wrap(oneLine(cell), widths[column] ?? Infinity).join('\n'))),
    {
      border: getBorderCharacters('void'),
      columnDefault: { paddingLeft: 0, paddingRight: gap },
      columns: first.map((_, column) => ({ width: Math.max(1, widths[column] ?? 0) })),
      drawHorizontalLine: () => false,
    },
  ).replace(/ +$/gm, '');
}

/** `  AGE 5m   STRATEGY careful`: as many in a line as fit, a longer text in lines of its own. */
function formatRest(row: readonly string[], header: readonly string[], kept: number, columns: number): string {
  const [gap] = gaps;
  const lines: string[] = [];
  let line = '';
  for (const [index, cell] of row.entries()) {
    const text = oneLine(cell);
    if (index < kept || text === '') continue;
    const labelled = `${header[index] ?? ''} ${text}`;
    if (line !== '' && line.length + gap + labelled.length > columns) {
      lines.push(line);
      line = '';
    }
    line += `${line === '' ? '  ' : ' '.repeat(gap)}${labelled}`;
  }
  return [...lines, line]
    .filter((one) => one !== '')
    .flatMap((one) => hanging(one.trim(), columns))
    .map((one) => `${one}\n`)
    .join('');
}

function hanging(text: string, columns: number): string[] {
  if (text.length + 2 <= columns) return [`  ${text}`];
  return wrap(text, columns - 4).map((line, index) => (index === 0 ? `  ${line}` : `    ${line}`));
}
