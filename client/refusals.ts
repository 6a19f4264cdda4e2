/** When a call of Temporal that failed is made again. */
import { defaultGrpcRetryOptions, type GrpcRetryOptions } from '@temporalio/client';
import { codes } from './errors.ts';

/** How a call has ended, as gRPC tells it. */
type CallStatus = Parameters<GrpcRetryOptions['retryableDecider']>[1];

/**
 * As the SDK does it, but for a server that refuses the connection and has never been reached: nothing listens there,
 * which another attempt will not change. For one client: it remembers whether the server was reached.
 */
export function retriesUnlessRefused(): GrpcRetryOptions {
  const usual = defaultGrpcRetryOptions();
  let wasReached = false;
  return {
    ...usual,
    retryableDecider(attempt, status) {
      wasReached ||= !unanswered.has(status.code);
      return (wasReached || !isRefused(status)) && usual.retryableDecider(attempt, status);
    },
  };
}

/** All other codes come from the server. */
const unanswered: ReadonlySet<number> = new Set(Object.values(codes));

/** gRPC has one code for all connections that fail, and names the error of the system in its text. */
function isRefused({ details }: CallStatus): boolean {
  return details.includes('ECONNREFUSED');
}
