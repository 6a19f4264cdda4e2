/** Tables in terminals that are too narrow for them. */
import { describe, expect, test } from '@jest/globals';
import { formatRows, formatTable } from '../../../cli/table.ts';

const header = ['NAME', 'STATE', 'AGE', 'MESSAGE'];
const rows = [
  ['web-run-1', 'Succeeded', '5m', 'All stages are completed successfully'],
  ['web-run-2', 'Failed', '12s', ''],
];

describe('a table', () => {
  test('with room for it is as kubectl prints it, and so it is in a pipe', () => {
    const text = `NAME        STATE       AGE   MESSAGE
web-run-1   Succeeded   5m    All stages are completed successfully
web-run-2   Failed      12s
`;
    expect(formatTable(header, rows, 67)).toBe(text);
    expect(formatTable(header, rows)).toBe(text);
  });

  test('has its last column in several lines where that is readable', () => {
    const long = [['web-run-1', 'Failed', '5m', 'some clusters are not placed in any stage, total 2: a, b']];
    expect(formatTable(header, long, 70)).toBe(`NAME        STATE    AGE   MESSAGE
web-run-1   Failed   5m    some clusters are not placed in any stage,
                           total 2: a, b
`);
  });

  test('moves its columns together before it gives one up', () => {
    const three = rows.map((row) => row.slice(0, 3));
    expect(formatTable(header.slice(0, 3), three, 26)).toBe(`NAME       STATE      AGE
web-run-1  Succeeded  5m
web-run-2  Failed     12s
`);
  });

  test('has below each row what does not fit beside it', () => {
    expect(formatTable(header, rows, 24)).toBe(`NAME       STATE
web-run-1  Succeeded
  AGE 5m
  MESSAGE All stages
    are completed
    successfully
web-run-2  Failed
  AGE 12s
`);
  });

  test.each(Array.from({ length: 60 }, (_, index) => index + 20))('is nowhere wider than %d columns', (columns) => {
    for (const line of formatTable(header, rows, columns).split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
  });

  test('a row that comes later stands below the others', () => {
    const layout = { header, widths: [12, 9, 3, 10], columns: 40 };
    expect(formatRows([['web-run-3', 'Updating', '1s', 'x']], layout)).toBe('web-run-3     Updating   1s   x\n');
    expect(formatRows([['web-run-3', 'Updating', '1s', 'x']], { ...layout, columns: 28 })).toBe(
      'web-run-3     Updating   1s\n  MESSAGE x\n',
    );
  });
});
