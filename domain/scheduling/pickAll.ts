import type { MemberCluster } from '../../api/types/membercluster.ts';
import { compareBytes } from '../ordering.ts';
import { reasonAgainst, totalScores } from './plugins.ts';
import type { ClusterScores, SchedulerPlugin, SchedulingContext } from './plugins.ts';

/** What an algorithm made of the candidates. */
export interface Picks {
  picked: { cluster: MemberCluster; scores: ClusterScores }[];
  rejected: { cluster: MemberCluster; reason: string }[];
}

/** Picks every candidate that no plugin has anything against; both lists in ascending order of names. */
export function pickAll(
  candidates: readonly MemberCluster[],
  plugins: readonly SchedulerPlugin[],
  context: SchedulingContext,
): Picks {
  const picks: Picks = { picked: [], rejected: [] };
  for (const cluster of candidates.toSorted((a, b) => compareBytes(a.metadata.name, b.metadata.name))) {
    const reason = reasonAgainst(plugins, cluster, context);
    if (reason === undefined) picks.picked.push({ cluster, scores: totalScores(plugins, cluster, context) });
    else picks.rejected.push({ cluster, reason });
  }
  return picks;
}
