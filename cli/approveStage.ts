/** Approving a stage of a run: on the hub where its request stands, in the run where it does not exist yet. */
import { findCondition, setCondition } from '../api/conditions.ts';
import { approvalMessage, approvalRequestConditions, type StageTaskMoment } from '../api/runConditions.ts';
import { kindsIn } from '../api/kinds.ts';
import { formatReference, nameOf, type ObjectReference } from '../api/references.ts';
import { approvalRequestName } from '../api/names.ts';
import type { ClusterApprovalRequest } from '../api/types/clusterapprovalrequest.ts';
import type { StageConfig } from '../api/types/clusterstagedupdatestrategy.ts';
import type { ClusterStagedUpdateRun } from '../api/types/clusterstagedupdaterun.ts';
import { FlotillaError } from '../client/index.ts';
import type { FlotillaClient } from '../client/index.ts';
import { isApproved } from '../domain/runs/approved.ts';
import type { KubernetesClient } from '../kube/client.ts';
import { isConflict } from '../kube/errors.ts';

/** Where approvals go. */
export interface ApprovalDoors {
  hub: KubernetesClient;
  /** Called only when the approval has to go through Temporal. */
  flotilla(): Pick<FlotillaClient, 'approve'>;
}

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
 * @throws Error with one sentence: why it cannot be done
 */
export async function approveStage({ hub, flotilla }: ApprovalDoors, approval: StageApproval): Promise<string> {
  const { run: reference, stage, by, comment, task } = approval;
  const { namespace } = reference;
  const definitions = kindsIn(reference);
  const name = formatReference(reference);
  const run = await hub.find(definitions.run, reference.name, namespace);
  if (run === undefined) {
    const list = namespace === undefined ? 'kubectl get csur' : `kubectl get sur -n ${namespace}`;
    throw new Error(`There is no ${definitions.run.kind} ${name} on the hub; "${list}" lists those there are.`);
  }
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
    return (await flotilla().approve(name, stage, { by, comment, task })).message;
  } catch (error) {
    if (!(error instanceof FlotillaError) || error.kind !== 'unknownRun') throw error;
    throw new Error(`Run ${name} has not been taken up by a worker yet; approve again in a moment.`, { cause: error });
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
  const approvable = stages.filter((candidate) => momentsOf(candidate).length > 0);
  const choice =
    approvable.length === 0
      ? 'This run needs no approval.'
      : `Stages that take an approval: ${approvable.map((candidate) => candidate.name).join(', ')}.`;
  const found = stages.find((candidate) => candidate.name === stage);
  if (found === undefined) throw new Error(`Run ${name} has no stage "${stage}". ${choice}`);
  const moments = momentsOf(found);
  if (moments.length === 0) throw new Error(`Stage "${stage}" of run ${name} needs no approval. ${choice}`);
  return moments;
}

function checkedTask(run: ClusterStagedUpdateRun, stage: string, task: StageTaskMoment): StageTaskMoment {
  const moments = approvableMoments(run, stage);
  if (moments.includes(task)) return task;
  throw new Error(
    `Stage "${stage}" of run ${nameOf(run)} needs no approval ${task} it, only ${moments.join(' and ')} it.`,
  );
}

function momentsOf({ beforeStageTasks, afterStageTasks }: StageConfig): StageTaskMoment[] {
  const takes = (tasks: StageConfig['afterStageTasks']): boolean =>
    tasks?.some(({ type }) => type === 'Approval') === true;
  return [
    ...(takes(afterStageTasks) ? ['after' as const] : []),
    ...(takes(beforeStageTasks) ? ['before' as const] : []),
  ];
}

function checkRequest({ metadata, spec }: ClusterApprovalRequest, { run, stage }: StageApproval): void {
  if (spec.parentStageRollout === run.name && spec.targetStage === stage) return;
  throw new Error(
    `${kindsIn(run).approvalRequest.kind} ${formatReference(metadata)} is for stage ${spec.targetStage} of run ${spec.parentStageRollout}, ` +
      `not for stage ${stage} of run ${run.name}: delete it if nothing needs it any more.`,
  );
}

function checkOpen(run: ClusterStagedUpdateRun): void {
  const ended = findCondition(run.status?.conditions, 'Succeeded');
  if (ended === undefined || ended.status === 'Unknown') return;
  const how = ended.status === 'True' ? 'succeeded' : 'failed';
  throw new Error(`Run ${nameOf(run)} has ${how} already; there is nothing to approve.`);
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
