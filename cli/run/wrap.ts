/** Text that keeps to a width. */

/** Lines of at most `width` characters, unless one word is longer: that is cut into pieces. Empty text is one line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).flatMap((one) => pieces(one, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  const size = Math.max(1, width);
  return Array.from({ length: Math.max(1, Math.ceil(word.length / size)) }, (_, index) =>
    word.slice(index * size, (index + 1) * size),
  );
}
