/** Reads from the hub what the causes look at. */
import { kinds, kindsIn } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import { inScopeOf, referenceOf, scopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterApprovalRequest } from '../../api/types/clusterapprovalrequest.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { isOver } from '../../domain/runs/over.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { runsOf } from '../rollout/findTarget.ts';
import { placementTarget, runTarget } from '../rollout/target.ts';
import { workerState } from '../workerLease.ts';
import type { PlacementFacts, RunFacts, WhyFacts } from './facts.ts';

/** What is the same for everything that is asked at one moment. */
export type Surroundings = Pick<WhyFacts, 'now' | 'worker' | 'members'>;

export async function readSurroundings(hub: KubernetesClient, now: number): Promise<Surroundings> {
  const [worker, members] = await Promise.all([workerState(hub, now), hub.list(kinds.memberCluster)]);
  return { now, worker, members: members.items };
}

export async function readRunFacts(
  hub: KubernetesClient,
  run: ClusterStagedUpdateRun,
  surroundings: Surroundings,
): Promise<RunFacts> {
  const [requests, bindings] = await Promise.all([
    readRequests(hub, run),
    readBindings(hub, inScopeOf(run.metadata, run.spec.placementName)),
  ]);
  return { ...surroundings, subject: runTarget(referenceOf(run)), run, requests, bindings };
}

export async function readPlacementFacts(
  hub: KubernetesClient,
  placement: ClusterResourcePlacement,
  surroundings: Surroundings,
): Promise<PlacementFacts> {
  const reference = referenceOf(placement);
  const isExternal = placement.spec.strategy?.type === 'External';
  const [bindings, runs] = await Promise.all([readBindings(hub, reference), isExternal ? runsOf(hub, reference) : []]);
  // One that has ended since does not make another wait less.
  const newest = runs.find((run) => !isOver(run)) ?? runs[0];
  const newestRun = newest && (await readRunFacts(hub, newest, surroundings));
  const subject = placementTarget(reference);
  return { ...surroundings, subject, placement, bindings, ...(newestRun && { newestRun }) };
}

/** By name, for one that somebody made ahead of time carries no labels. */
async function readRequests(hub: KubernetesClient, run: ClusterStagedUpdateRun): Promise<ClusterApprovalRequest[]> {
  const tasks = (run.status?.stagesStatus ?? []).flatMap(
    ({ beforeStageTaskStatus = [], afterStageTaskStatus = [] }) => [...beforeStageTaskStatus, ...afterStageTaskStatus],
  );
  const names = tasks.flatMap(({ approvalRequestName }) => approvalRequestName ?? []);
  const definition = kindsIn(run.metadata).approvalRequest;
  const found = await Promise.all(names.map((name) => hub.find(definition, name, run.metadata.namespace)));
  return found.filter((request) => request !== undefined);
}

async function readBindings(hub: KubernetesClient, placement: ObjectReference): Promise<ClusterResourceBinding[]> {
  const labelSelector = `${labels.parentPlacement}=${placement.name}`;
  return (await hub.list(kindsIn(placement).binding, { ...scopeOf(placement), labelSelector })).items;
}
