/** An explanation as sentences for people: why each cluster is in or out, and what would change it. */
import type { ClusterExplanation, ComparedScores, ExplainedRefusal, PlacementExplanation } from './explain.ts';

/** One paragraph about the whole placement, then one for each cluster, in the order of the explanation. */
export function explanationSentences(explanation: PlacementExplanation): string[] {
  return [summary(explanation), ...explanation.clusters.map((cluster) => aboutCluster(cluster, explanation))];
}

/** How the placement stands as a whole. */
function summary({ placement, placementType, wanted, selected, fault, clusters }: PlacementExplanation): string {
  if (fault !== undefined) {
    return `Placement ${placement} decides nothing until its policy is put right: ${fault}.`;
  }
  const has = `Placement ${placement} (${placementType})`;
  if (wanted === undefined) return `${has} takes every cluster that fits: ${selected.length} of ${clusters.length}.`;
  if (wanted === 0) return `${has} wants no cluster.`;
  if (selected.length >= wanted) return `${has} has the ${wanted === 1 ? 'cluster' : countOf(wanted)} that it wants.`;
  return `${has} wants ${countOf(wanted)} and has found ${selected.length}.`;
}

function countOf(clusters: number): string {
  return clusters === 1 ? '1 cluster' : `${clusters} clusters`;
}

/** One cluster, in one to three sentences. */
function aboutCluster(cluster: ClusterExplanation, explanation: PlacementExplanation): string {
  const rest = cluster.isLeaving ? [`It had the placement; its copies are still to be removed.`] : [];
  return [...reasons(cluster, explanation), ...rest].join(' ');
}

function reasons(cluster: ClusterExplanation, explanation: PlacementExplanation): string[] {
  const name = cluster.cluster;
  switch (cluster.outcome) {
    case 'placed':
    case 'chosen':
      return [isIn(cluster, explanation), ...whyItStays(cluster)];
    case 'outscored':
      return [outscored(cluster, explanation), outscoredRemedy(cluster, explanation)];
    case 'refused':
      return [
        `${name} is out: ${listOf(cluster.refusals.map(({ because }) => because))}.`,
        remedy(cluster, explanation),
      ];
    case 'notNamed':
      return [`${name} is out: clusterNames of the policy does not name it.`, 'It would be in if clusterNames did.'];
    case 'missing':
      return [
        `${name} is out: the policy names it, but the fleet has no member of that name.`,
        'It would be in if a cluster joined under that name, or if the name in clusterNames were put right.',
      ];
    case 'undecided':
      return [`${name} is undecided: the policy has a fault.`];
  }
}

function isIn({ cluster, outcome, scores }: ClusterExplanation, { placementType }: PlacementExplanation): string {
  const verb = outcome === 'placed' ? 'is in' : 'is about to be in';
  switch (placementType) {
    case 'PickAll':
      return `${cluster} ${verb}: ${outcome === 'placed' ? 'it fitted the policy when it was picked' : 'it fits the policy'}.`;
    case 'PickFixed':
      return `${cluster} ${verb}: clusterNames of the policy names it.`;
    case 'PickN':
      return `${cluster} ${verb}: it ${outcome === 'placed' ? 'was' : 'is'} among the best${withScores(scores)}.`;
  }
}

function whyItStays({ outcome, refusals }: ClusterExplanation): string[] {
  if (outcome !== 'placed' || refusals.length === 0) return [];
  const objections = listOf(refusals.map(({ because }) => because));
  return [`It would not be picked again, because ${objections}; but it stays as long as the policy does not change.`];
}

function outscored(
  { cluster, scores, beatenBy }: ClusterExplanation,
  { wanted = 0, selected }: PlacementExplanation,
): string {
  if (wanted === 0) return `${cluster} is out: the policy wants no cluster.`;
  const wants = `${cluster} is out: the policy wants ${countOf(wanted)}`;
  const before = namesOf(selected.slice(0, beatenBy));
  return beatenBy === selected.length
    ? `${wants}, and ${before} ${selected.length === 1 ? 'ranks' : 'rank'} before it${withScores(scores)}.`
    : `${wants}, and has ${wanted === 1 ? 'it' : 'them'}: ${namesOf(selected)}. Clusters stay once they are picked, although this one would rank before some of them now${withScores(scores)}.`;
}

function outscoredRemedy({ beatenBy }: ClusterExplanation, { wanted = 0, selected }: PlacementExplanation): string {
  const more = `numberOfClusters were above ${wanted}`;
  const isLastBetter = beatenBy === selected.length && selected.length > 0;
  const vacancy = `or if ${selected.length === 1 ? selected.join('') : 'one of the others'} left the fleet`;
  return isLastBetter
    ? `It could be picked if ${more}, ${vacancy}; a better score counts when the next cluster is picked.`
    : `It could be picked if ${more}${wanted === 0 ? '' : `, ${vacancy}`}.`;
}

function remedy({ refusals }: ClusterExplanation, { placementType, wanted, selected }: PlacementExplanation): string {
  const clauses = refusals.map(remedyOf).filter((clause) => clause !== '');
  if (clauses.length === 0) return '';
  const isFull = placementType === 'PickN' && wanted !== undefined && selected.length >= wanted;
  const conditions = `if ${clauses.join('; and if ')}`;
  if (placementType !== 'PickN') return `It would be in ${conditions}.`;
  return isFull
    ? `It could be picked ${conditions}; and if the policy wanted more than the ${countOf(selected.length)} that it has.`
    : `It could be picked ${conditions}.`;
}

function remedyOf({ remedies }: ExplainedRefusal): string {
  return remedies.join(', or if ');
}

function withScores(scores: ComparedScores | undefined): string {
  if (scores === undefined) return '';
  const { affinityScore, topologySpreadScore } = scores;
  return ` (affinity score: ${affinityScore}, topology spread score: ${topologySpreadScore})`;
}

/** More names than somebody wants to read are counted. */
const readableNames = 5;

function namesOf(names: readonly string[]): string {
  if (names.length <= readableNames) return listOf(names);
  return `${names.slice(0, readableNames).join(', ')} and ${names.length - readableNames} more`;
}

function listOf(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1) ?? ''}`;
}
