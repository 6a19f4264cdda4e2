/** Attempts on a cluster until one reaches its goal: trouble is told and tried again, anything else ends them. */
import { backoffDelay, delay } from '../../kube/backoff.ts';
import type { MemberSettings } from './dependencies.ts';
import { ClusterTrouble, Overtaken } from './interruptions.ts';
import type { ClusterReporter } from './reporter.ts';

export interface AttemptOptions {
  reporter: ClusterReporter;
  settings: Pick<MemberSettings, 'firstRetryMs' | 'checkIntervalMs'>;
  /** Aborted when the activity is cancelled. */
  signal: AbortSignal;
  /** Called after each troubled attempt. */
  onTrouble?(trouble: ClusterTrouble): Promise<void>;
}

/** Pause before something is read again that somebody else has just changed. */
const overtakenBackoff = { firstMs: 5, maxMs: 1_000 };

/**
 * Calls `attempt` until it returns. It is given the trouble that ended the attempt before, if any.
 * @throws the signal's reason when the activity is cancelled; whatever `attempt` throws that is neither
 * {@link ClusterTrouble} nor {@link Overtaken}
 */
export async function attemptUntilDone<T>(
  attempt: (previous: ClusterTrouble | undefined) => Promise<T>,
  options: AttemptOptions,
): Promise<T> {
  const { reporter, settings, signal } = options;
  const backoff = { firstMs: settings.firstRetryMs, maxMs: settings.checkIntervalMs };
  let previous: ClusterTrouble | undefined;
  let troubles = 0;
  let overtaken = 0;
  for (;;) {
    signal.throwIfAborted();
    try {
      return await attempt(previous);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof Overtaken) {
        await delay(backoffDelay(overtakenBackoff, ++overtaken), signal);
      } else if (error instanceof ClusterTrouble) {
        const known = reporter.reason === error.message;
        reporter.report(error.message);
        await options.onTrouble?.(error);
        troubles = known ? troubles + 1 : 1;
        overtaken = 0;
        previous = error;
        if (!error.waited) await delay(backoffDelay(backoff, troubles), signal);
      } else {
        throw error;
      }
    }
  }
}
