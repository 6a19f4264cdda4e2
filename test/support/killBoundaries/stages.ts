/** The run that is killed at every boundary: twelve clusters, a timed wait, two at once, an approval. */
import type { StageConfig } from '../../../api/types/clusterstagedupdatestrategy.ts';

export interface StageOfTwelve {
  name: string;
  /** In the order in which the run comes to them. */
  clusters: readonly string[];
  /** How many may be in work at once. */
  atOnce: number;
  more: Partial<StageConfig>;
}

export const waitMs = 1_000;

export const stages: readonly StageOfTwelve[] = [
  {
    name: 'first',
    clusters: ['cluster-01', 'cluster-02'],
    atOnce: 1,
    more: { afterStageTasks: [{ type: 'TimedWait', waitTime: `${String(waitMs / 1_000)}s` }] },
  },
  {
    name: 'second',
    clusters: ['cluster-03', 'cluster-04', 'cluster-05', 'cluster-06'],
    atOnce: 2,
    more: { maxConcurrency: 2, afterStageTasks: [{ type: 'Approval' }] },
  },
  {
    name: 'third',
    clusters: ['cluster-07', 'cluster-08', 'cluster-09', 'cluster-10', 'cluster-11', 'cluster-12'],
    atOnce: 1,
    more: {},
  },
];

/** All clusters, in the order in which the run comes to them. */
export const order = stages.flatMap(({ clusters }) => clusters);
