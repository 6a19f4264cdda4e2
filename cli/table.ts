/** Tables for a terminal, as kubectl prints them. */
import { getBorderCharacters, table, type TableUserConfig } from 'table';

/** No lines between cells; columns as wide as their widest cell, three spaces apart. */
const kubectlStyle: TableUserConfig = {
  border: getBorderCharacters('void'),
  columnDefault: { paddingLeft: 0, paddingRight: 3 },
  drawHorizontalLine: () => false,
};

/** Every line ends with a line feed and none with spaces. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return formatRows([header, ...rows]);
}

/**
 * Rows without a header, to stand below a table that was printed before.
 * @param widths least width of each column
 */
export function formatRows(rows: readonly (readonly string[])[], widths: readonly number[] = []): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => row.map(oneLine));
  const columns = columnWidths(cells, widths).map((width) => ({ width: Math.max(1, width) }));
  return table(cells, { ...kubectlStyle, columns }).replace(/ +$/gm, '');
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

/** A cell is one line; text from the hub may have several, and the library refuses control characters. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}
