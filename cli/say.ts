/** Sentences of a command, as whoever reads them can read them best. */
import { columnsOf, foldText } from './foldText.ts';

/** Lines of the answer, to standard output. */
export function say(text: string): void {
  write(process.stdout, text);
}

/** Everything besides the answer, to standard error. */
export function complain(text: string): void {
  write(process.stderr, text);
}

function write(stream: NodeJS.WriteStream, text: string): void {
  stream.write(`${foldText(text, columnsOf(stream))}\n`);
}
