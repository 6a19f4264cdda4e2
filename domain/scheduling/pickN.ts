import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { Picks } from './picks.ts';
import type { Rules } from './rules.ts';
import { addScores, bestFirst, type ScoredCluster } from './scores.ts';

/**
 * Picks the best `wanted` candidates that no rule has anything against. Where a rule depends on what was picked
 * before, clusters are picked one by one, and those left over are judged by how it was after the last pick.
 */
export function pickN(candidates: readonly MemberCluster[], wanted: number, rules: Rules): Picks {
  const picks: Picks = { picked: [], outscored: [], refused: [], missing: [] };
  const fit: ScoredCluster[] = [];
  for (const cluster of candidates) {
    const refusal = rules.fixedRefusal(cluster);
    if (refusal === undefined) fit.push({ cluster, scores: rules.fixedScores(cluster) });
    else picks.refused.push({ name: cluster.metadata.name, refusal });
  }
  fit.sort(bestFirst);
  if (rules.areDynamic) pickOneByOne(fit, wanted, rules, picks);
  else {
    picks.picked = fit.slice(0, wanted);
    picks.outscored = fit.slice(wanted);
  }
  return picks;
}

/** Clusters of which only the first can be the next one: the dynamic rules tell them apart in nothing. */
interface Group {
  members: ScoredCluster[];
  /** Position of the first that is left. */
  next: number;
}

/** @param fit the best first, by the scores that do not depend on other picks */
function pickOneByOne(fit: readonly ScoredCluster[], wanted: number, rules: Rules, picks: Picks): void {
  const groups = new Map<string, Group>();
  for (const scored of fit) {
    const key = rules.groupOf(scored.cluster);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { members: [scored], next: 0 });
    else group.members.push(scored);
  }
  while (picks.picked.length < wanted) {
    const best = bestOf(groups.values(), rules);
    if (best === undefined) break;
    best.group.next += 1;
    picks.picked.push(best.scored);
    rules.picked(best.scored.cluster);
  }
  for (const { members, next } of groups.values()) {
    for (const left of members.slice(next)) judge(left, rules, picks);
  }
  picks.outscored.sort(bestFirst);
}

function bestOf(groups: Iterable<Group>, rules: Rules): { group: Group; scored: ScoredCluster } | undefined {
  let best: { group: Group; scored: ScoredCluster } | undefined;
  for (const group of groups) {
    const first = group.members[group.next];
    if (first === undefined || rules.dynamicRefusal(first.cluster) !== undefined) continue;
    const scored = withDynamicScores(first, rules);
    if (best === undefined || bestFirst(scored, best.scored) < 0) best = { group, scored };
  }
  return best;
}

function judge(left: ScoredCluster, rules: Rules, picks: Picks): void {
  const refusal = rules.dynamicRefusal(left.cluster);
  if (refusal === undefined) picks.outscored.push(withDynamicScores(left, rules));
  else picks.refused.push({ name: left.cluster.metadata.name, refusal });
}

function withDynamicScores({ cluster, scores }: ScoredCluster, rules: Rules): ScoredCluster {
  return { cluster, scores: addScores(scores, rules.dynamicScores(cluster)) };
}
