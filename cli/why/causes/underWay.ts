/** Nothing holds it. */
import { findCondition } from '../../../api/conditions.ts';
import type { Finding } from '../finding.ts';
import { progressingOf, stageOf, workingOn, type PlacementFacts, type RunFacts } from '../facts.ts';

export function progressing(facts: RunFacts): Finding {
  const { subject, run } = facts;
  const working = workingOn(facts).map(({ name }) => name);
  const stage = stageOf(facts);
  const where =
    stage === undefined || working.length === 0 ? '' : `: ${working.join(', ')} in work in stage ${stage.stageName}`;
  const since =
    findCondition(stage?.conditions, 'Progressing')?.lastTransitionTime ?? progressingOf(run)?.lastTransitionTime;
  return {
    cause: 'progressing',
    what: `${subject} is under way${where}`,
    ...(since !== undefined && { since }),
    frees: 'nothing is known to hold it; to follow it',
    command: `flotilla rollout status ${subject}`,
  };
}

/** A placement of which nobody has made a run. */
export function noRun({ subject, placement, newestRun }: PlacementFacts): Finding | undefined {
  if (placement.spec.strategy?.type !== 'External' || newestRun !== undefined) return undefined;
  const { name, namespace } = placement.metadata;
  const where = namespace === undefined ? '' : ` -n ${namespace}`;
  return {
    cause: 'noRun',
    what: `${subject} goes nowhere because no run rolls it out`,
    rule: 'its strategy is External, so clusters are chosen and nothing is brought there by itself',
    frees: 'a run does that',
    command: `flotilla run ${name} --strategy STRATEGY${where}`,
  };
}

export function nothing({ subject }: { subject: string }): Finding {
  return { cause: 'nothing', what: `${subject} waits for nothing` };
}
