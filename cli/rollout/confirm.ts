/** Asking before something is done. */
import { createInterface } from 'node:readline/promises';
import { columnsOf, foldText } from '../foldText.ts';

/** @returns whether the answer was yes; Ctrl-C and Ctrl-D are no. @throws Error with one sentence where nobody can answer */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error(`${question} Nobody can answer here: say so with --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const unanswered = Promise.withResolvers<undefined>();
  terminal.once('SIGINT', () => terminal.close());
  terminal.once('close', () => unanswered.resolve(undefined));
  try {
    const asked = terminal.question(foldText(`${question} [yes/no] `, columnsOf(process.stderr)));
    // Closing the terminal may leave the question open or end it with an error.
    const answer = await Promise.race([asked.catch(() => undefined), unanswered.promise]);
    // What is said next begins on a line of its own.
    if (answer === undefined) process.stderr.write('\n');
    return /^y(es)?$/i.test(answer?.trim() ?? '');
  } finally {
    terminal.close();
  }
}
