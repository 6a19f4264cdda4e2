/** What a stage waits for besides its clusters: for all causes that are about one of these. */
import type { ClusterApprovalRequest } from '../../../api/types/clusterapprovalrequest.ts';
import type { StageUpdatingStatus } from '../../../api/types/clusterstagedupdaterun.ts';
import { rfc3339 } from '../../../domain/time.ts';
import { openApproval, openWait, type OpenApproval, type OpenWait } from '../../rollout/stages.ts';
import { clusterCount } from '../../run/counts.ts';
import { stageOf, type RunFacts } from '../facts.ts';

export interface OpenGates {
  stage: StageUpdatingStatus;
  approval?: OpenApproval;
  wait?: OpenWait;
  /** The approval's; absent while it is not made, or may not be read. */
  request?: ClusterApprovalRequest;
}

/** @returns undefined unless the stage in which the run is waits for one */
export function openGates(facts: RunFacts): OpenGates | undefined {
  const stage = stageOf(facts);
  const approval = stage && openApproval(stage);
  const wait = stage && openWait(facts.run.status ?? {}, stage);
  if (stage === undefined || (approval === undefined && wait === undefined)) return undefined;
  const request = facts.requests.find(({ metadata }) => metadata.name === approval?.request);
  return { stage, approval, wait, request };
}

/**
 * All that is waited for, and what comes then: `stage prod soaks until … and waits for approval …; then next, 3 clusters`.
 * @param said of the approval, instead of when it was asked for
 */
export function gatesInShort({ run }: RunFacts, { stage, approval, wait }: OpenGates, said?: string): string {
  const clauses = [
    ...(wait === undefined ? [] : [`soaks until ${rfc3339(wait.endsAt)}`]),
    ...(approval === undefined ? [] : [approvalClause(approval, said)]),
  ];
  const stages = run.status?.stagesStatus ?? [];
  const next = stages[stages.indexOf(stage) + 1];
  const then = next === undefined ? '' : `; then ${next.stageName}, ${clusterCount(next.clusters.length)}`;
  return `stage ${stage.stageName} ${clauses.join(' and ')}${then}`;
}

function approvalClause({ request, since, when }: OpenApproval, said: string | undefined): string {
  const asked = since === undefined ? '' : `, asked for at ${since}`;
  return `waits for approval ${request}${when === 'before' ? ' to begin' : ''}${said === undefined ? asked : ` (${said})`}`;
}
