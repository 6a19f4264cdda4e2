/** A command that ends with a sentence and an exit code of its own. */

/** `message` is one sentence for the user, `exitCode` one of `exitCodes`. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(exitCode: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.exitCode = exitCode;
  }
}
