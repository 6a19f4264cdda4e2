import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { Picks } from './picks.ts';
import type { Rules } from './rules.ts';
import { noScores } from './scores.ts';

/**
 * Picks the named clusters that are eligible.
 * @param names those that are still to be picked
 * @param rules eligibility alone: who names a cluster does not ask for taints
 */
export function pickFixed(names: Iterable<string>, clusters: readonly MemberCluster[], rules: Rules): Picks {
  const byName = new Map(clusters.map((cluster) => [cluster.metadata.name, cluster]));
  const picks: Picks = { picked: [], outscored: [], refused: [], missing: [] };
  for (const name of new Set(names)) {
    const cluster = byName.get(name);
    const refusal = cluster && rules.fixedRefusal(cluster);
    if (cluster === undefined) picks.missing.push(name);
    else if (refusal === undefined) picks.picked.push({ cluster, scores: noScores });
    else picks.refused.push({ name, refusal });
  }
  return picks;
}
