/**
 * Answers to a shell that asks what may come next: a line for each word, and last what the shell is to do besides.
 * Source: `__complete` of github.com/spf13/cobra, which kubectl also expects of its plugins.
 */
import { oneLine } from '../oneLine.ts';

/** One word that may come next. */
export interface Suggestion {
  word: string;
  description?: string;
}

/** `files`: the shell is to offer the names of files. */
export type Answer = readonly Suggestion[] | 'files';

/** Numbers of cobra. */
const directives = { files: 0, noFiles: 4 };

/** @param begun what the words have to begin with */
export function answerText(answer: Answer, begun: string): string {
  if (answer === 'files') return `:${directives.files}\n`;
  const lines = answer
    .filter(({ word }) => word.startsWith(begun))
    .map(({ word, description }) => (description === undefined ? word : `${word}\t${oneLine(description)}`));
  return [...lines, `:${directives.noFiles}`].map((line) => `${line}\n`).join('');
}
