/**
 * What one look at the hub tells a rolling update. It travels through Temporal, so it holds names and flags only, and
 * of clusters that need nothing just their number. Flags that do not hold are left out.
 */
import type { ApplyStrategy } from '../../api/types/clusterresourceplacement.ts';
import { goJson } from '../snapshots/goJson.ts';
import type { RolloutLimits } from './limits.ts';

/** What a cluster is to be brought to. Two targets are the same when {@link targetKey} says so. */
export interface RolloutTarget {
  /** Name of the first snapshot of the group. */
  snapshot: string;
  /** Index of the group. */
  index: string;
  applyStrategy?: ApplyStrategy;
}

/**
 * What its owner wants of the placement: that it rolls out by itself, that runs do it, or that it goes away.
 * `gone`: the placement does not exist any more, or is another one of the same name.
 */
export type RolloutMode = 'rollingUpdate' | 'external' | 'remove' | 'gone';

/** See the head of this file. */
export interface RolloutFacts {
  mode: RolloutMode;
  /** Number of clusters that are to have the copies. */
  desired: number;
  limits: RolloutLimits;
  /** The latest snapshot with the placement's apply strategy; absent while there is no complete snapshot. */
  target?: RolloutTarget;
  /** Number of clusters that have the target, are available and need nothing. They are not in the list. */
  settled: number;
  /** All others, by name. */
  clusters: ClusterFacts[];
}

/**
 * What is known of the copies on a cluster since somebody last began to change them. `unavailable` is also what nobody
 * has reported on.
 */
export type Health = 'available' | 'unavailable' | 'failed';

export interface ClusterFacts {
  /** Name of the member cluster. */
  cluster: string;
  /** Name of its binding. */
  binding: string;
  /** The scheduler wants the copies there. */
  selected?: true;
  /** The binding is being deleted, whoever wanted that: its copies have to go. */
  deleting?: true;
  /** There are copies on the cluster, or may be. */
  placed?: true;
  /** The binding names the target; that it has been reached is another matter. */
  atTarget?: true;
  /** The target has been reached: applied and available, reported for the binding as it is. */
  reached?: true;
  health: Health;
  /**
   * Epoch milliseconds from which the cluster counts as available, because of the pause after its last update; absent
   * where there is none.
   */
  countsFrom?: number;
}

/** Equal for targets that ask for the same of a cluster. */
export function targetKey({ snapshot, applyStrategy }: RolloutTarget): string {
  return `${snapshot} ${goJson(applyStrategy)}`;
}
