/** What can go wrong between a client and Temporal, as sentences. */
import { WorkflowNotFoundError, WorkflowUpdateFailedError, isGrpcServiceError } from '@temporalio/client';

/** - `unknownRun`: Temporal has no execution for the run
 *  - `ended`: the run takes no messages any more
 *  - `exists`: a run of that name is being carried out
 *  - `refused`: the run understood and says no, `message` says why
 *  - `noWorker`: Temporal is there, but no worker answered in time
 *  - `unreachable`: Temporal is not there
 */
export type FlotillaErrorKind = 'unknownRun' | 'ended' | 'exists' | 'refused' | 'noWorker' | 'unreachable';

/** A failed call of a client. `message` is one sentence for a person. */
export class FlotillaError extends Error {
  override readonly name = 'FlotillaError';
  readonly kind: FlotillaErrorKind;

  constructor(kind: FlotillaErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

/** Where and about which run a call was made, for the sentences. */
export interface CallContext {
  run: string;
  /** Address of Temporal. */
  address: string;
  timeoutMs: number;
}

/** Turns what the SDK throws into a {@link FlotillaError}; anything unexpected stays as it is. */
export function explain(error: unknown, { run, address, timeoutMs }: CallContext): unknown {
  if (error instanceof WorkflowNotFoundError) {
    return error.message.includes('already completed')
      ? new FlotillaError('ended', `Run ${run} has ended.`, error)
      : new FlotillaError('unknownRun', `There is no run ${run}.`, error);
  }
  if (error instanceof WorkflowUpdateFailedError) {
    return new FlotillaError('refused', error.cause?.message ?? error.message, error);
  }
  const code = grpcCode(error);
  if (code === codes.unavailable) return unreachable(address, error);
  if (code === codes.deadlineExceeded || code === codes.cancelled) {
    const message = `No worker answered for run ${run} within ${timeoutMs / 1_000} s; is one running?`;
    return new FlotillaError('noWorker', message, error);
  }
  return error;
}

export function unreachable(address: string, cause: unknown): FlotillaError {
  const message = `Temporal does not answer at ${address}; start it or correct TEMPORAL_ADDRESS.`;
  return new FlotillaError('unreachable', message, cause);
}

/** Codes of gRPC for calls that came to no answer. */
export const codes = { cancelled: 1, deadlineExceeded: 4, unavailable: 14 } as const;

/** Status code of the gRPC error at the bottom of a chain of causes. */
function grpcCode(error: unknown): number | undefined {
  if (isGrpcServiceError(error)) return error.code;
  return error instanceof Error && error.cause !== undefined ? grpcCode(error.cause) : undefined;
}
