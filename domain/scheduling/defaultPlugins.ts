import { clusterAffinity } from './clusterAffinity.ts';
import { clusterEligibility } from './eligibility.ts';
import type { SchedulerPlugin } from './plugins.ts';
import { samePlacementAntiAffinity } from './samePlacement.ts';
import { taintToleration } from './taintToleration.ts';
import { topologySpread } from './topologySpread.ts';

/** Rules of every policy, in the order in which they are asked: the first that refuses a cluster gives the reason. */
export const defaultPlugins: readonly SchedulerPlugin[] = [
  clusterAffinity,
  clusterEligibility,
  taintToleration,
  samePlacementAntiAffinity,
  topologySpread,
];
