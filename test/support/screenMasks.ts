/** What is different each time a screen is looked at, replaced by words of the same length where lines depend on it. */

/** Times and spans of fixed length, and the words for them. */
const fixed: readonly (readonly [pattern: RegExp, word: string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, 'YYYY-MM-DDTHH:MM:SSZ'],
  [/(?<!\d)\d\d:\d\d:\d\d/g, 'HH:MM:SS'],
];

/** Ages in the columns AGE and LAST-SEEN are put in again as `<age>`; what follows is moved to where it stands then. */
export function maskScreen(text: string): string {
  const masked = fixed.reduce((current, [pattern, word]) => current.replaceAll(pattern, word), text);
  return (
    maskAges(masked)
      .replaceAll(/\bAGE (\d+[smhdy])+/g, 'AGE <age>')
      .replaceAll(/\((\d+[smh])+ ago\)/g, '(<age> ago)')
      .replaceAll(/\b\d+(\.\d+)? s a cluster/g, '<time> a cluster')
      .replaceAll(/\bafter (\d+ ms|\d+\.\d s)/g, 'after <time>')
      // How the machine is called decides whether the name has room on the line.
      .replaceAll(/\btaken up by worker\s+\S+/g, 'taken up by worker <worker>')
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
  );
}

function maskAges(text: string): string {
  const lines = text.split('\n');
  for (const [index, line] of lines.entries()) {
    for (const title of ['LAST-SEEN', 'AGE']) {
      const header = lines[index] ?? line;
      if (/^[A-Z][A-Z-]+( {2,}[A-Z][A-Z -]*)+$/.test(header)) maskColumn(lines, index, title);
    }
  }
  return lines.join('\n');
}

/** @param first line of the header */
function maskColumn(lines: string[], first: number, title: string): void {
  const header = lines[first] ?? '';
  const start = header.search(new RegExp(`(?<= )${title}(?= |$)`));
  if (start < 0) return;
  const [cell = ''] = /^\S+ */.exec(header.slice(start)) ?? [];
  const isLast = header.length === start + cell.length;
  const width = Math.max(title.length, '<age>'.length) + 3;
  for (let index = first; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const isContinued =
      !isLast && line.length > start + cell.length && line.slice(0, start + cell.length).trim() === '';
    if (isContinued) lines[index] = ' '.repeat(start + width) + line.slice(start + cell.length);
    if (line === '' || line.startsWith(' ')) continue;
    const value = isLast ? line.slice(start) : line.slice(start, start + cell.length).trimEnd();
    const isAge = /^(\d+[smhdy]){1,2}$/.test(value);
    if (index > first && !isAge) continue;
    const shown = isAge ? '<age>' : title;
    const rest = isLast ? '' : line.slice(start + cell.length);
    lines[index] = `${line.slice(0, start)}${rest === '' ? shown : shown.padEnd(width)}${rest}`;
  }
}
