/** Text that keeps to a width. */

/** Lines of at most `width` characters; a longer word is cut, after commas if it has any. Empty text is one line. */
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

/** Text behind a word; further lines begin below its first letter. */
export function hanging(word: string, text: string, width: number): string[] {
  return wrap(text, width - word.length).map((line, index) => (index === 0 ? word : ' '.repeat(word.length)) + line);
}

function pieces(word: string, width: number): string[] {
  const size = Math.max(1, width);
  const parts = word.length <= size ? [word] : word.split(/(?<=,)/);
  return parts.flatMap((part) => cut(part, size));
}

function cut(word: string, size: number): string[] {
  return Array.from({ length: Math.max(1, Math.ceil(word.length / size)) }, (_, index) =>
    word.slice(index * size, (index + 1) * size),
  );
}
