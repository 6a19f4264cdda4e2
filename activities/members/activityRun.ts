/** What every activity for members does around its own work: heartbeats, cancellation, errors that may leave. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { KubernetesError } from '../../kube/errors.ts';
import type { MemberDependencies, MemberSettings } from './dependencies.ts';
import type { Heartbeats } from './heartbeats.ts';
import { Displaced } from './interruptions.ts';
import { ClusterReporter } from './reporter.ts';
import type { ClusterOutcome } from './targets.ts';

/** What the work of one activity gets. */
export interface ActivityRun {
  /** Aborted when the activity is cancelled. */
  signal: AbortSignal;
  reporter: ClusterReporter;
}

/**
 * Runs the work of one activity on one cluster.
 * @throws CancelledFailure when it was cancelled; ApplicationFailure, whose message quotes no object
 */
export async function runForCluster(
  cluster: string,
  dependencies: MemberDependencies,
  { settings, heartbeats }: { settings: MemberSettings; heartbeats: Heartbeats },
  work: (run: ActivityRun) => Promise<ClusterOutcome>,
): Promise<ClusterOutcome> {
  const { cancellationSignal: signal, heartbeat } = Context.current();
  const reporter = new ClusterReporter(cluster, dependencies, settings.reportIntervalMs);
  const endBeating = heartbeats.begin(heartbeat);
  try {
    const outcome = await work({ signal, reporter });
    reporter.report('');
    return outcome;
  } catch (error) {
    // Whatever a request in flight made of it: the reason is that the activity was cancelled.
    signal.throwIfAborted();
    if (error instanceof Displaced) {
      reporter.report('');
      return { result: 'displaced', by: error.by };
    }
    throw outgoing(error);
  } finally {
    endBeating();
    await reporter.close();
  }
}

/** Trouble with the hub is for Temporal to retry. The error itself stays here: its detail may quote an object. */
function outgoing(error: unknown): unknown {
  if (!(error instanceof KubernetesError)) return error;
  return ApplicationFailure.retryable(error.message, `Kubernetes/${error.errorClass}`);
}
