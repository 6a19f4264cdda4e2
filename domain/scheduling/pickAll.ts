import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { Picks } from './picks.ts';
import type { Rules } from './rules.ts';
import { noScores } from './scores.ts';

/** Picks every candidate that no rule has anything against. Nothing is compared, so nobody gets points. */
export function pickAll(candidates: readonly MemberCluster[], rules: Rules): Picks {
  const picks: Picks = { picked: [], outscored: [], refused: [], missing: [] };
  for (const cluster of candidates) {
    const refusal = rules.fixedRefusal(cluster);
    if (refusal === undefined) picks.picked.push({ cluster, scores: noScores });
    else picks.refused.push({ name: cluster.metadata.name, refusal });
  }
  return picks;
}
