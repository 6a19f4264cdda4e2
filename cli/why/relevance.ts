/** Which of several runs a cluster waits for. */
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { isOver } from '../../domain/runs/over.ts';
import { clustersOf } from '../rollout/stages.ts';

/** Runs that still have to do with the cluster: those at work on it first, then those at work elsewhere, then the rest. */
export function runsAbout(cluster: string, runs: readonly ClusterStagedUpdateRun[]): ClusterStagedUpdateRun[] {
  return runs
    .map((run) => ({ run, rank: rankOf(run, cluster) }))
    .filter(({ rank }) => rank !== undefined)
    .sort((left, right) => (left.rank ?? 0) - (right.rank ?? 0))
    .map(({ run }) => run);
}

function rankOf(run: ClusterStagedUpdateRun, cluster: string): number | undefined {
  if (isOver(run)) return undefined;
  const { stagesStatus = [], deletionStageStatus } = run.status ?? {};
  const stages = [...stagesStatus, ...(deletionStageStatus === undefined ? [] : [deletionStageStatus])].map(clustersOf);
  if (stages.some(({ working }) => working.includes(cluster))) return 0;
  if (!stages.some(({ waiting }) => waiting.includes(cluster))) return undefined;
  return stages.some(({ working }) => working.length > 0) ? 1 : 2;
}
