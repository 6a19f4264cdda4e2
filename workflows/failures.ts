/** What people read of a failure. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/common';

/** The innermost sentence of an error: what the activity said, without Temporal's wrapping. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ActivityFailure && error.cause !== undefined) return sentenceOf(error.cause);
  if (error instanceof ApplicationFailure || error instanceof Error) return error.message;
  return String(error);
}
