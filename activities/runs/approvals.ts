/** Approval requests on the hub: making them, and accepting what people (or messages) say on them. */
import { conditionAt, findCondition, setCondition } from '../../api/conditions.ts';
import { approvalMessage, approvalRequestConditions } from '../../api/runConditions.ts';
import { kindsIn } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import { apiVersionOf } from '../../api/meta.ts';
import { inScopeOf } from '../../api/references.ts';
import { abortedRun, runFailures } from '../../api/runFailures.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import { isApproved } from '../../domain/runs/approved.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isAlreadyExists, isConflict, isNotFound } from '../../kube/errors.ts';
import type {
  AcceptApprovalInput,
  AcceptApprovalResult,
  RequestApprovalInput,
  RequestApprovalResult,
} from './types.ts';

/** Makes the request, or finds the one that is there. */
export async function requestApproval(
  hub: KubernetesClient,
  input: RequestApprovalInput,
): Promise<RequestApprovalResult> {
  const { namespace } = input.run;
  const { approvalRequest } = kindsIn(input.run);
  try {
    await hub.create(approvalRequest, newRequest(input));
    return { outcome: 'pending' };
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
  }
  const found = await hub.find(approvalRequest, input.request, namespace);
  if (found === undefined) return requestApproval(hub, input);
  if (isLeftover(found, input.run.uid)) {
    await hub.delete(approvalRequest, input.request, { namespace, uid: found.metadata.uid });
    return requestApproval(hub, input);
  }
  const { parentStageRollout, targetStage } = found.spec;
  if (parentStageRollout !== input.run.name || targetStage !== input.stage) {
    const { foreignApprovalRequest } = runFailures(input.run);
    const message = abortedRun(input.run, foreignApprovalRequest(input.request, parentStageRollout, targetStage));
    return { outcome: 'conflict', message };
  }
  return { outcome: isApproved(found) || isAccepted(found) ? 'approved' : 'pending' };
}

/** Accepts a request that is approved. An approval that came as a message is written to the request in the same step. */
export async function acceptApproval(hub: KubernetesClient, input: AcceptApprovalInput): Promise<AcceptApprovalResult> {
  const { approvalRequest } = kindsIn(input.run);
  for (;;) {
    const request = await hub.find(approvalRequest, input.request, input.run.namespace);
    if (request === undefined) return { outcome: 'missing' };
    if (isAccepted(request)) return { outcome: 'accepted' };
    if (!isApproved(request) && input.approval === undefined) return { outcome: 'pending' };
    try {
      await hub.replaceStatus(approvalRequest, accepted(request, input));
      return { outcome: 'accepted' };
    } catch (error) {
      if (!isConflict(error) && !isNotFound(error)) throw error;
    }
  }
}

function isAccepted(request: ClusterApprovalRequest): boolean {
  return findCondition(request.status?.conditions, 'ApprovalAccepted')?.status === 'True';
}

/** A request of a run that had the same name and was deleted. One that nobody owns may have been made ahead of time. */
function isLeftover({ metadata, spec }: ClusterApprovalRequest, runUid: string): boolean {
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === kindsIn(metadata).run.kind);
  return owner?.name === spec.parentStageRollout && owner.uid !== runUid;
}

function newRequest({ run, stage, when, request }: RequestApprovalInput): ClusterApprovalRequest {
  const definitions = kindsIn(run);
  return {
    apiVersion: apiVersionOf(definitions.approvalRequest),
    kind: definitions.approvalRequest.kind,
    metadata: {
      ...inScopeOf(run, request),
      ownerReferences: [
        { apiVersion: apiVersionOf(definitions.run), kind: definitions.run.kind, name: run.name, uid: run.uid },
      ],
      labels: {
        [labels.targetUpdatingStage]: stage,
        [labels.targetUpdateRun]: run.name,
        [labels.targetUpdateRunLowerCase]: run.name,
        [labels.taskType]: `${when}Stage`,
        [labels.isLatestUpdateRunApproval]: 'true',
      },
    },
    spec: { parentStageRollout: run.name, targetStage: stage },
  };
}

function accepted(request: ClusterApprovalRequest, { approval, now }: AcceptApprovalInput): ClusterApprovalRequest {
  const generation = request.metadata.generation ?? 1;
  let conditions = request.status?.conditions ?? [];
  if (!isApproved(request) && approval !== undefined) {
    const given = approvalRequestConditions.approved(
      request.metadata,
      approvalMessage(request.metadata, approval.by, approval.comment),
    );
    conditions = setCondition(conditions, conditionAt(given, generation, rfc3339(approval.at)));
  }
  const acceptance = approvalRequestConditions.approvalAccepted();
  conditions = setCondition(conditions, conditionAt(acceptance, generation, rfc3339(now)));
  return { ...request, status: { ...request.status, conditions } };
}
