/** Nothing holds it. */
import { findCondition } from '../../../api/conditions.ts';
import { ownCommand } from '../../calledAs.ts';
import { clusterCount, count } from '../../run/counts.ts';
import { clustersOf } from '../../rollout/stages.ts';
import type { Finding } from '../finding.ts';
import { messageOf, progressingOf, stageOf, workingOn, type PlacementFacts, type RunFacts } from '../facts.ts';
import { inNamespace, nameSome } from '../words.ts';

export function progressing(facts: RunFacts): Finding {
  const { subject, run } = facts;
  if ((run.status?.conditions ?? []).length === 0) return justMade(facts);
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
    frees: 'nothing on the hub says that something holds it (whether Temporal answers, the hub cannot tell)',
    command: ownCommand(`rollout status ${subject}`),
    short: progressInShort(facts, working),
  };
}

/** A placement of which nobody has made a run. */
export function noRun({ subject, placement, newestRun }: PlacementFacts): Finding | undefined {
  if (placement.spec.strategy?.type !== 'External' || newestRun !== undefined) return undefined;
  const { name, namespace } = placement.metadata;
  return {
    cause: 'noRun',
    what: `${subject} goes nowhere because no run rolls it out`,
    rule: 'its strategy is External, so clusters are chosen and nothing is brought there by itself',
    frees: 'a run does that',
    command: ownCommand(`run ${name} --strategy STRATEGY${inNamespace(namespace)}`),
  };
}

export function nothing({ subject }: { subject: string }): Finding {
  return { cause: 'nothing', what: `${subject} waits for nothing` };
}

/** Whether that is too long ago is for other causes to say. */
function justMade({ subject, run }: RunFacts): Finding {
  const { creationTimestamp } = run.metadata;
  return {
    cause: 'progressing',
    what: `${subject} was made, and no worker has taken it up yet`,
    ...(creationTimestamp !== undefined && { since: creationTimestamp }),
    frees: 'that takes a moment',
    command: ownCommand(`rollout status ${subject}`),
    short: 'no worker has taken the run up yet',
  };
}

function progressInShort(facts: RunFacts, working: readonly string[]): string {
  const { run } = facts;
  const stage = stageOf(facts);
  const removal = run.status?.deletionStageStatus;
  if (stage !== undefined && stage === removal) {
    return `all stages are done; the placement is removed from ${clusterCount(removal.clusters.length)} at the end`;
  }
  if (stage === undefined || working.length === 0) return messageOf(run);
  const done = `${count(clustersOf(stage).done.length)} of ${clusterCount(stage.clusters.length)} done`;
  return `stage ${stage.stageName} updates ${nameSome(working)}; ${done}`;
}
