/** A rolling update as people see it: the answer to the query `status`, and the text in the Temporal UI. */
import { decide } from './decide.ts';
import type { RolloutMode } from './facts.ts';
import { standings } from './standing.ts';
import type { RolloutState } from './state.ts';
import type { ClusterWait } from './waits.ts';

export interface RolloutView {
  mode: RolloutMode | 'unknown';
  /** Index of the resource snapshot that is rolled out. */
  resourceSnapshotIndex?: string;
  /** Number of clusters that are to have copies. */
  desired: number;
  /** Number of clusters that have the snapshot and are available. */
  done: number;
  working: WorkingCluster[];
  waiting: ClusterWait[];
}

export interface WorkingCluster {
  cluster: string;
  does: 'update' | 'remove';
  /** Why it does not go on; absent while nothing hinders it. */
  trouble?: { reason: string; /** RFC 3339. */ since: string };
}

/** @param now epoch milliseconds */
export function viewRollout(state: RolloutState, now: number): RolloutView {
  const { facts } = state;
  const reached = standings(state, now).filter((cluster) => cluster.reached === true && cluster.inHand === undefined);
  return {
    mode: facts?.mode ?? 'unknown',
    ...(facts?.target && { resourceSnapshotIndex: facts.target.index }),
    desired: facts?.desired ?? 0,
    done: (facts?.settled ?? 0) + reached.length,
    working: [...state.inHand].map(([cluster, { work, trouble }]) => ({
      cluster,
      does: work.kind,
      ...(trouble && { trouble }),
    })),
    waiting: decide(state, now).waiting,
  };
}
