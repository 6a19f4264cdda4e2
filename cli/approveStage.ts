/** Approving a stage of a run: on the hub where its request stands, in the run where it does not exist yet. */
import { findCondition, setCondition } from '../api/conditions.ts';
import { approvalMessage, approvalRequestConditions, type StageTaskMoment } from '../api/runConditions.ts';
import { kindsIn } from '../api/kinds.ts';
import { formatReference, nameOf, type ObjectReference } from '../api/references.ts';
import { approvalRequestName } from '../api/names.ts';
import type { ClusterApprovalRequest } from '../api/types/clusterapprovalrequest.ts';
import type { StageConfig } from '../api/types/clusterstagedupdatestrategy.ts';
import type { ClusterStagedUpdateRun } from '../api/types/clusterstagedupdaterun.ts';
import type { FlotillaClient } from '../client/index.ts';
import { approvalChoice, approvalMoments } from '../domain/runs/approvals.ts';
import { isApproved } from '../domain/runs/approved.ts';
import type { KubernetesClient } from '../kube/client.ts';
import { isConflict } from '../kube/errors.ts';
import { CommandError, mistake } from './commandError.ts';
import { exitCodes } from './exitCodes.ts';
import { nearestName } from './nearestName.ts';
import { findRun } from './rollout/findTarget.ts';

/** Where approvals go. */
export interface ApprovalDoors {
  hub: KubernetesClient;
  /** Called only when the approval has to go through Temporal. */
  flotilla(): Approver | Promise<Approver>;
}

type Approver = Pick<FlotillaClient, 'approve'>;

export interface StageApproval {
  run: ObjectReference;
  stage: string;
  by?: string;
  comment?: string;
  /** Which approval of the stage; absent: its only one, or the one that is waited for. */
  task?: StageTaskMoment;
}

/**
 * Approves a stage.
 * @returns one sentence: what was done, or will be
 * @throws CommandError, KubernetesError, or FlotillaError where it has to go through Temporal
 */
export async function approveStage({ hub, flotilla }: ApprovalDoors, approval: StageApproval): Promise<string> {
  const { run: reference, stage, by, comment, task } = approval;
  const { namespace } = reference;
  const definitions = kindsIn(reference);
  const name = formatReference(reference);
  const run = await findRun(hub, reference);
  const moments = task === undefined ? approvableMoments(run, stage) : [checkedTask(run, stage, task)];
  for (const when of moments) {
    const requestName = approvalRequestName(reference.name, stage, when);
    const request = await hub.find(definitions.approvalRequest, requestName, namespace);
    if (request === undefined) continue;
    checkRequest(request, approval);
    if (isApproved(request)) {
      // With two approvals, the one that is given already need not be the one that is meant.
      if (moments.length > 1) continue;
      return `Stage ${stage} of run ${name} was approved before.`;
    }
    if (await writeApproval(hub, request, approval)) return `Stage ${stage} of run ${name} is approved.`;
    return approveStage({ hub, flotilla }, approval);
  }
  checkOpen(run);
  try {
    return (await (await flotilla()).approve(name, stage, { by, comment, task })).message;
  } catch (error) {
    // Loaded already: nobody else throws such an error.
    const { FlotillaError } = await import('../client/index.ts');
    if (!(error instanceof FlotillaError) || error.kind !== 'unknownRun') throw error;
    throw mistake(`Run ${name} has not been taken up by a worker yet; approve again in a moment.`);
  }
}

/**
 * When a stage takes approvals, the later one first. Only an initialized run knows its stages; an early approval for
 * another is judged by the run itself.
 */
function approvableMoments(run: ClusterStagedUpdateRun, stage: string): StageTaskMoment[] {
  const stages = run.status?.stagedUpdateStrategySnapshot?.stages;
  if (stages === undefined) return ['after', 'before'];
  const name = nameOf(run);
  const takers = stages.map((candidate) => ({ name: candidate.name, moments: momentsOf(candidate) }));
  const found = takers.find((candidate) => candidate.name === stage);
  const choice = approvalChoice(takers);
  if (found === undefined) {
    const all = stages.map((candidate) => candidate.name);
    const nearest = nearestName(stage, all);
    const end = nearest === undefined ? `. ${choice}` : `; did you mean ${nearest}?`;
    throw new CommandError(exitCodes.notFound, `Run ${name} has no stage "${stage}"${end}`);
  }
  if (found.moments.length === 0) throw mistake(`Stage "${stage}" of run ${name} needs no approval. ${choice}`);
  return found.moments.toReversed();
}

function checkedTask(run: ClusterStagedUpdateRun, stage: string, task: StageTaskMoment): StageTaskMoment {
  const moments = approvableMoments(run, stage);
  if (moments.includes(task)) return task;
  throw mistake(
    `Stage "${stage}" of run ${nameOf(run)} needs no approval ${task} it, only ${moments.join(' and ')} it.`,
  );
}

function momentsOf({ beforeStageTasks, afterStageTasks }: StageConfig): StageTaskMoment[] {
  return approvalMoments({ before: beforeStageTasks, after: afterStageTasks });
}

function checkRequest({ metadata, spec }: ClusterApprovalRequest, { run, stage }: StageApproval): void {
  if (spec.parentStageRollout === run.name && spec.targetStage === stage) return;
  throw mistake(
    `${kindsIn(run).approvalRequest.kind} ${formatReference(metadata)} is for stage ${spec.targetStage} of run ${spec.parentStageRollout}, ` +
      `not for stage ${stage} of run ${run.name}: delete it if nothing needs it any more.`,
  );
}

function checkOpen(run: ClusterStagedUpdateRun): void {
  const ended = findCondition(run.status?.conditions, 'Succeeded');
  if (ended === undefined || ended.status === 'Unknown') return;
  const how = ended.status === 'True' ? 'succeeded' : 'failed';
  throw mistake(`Run ${nameOf(run)} has ${how} already; there is nothing to approve.`);
}

/** @returns false when somebody else changed the request at the same time */
async function writeApproval(
  hub: KubernetesClient,
  request: ClusterApprovalRequest,
  approval: StageApproval,
): Promise<boolean> {
  const { name, namespace, resourceVersion, generation } = request.metadata;
  const conditions = setCondition(request.status?.conditions ?? [], {
    ...approvalRequestConditions.approved({ namespace }, approvalMessage({ namespace }, approval.by, approval.comment)),
    observedGeneration: generation,
    lastTransitionTime: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
  });
  const body = { metadata: { resourceVersion }, status: { conditions } };
  try {
    const definition = kindsIn({ namespace }).approvalRequest;
    await hub.patch(definition, name, { type: 'merge', body }, { namespace, subresource: 'status' });
    return true;
  } catch (error) {
    if (isConflict(error)) return false;
    throw error;
  }
}
