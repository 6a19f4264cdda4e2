/** Points of clusters, and what is better. */
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { compareBytes } from '../ordering.ts';

/** Points for a cluster; higher is better. */
export interface ClusterScores {
  affinityScore: number;
  topologySpreadScore: number;
  /** 1 for a cluster that has the placement under an older policy: among equals it stays. */
  reuseScore: number;
}

export interface ScoredCluster {
  cluster: MemberCluster;
  scores: ClusterScores;
}

export const noScores: ClusterScores = { affinityScore: 0, topologySpreadScore: 0, reuseScore: 0 };

export function addScores(left: ClusterScores, right: ClusterScores): ClusterScores {
  return {
    affinityScore: left.affinityScore + right.affinityScore,
    topologySpreadScore: left.topologySpreadScore + right.topologySpreadScore,
    reuseScore: left.reuseScore + right.reuseScore,
  };
}

/** Orders the best cluster first: negative if `left` is better. Among equals the larger name wins. */
export function bestFirst(left: ScoredCluster, right: ScoredCluster): number {
  return (
    right.scores.topologySpreadScore - left.scores.topologySpreadScore ||
    right.scores.affinityScore - left.scores.affinityScore ||
    right.scores.reuseScore - left.scores.reuseScore ||
    compareBytes(right.cluster.metadata.name, left.cluster.metadata.name)
  );
}
