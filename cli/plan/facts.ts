/** What the hub knows about a run that is not there yet. */
import { clusterKinds, kinds, kindsIn, namespacedKinds } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { inScopeOf, scopeOf } from '../../api/references.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { PlanningInput } from '../../domain/runs/planRun.ts';
import { rollsOut } from '../../domain/runs/rollsOut.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isAlreadyExists, isRejected, isUnauthorised } from '../../kube/errors.ts';
import { findObject, listObjects } from '../get/hubReader.ts';
import { missingObject, type ScopedKind } from '../get/missingObject.ts';
import { newestFirst } from '../rollout/runOrder.ts';
import { runTarget } from '../rollout/target.ts';
import { clause } from '../why/finding.ts';
import { workerState, type WorkerState } from '../workerLease.ts';

/** Lists hold only what belongs to the run's placement, as in {@link PlanningInput}. */
export interface PlanFacts extends Pick<
  PlanningInput,
  'run' | 'placement' | 'strategy' | 'policySnapshots' | 'resourceSnapshots' | 'bindings' | 'memberClusters' | 'now'
> {
  /** Runs of the placement, the newest first. */
  runs: readonly ClusterStagedUpdateRun[];
  worker: WorkerState;
  /** What the hub says to the run itself, as it would to `kubectl apply --dry-run=server`. */
  answer: HubAnswer;
  /** One sentence for each name that the hub does not know, with what may be meant. */
  missing: { placement?: string; strategy?: string };
}

/** Texts are clauses. */
export type HubAnswer = { taken: true } | { taken: false; why: string } | { taken: 'unknown'; why: string };

/** @param now epoch milliseconds. @throws CommandError when the hub cannot be read */
export async function readPlanFacts(
  hub: KubernetesClient,
  run: ClusterStagedUpdateRun,
  now: number,
): Promise<PlanFacts> {
  const { placementName, stagedRolloutStrategyName } = run.spec;
  const scope = scopeOf(run.metadata);
  const definitions = kindsIn(scope);
  const ofPlacement = { ...scope, labelSelector: `${labels.parentPlacement}=${placementName}` };
  const find = <T extends KubernetesObject>(definition: ResourceDefinition<T>, name: string): Promise<T | undefined> =>
    findObject(hub, definition, name, scope.namespace);
  const [placement, strategy, policySnapshots, resourceSnapshots, bindings, memberClusters, runs, worker, answer] =
    await Promise.all([
      find(definitions.placement, placementName),
      find(definitions.strategy, stagedRolloutStrategyName),
      listObjects(hub, definitions.policySnapshot, ofPlacement),
      listObjects(hub, definitions.resourceSnapshot, ofPlacement),
      listObjects(hub, definitions.binding, ofPlacement),
      listObjects(hub, kinds.memberCluster, {}),
      listObjects(hub, definitions.run, scope),
      workerState(hub, now),
      tryRun(hub, run),
    ]);
  const absent = async (
    found: KubernetesObject | undefined,
    kind: ScopedKind,
    name: string,
  ): Promise<string | undefined> =>
    found === undefined ? (await missingObject(hub, kind, inScopeOf(scope, name))).message : undefined;
  const [missingPlacement, missingStrategy] = await Promise.all([
    absent(placement, { cluster: clusterKinds.placement, namespaced: namespacedKinds.placement }, placementName),
    absent(
      strategy,
      { cluster: clusterKinds.strategy, namespaced: namespacedKinds.strategy },
      stagedRolloutStrategyName,
    ),
  ]);
  const ofRun = runs.filter((one) => rollsOut(one, inScopeOf(scope, placementName)));
  return {
    ...{ run, placement, strategy, policySnapshots, resourceSnapshots, bindings, memberClusters, worker, answer, now },
    runs: newestFirst(ofRun),
    missing: {
      ...(missingPlacement !== undefined && { placement: missingPlacement }),
      ...(missingStrategy !== undefined && { strategy: missingStrategy }),
    },
  };
}

/** Has the hub check the run and store nothing. */
async function tryRun(hub: KubernetesClient, run: ClusterStagedUpdateRun): Promise<HubAnswer> {
  const name = runTarget(run.metadata);
  try {
    await hub.create(kindsIn(run.metadata).run, run, { dryRun: true });
    return { taken: true };
  } catch (error) {
    if (isAlreadyExists(error)) {
      const why = `there is a run ${name} already, and what is there is not planned again: choose another name`;
      return { taken: false, why };
    }
    // A run holds no secrets, so the server's own words can be shown.
    if (isRejected(error)) {
      return { taken: false, why: `the hub refuses ${name}: ${clause(error.detail ?? error.message)}` };
    }
    if (isUnauthorised(error) && error.status === 403) {
      return { taken: 'unknown', why: `you may not create ${name}, so the hub has not checked it` };
    }
    throw error;
  }
}
