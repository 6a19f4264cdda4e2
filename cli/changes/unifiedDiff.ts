/** Two texts line by line, as `diff -u` shows them. */
import { structuredPatch } from 'diff';

/** Unchanged lines around a change. */
const context = 3;

/** The hunks, without names of files; no lines where the texts are equal. */
export function unifiedDiff(before: string, after: string): string[] {
  const { hunks } = structuredPatch('', '', before, after, undefined, undefined, { context });
  return hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`,
    ...lines,
  ]);
}

/** Of nothing, the line before it is named. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}
