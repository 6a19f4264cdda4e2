/** Whether a run has come to its end, as its object says. An ended run is never carried out again. */
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';

/** @returns true once the run has succeeded, failed, or failed to initialize. */
export function isOver(run: ClusterStagedUpdateRun): boolean {
  return (run.status?.conditions ?? []).some(
    ({ type, status }) =>
      (type === 'Succeeded' && status !== 'Unknown') || (type === 'Initialized' && status === 'False'),
  );
}

/** @returns true once the run's plan is fixed. */
export function isInitialized(run: ClusterStagedUpdateRun): boolean {
  return (run.status?.conditions ?? []).some(({ type, status }) => type === 'Initialized' && status === 'True');
}
