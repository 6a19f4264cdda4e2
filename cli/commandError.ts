/** A command that ends with a sentence and an exit code of its own. */
import { exitCodes } from './exitCodes.ts';

/** `message` is one sentence for the user, `exitCode` one of `exitCodes`. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(exitCode: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}

/** What somebody typed or set cannot be meant; the sentence says what to change. */
export function mistake(sentence: string, cause?: unknown): CommandError {
  return new CommandError(exitCodes.mistake, sentence, cause);
}
