/** What the hub knows of a run; nothing else has to be up. */
import { kindsIn } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import { formatReference, scopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterStagedUpdateRun, StageUpdatingStatus } from '../../api/types/clusterstagedupdaterun.ts';
import { isConditionTrue } from '../../api/conditions.ts';
import { isOver } from '../../domain/runs/over.ts';
import type { ListOptions } from '../../kube/client.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { findObject, listObjects, readable } from '../get/hubReader.ts';
import { missingObject } from '../get/missingObject.ts';
import { resources } from '../get/resources.ts';
import { workerState } from '../workerLease.ts';
import { bindingTroubles } from './bindingTroubles.ts';
import type { RunFacts } from './picture.ts';

/** @throws CommandError when there is no such run, or the hub does not let it be seen */
export async function readRun(hub: KubernetesClient, reference: ObjectReference): Promise<RunFacts> {
  const { name, namespace } = reference;
  const definitions = kindsIn(reference);
  const run = await findObject(hub, definitions.run, name, namespace);
  if (run === undefined) throw await missingObject(hub, resources.runs, reference);
  const [approvals, bindings, worker] = await Promise.all([
    asksApproval(run) ? readable(listObjects(hub, definitions.approvalRequest, approvalsOf(reference))) : [],
    hasClustersInWork(run) ? readable(listObjects(hub, definitions.binding, bindingsFor(run))) : [],
    isOver(run) ? undefined : workerState(hub, Date.now()),
  ]);
  return factsOf({ run, approvals, bindings, ...(worker && { worker: () => worker }) });
}

/** What was read of a run; undefined is what the user may not read. */
export interface RunObjects {
  run: ClusterStagedUpdateRun;
  approvals: readonly ClusterApprovalRequest[] | undefined;
  bindings: readonly ClusterResourceBinding[] | undefined;
  worker?: RunFacts['worker'];
}

export function factsOf({ run, approvals, bindings, worker }: RunObjects): RunFacts {
  const definitions = kindsIn(run.metadata);
  const hidden = [
    ...(approvals === undefined
      ? [`you may not list ${definitions.approvalRequest.plural}, so who approved is not shown`]
      : []),
    ...(bindings === undefined
      ? [`you may not list ${definitions.binding.plural}, so what keeps clusters may be missing`]
      : []),
  ];
  return {
    run,
    approvals: approvals ?? [],
    troubles: bindingTroubles(bindings ?? []),
    ...(bindings !== undefined && { bindings }),
    ...(worker !== undefined && { worker }),
    notes: hidden,
  };
}

/** Requests of a run; both spellings of the label are on each. */
export function approvalsOf({ name, namespace }: ObjectReference): ListOptions {
  return { ...scopeOf({ namespace }), labelSelector: `${labels.targetUpdateRun}=${name}` };
}

/** Bindings of the placement of a run. */
export function bindingsFor({ metadata, spec }: ClusterStagedUpdateRun): ListOptions {
  return { ...scopeOf(metadata), labelSelector: `${labels.parentPlacement}=${spec.placementName}` };
}

export function asksApproval({ status }: ClusterStagedUpdateRun): boolean {
  return (status?.stagesStatus ?? []).some(({ beforeStageTaskStatus, afterStageTaskStatus }) =>
    [...(beforeStageTaskStatus ?? []), ...(afterStageTaskStatus ?? [])].some(({ type }) => type === 'Approval'),
  );
}

/** Only their bindings can say why something waits. */
export function hasClustersInWork(run: ClusterStagedUpdateRun): boolean {
  const { stagesStatus = [], deletionStageStatus } = run.status ?? {};
  const stages: StageUpdatingStatus[] = [
    ...stagesStatus,
    ...(deletionStageStatus === undefined ? [] : [deletionStageStatus]),
  ];
  return (
    !isOver(run) &&
    stages.some(({ clusters }) =>
      clusters.some(
        ({ conditions }) => isConditionTrue(conditions, 'Started') && !isConditionTrue(conditions, 'Succeeded'),
      ),
    )
  );
}

/** The sentence for a run that went away while it was looked at. */
export function goneSentence(reference: ObjectReference): string {
  return `Run ${formatReference(reference)} was deleted while it was watched.`;
}
