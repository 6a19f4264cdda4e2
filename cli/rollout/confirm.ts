/** Asking before something is done. */
import { createInterface } from 'node:readline/promises';

/** @throws Error with one sentence where nobody can answer */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Error(`${question} Nobody can answer here: say so with --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await terminal.question(`${question} [yes/no] `)).trim().toLowerCase();
    return answer === 'yes' || answer === 'y';
  } finally {
    terminal.close();
  }
}
