/** It is not the turn of a cluster. */
import type { ClusterResourcePlacement } from '../../../api/types/clusterresourceplacement.ts';
import { findCondition } from '../../../api/conditions.ts';
import { ownCommand } from '../../calledAs.ts';
import { clustersOf } from '../../rollout/stages.ts';
import { runTarget } from '../../rollout/target.ts';
import type { Finding } from '../finding.ts';
import { stageOf, type PlacementFacts, type RunFacts } from '../facts.ts';
import { inNamespace } from '../words.ts';

/** A run has not come to the cluster that is asked about. */
export function waitingForSlot(facts: RunFacts): Finding | undefined {
  const { cluster, run, subject } = facts;
  const { stagesStatus = [], stagedUpdateStrategySnapshot: strategy } = run.status ?? {};
  const own = stagesStatus.find((stage) => clustersOf(stage).waiting.includes(cluster ?? ''));
  const current = stageOf(facts);
  if (own === undefined || current === undefined) return undefined;
  const name = runTarget(run.metadata);
  const most = strategy?.stages.find((stage) => stage.name === own.stageName)?.maxConcurrency ?? 1;
  const { working } = clustersOf(own);
  const before = `it is in stage ${own.stageName}, and the run is in stage ${current.stageName}, which comes before`;
  const full = `stage ${own.stageName} has ${String(most)} in work at a time, and now it has ${working.join(', ')}`;
  const idle = `stage ${own.stageName} has nothing in work, for the run waits for something itself`;
  const here = working.length === 0 ? idle : full;
  const rule = own === current ? here : before;
  const since = findCondition(own.conditions ?? run.status?.conditions, 'Progressing')?.lastTransitionTime;
  return {
    cause: 'waitingForSlot',
    what: `${subject} waits for its turn in ${name}`,
    ...(since !== undefined && { since }),
    rule,
    frees: 'its turn comes by itself; what the run waits for now can be asked',
    command: ownCommand(`why ${name}`),
  };
}

/** A placement that rolls out by itself has not come to all its clusters. */
export function placementWaitsForSlot({ subject, placement, cluster }: PlacementFacts): Finding | undefined {
  const waiting = (placement.status?.placementStatuses ?? []).filter(
    ({ clusterName, conditions }) =>
      (cluster === undefined || clusterName === cluster) &&
      findCondition(conditions, 'Scheduled')?.status === 'True' &&
      findCondition(conditions, 'RolloutStarted')?.status !== 'True',
  );
  const [first] = waiting;
  if (first === undefined) return undefined;
  const names = waiting.map(({ clusterName }) => clusterName ?? '');
  const since = findCondition(first.conditions, 'RolloutStarted')?.lastTransitionTime;
  return {
    cause: 'waitingForSlot',
    what: `${subject} has not come to ${names.join(', ')}`,
    ...(since !== undefined && { since }),
    rule: `its strategy takes clusters in turn (${limitsOf(placement)})`,
    frees: 'a cluster in work that becomes available makes room; larger limits do so at once',
    command: `kubectl edit ${placement.kind.toLowerCase()} ${placement.metadata.name}${inNamespace(placement.metadata.namespace)}`,
  };
}

function limitsOf({ spec }: ClusterResourcePlacement): string {
  const { maxUnavailable = '25%', maxSurge = '25%' } = spec.strategy?.rollingUpdate ?? {};
  return `maxUnavailable ${String(maxUnavailable)}, maxSurge ${String(maxSurge)}`;
}
