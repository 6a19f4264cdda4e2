/** Takes a run up: makes or finds its object, plans it, and writes the plan into its status before anything is touched. */
import { findCondition } from '../../api/conditions.ts';
import { annotations, finalizers, labels } from '../../api/labels.ts';
import { kinds, kindsIn } from '../../api/kinds.ts';
import { apiVersionOf, type ObjectMeta } from '../../api/meta.ts';
import { formatReference, inScopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterStagedUpdateRun, UpdateRunSpec, UpdateRunStatus } from '../../api/types/clusterstagedupdaterun.ts';
import { adoptPlan, adoptProgress } from '../../domain/runs/adopt.ts';
import { beginningOf } from '../../domain/runs/beginning.ts';
import { isStep, type RequestedState } from '../../domain/runs/progress.ts';
import { isInitialized, isOver } from '../../domain/runs/over.ts';
import { fitStatus } from '../../domain/runs/statusSize.ts';
import { planRun, type Planning, type PlanningInput } from '../../domain/runs/planRun.ts';
import type { CurrentSnapshotResult } from '../../domain/snapshots/current.ts';
import { refusedStatus, renderStatus, waitingStatus } from '../../domain/runs/status.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isAlreadyExists, isConflict, isRejected, KubernetesError } from '../../kube/errors.ts';
import type { RunActivityDependencies } from './dependencies.ts';
import type { RunStatusStore } from './statusStore.ts';
import type { BeginInput, BeginResult } from './types.ts';

type Dependencies = RunActivityDependencies & { statuses: RunStatusStore };

export async function beginRun(dependencies: Dependencies, input: BeginInput): Promise<BeginResult> {
  const found = await openRun(dependencies.hub, input);
  if ('outcome' in found) return found;
  const opened = isOver(found) ? found : await passOn(dependencies.hub, found, input.asked);
  const refused = refusedByUs(opened, input.execution);
  if (refused !== undefined) return { outcome: 'refused', message: refused };
  if (isOver(opened)) return { outcome: 'over', message: `${described(input)} has ended already.` };
  if (isInitialized(opened)) return adoptRun(dependencies, await takeUp(dependencies.hub, opened, input.execution));
  const [run, planning] = await Promise.all([
    takeUp(dependencies.hub, opened, input.execution),
    plan(dependencies, opened, input),
  ]);
  return record(dependencies, run, planning, input.now);
}

/** Writes what was asked of the run into its spec, if the run can be asked that now. */
async function passOn(
  hub: KubernetesClient,
  run: ClusterStagedUpdateRun,
  asked: RequestedState | undefined,
): Promise<ClusterStagedUpdateRun> {
  if (asked === undefined || !isStep(run.spec.state ?? 'Run', asked)) return run;
  const { name, namespace, uid } = run.metadata;
  const body = { metadata: { uid }, spec: { state: asked } };
  return hub.patch(kindsIn({ namespace }).run, name, { type: 'merge', body }, { namespace });
}

/** The words with which an attempt of this very execution refused the run, before its answer was lost. */
function refusedByUs({ metadata, status }: ClusterStagedUpdateRun, execution: string): string | undefined {
  const initialized = findCondition(status?.conditions, 'Initialized');
  const isOurs = metadata.annotations?.[annotations.execution] === execution;
  return isOurs && initialized?.status === 'False' ? initialized.message : undefined;
}

/** A run whose plan stands in its status already: its history was lost, or the last attempt to take it up was. */
async function adoptRun(
  { hub, searchAttributes, stuckAfterMs }: Dependencies,
  run: ClusterStagedUpdateRun,
): Promise<BeginResult> {
  const { placementName } = run.spec;
  const { namespace } = run.metadata;
  const definitions = kindsIn({ namespace });
  const [placement, bindings] = await Promise.all([
    hub.find(definitions.placement, placementName, namespace),
    hub.list(definitions.binding, { namespace, labelSelector: `${labels.parentPlacement}=${placementName}` }),
  ]);
  return {
    outcome: 'ready',
    uid: run.metadata.uid ?? '',
    plan: adoptPlan(
      run,
      {
        uid: placement?.metadata.uid ?? '',
        ...(placement?.spec.strategy?.type === 'External' && { generation: placement.metadata.generation }),
      },
      bindings.items,
      stuckAfterMs,
    ),
    progress: adoptProgress(run),
    requested: run.spec.state ?? 'Run',
    searchAttributes: searchAttributes(),
  };
}

/** The run's object; made first where the run came through the temporal door. */
async function openRun(hub: KubernetesClient, input: BeginInput): Promise<ClusterStagedUpdateRun | BeginResult> {
  const { name, namespace, uid, spec } = input;
  const found = (await hub.find(kindsIn(input).run, name, namespace)) ?? (await createFor(hub, input));
  if (found instanceof KubernetesError) return { outcome: 'refused', message: refusal(input, found) };
  if (found === undefined) {
    return uid === undefined
      ? {
          outcome: 'refused',
          message: `There is no ${described(input)}; give its spec in the input to create it.`,
        }
      : { outcome: 'gone', message: `${described(input)} was deleted.` };
  }
  if ((uid !== undefined && found.metadata.uid !== uid) || found.metadata.deletionTimestamp !== undefined) {
    return { outcome: 'gone', message: `${described(input)} was deleted.` };
  }
  return spec === undefined || sameSpec(found.spec, spec) ? found : { outcome: 'refused', message: otherSpec(found) };
}

/** Only a run through the temporal door brings the spec of an object that is not there yet. */
async function createFor(
  hub: KubernetesClient,
  { uid, spec, ...reference }: BeginInput,
): Promise<ClusterStagedUpdateRun | KubernetesError | undefined> {
  return uid === undefined && spec !== undefined ? create(hub, reference, spec) : undefined;
}

/** @returns the object, or the API server's refusal. */
async function create(
  hub: KubernetesClient,
  { name, namespace }: ObjectReference,
  spec: UpdateRunSpec,
): Promise<ClusterStagedUpdateRun | KubernetesError> {
  const definition = kindsIn({ namespace }).run;
  const metadata = inScopeOf({ namespace }, name);
  try {
    return await hub.create(definition, {
      apiVersion: apiVersionOf(definition),
      kind: definition.kind,
      metadata,
      spec,
    });
  } catch (error) {
    if (isAlreadyExists(error)) return hub.get(definition, name, namespace);
    if (isRejected(error)) return error;
    throw error;
  }
}

/** A run holds no secrets, so the API server's own words can be passed on. */
function refusal(run: ObjectReference, error: KubernetesError): string {
  return `The API server refuses ${described(run)}: ${error.detail ?? error.message}`;
}

/** Kind and name, for sentences. */
function described(run: ObjectReference): string {
  return `${kindsIn(run).run.kind} ${formatReference(run)}`;
}

function sameSpec(one: UpdateRunSpec, other: UpdateRunSpec): boolean {
  return (
    one.placementName === other.placementName &&
    one.resourceSnapshotIndex === other.resourceSnapshotIndex &&
    one.stagedRolloutStrategyName === other.stagedRolloutStrategyName
  );
}

function otherSpec({ metadata, spec }: ClusterStagedUpdateRun): string {
  return (
    `${described(metadata)} exists already with another spec ` +
    `(placement ${spec.placementName}, resource snapshot ${spec.resourceSnapshotIndex ?? 'not given'}, strategy ` +
    `${spec.stagedRolloutStrategyName}): choose another name, or leave the spec out to carry on with that one.`
  );
}

/** Marks the object as taken up: the finalizer lets its deletion wait for us, the annotation names the execution. */
async function takeUp(
  hub: KubernetesClient,
  run: ClusterStagedUpdateRun,
  execution: string,
): Promise<ClusterStagedUpdateRun> {
  const definition = kindsIn(run.metadata).run;
  let current = run;
  for (;;) {
    const { name, namespace, resourceVersion, finalizers: present = [], annotations: notes = {} } = current.metadata;
    if (present.includes(finalizers.run) && notes[annotations.execution] === execution) return current;
    const metadata = {
      resourceVersion,
      finalizers: [...new Set([...present, finalizers.run])],
      annotations: { [annotations.execution]: execution },
    };
    try {
      return await hub.patch(definition, name, { type: 'merge', body: { metadata } }, { namespace });
    } catch (error) {
      if (!isConflict(error)) throw error;
      current = await hub.get(definition, name, namespace);
      if (current.metadata.uid !== run.metadata.uid) throw error;
    }
  }
}

/** Reads everything that a plan depends on, uncached and at the same time. */
async function plan(
  { hub, currentSnapshot, stuckAfterMs }: Dependencies,
  run: ClusterStagedUpdateRun,
  { now, lastCall = false }: BeginInput,
): Promise<Planning> {
  const { placementName, stagedRolloutStrategyName, resourceSnapshotIndex } = run.spec;
  const { namespace } = run.metadata;
  const definitions = kindsIn({ namespace });
  const ofPlacement = { namespace, labelSelector: `${labels.parentPlacement}=${placementName}` };
  const [placement, policySnapshots, resourceSnapshots, bindings, strategy, memberClusters] = await Promise.all([
    hub.find(definitions.placement, placementName, namespace),
    hub.list(definitions.policySnapshot, ofPlacement),
    hub.list(definitions.resourceSnapshot, ofPlacement),
    hub.list(definitions.binding, ofPlacement),
    hub.find(definitions.strategy, stagedRolloutStrategyName, namespace),
    hub.list(kinds.memberCluster),
  ]);
  const input: PlanningInput = {
    run,
    placement,
    policySnapshots: policySnapshots.items,
    resourceSnapshots: resourceSnapshots.items,
    bindings: bindings.items,
    strategy,
    memberClusters: memberClusters.items,
    lastCall,
    currentSnapshot: undefined,
    stuckAfterMs,
    now,
  };
  if ((resourceSnapshotIndex ?? '') !== '' || placement === undefined) return planRun(input);
  // A run that cannot be planned for another reason takes no snapshot.
  const trial: CurrentSnapshotResult = { outcome: 'taken', index: '0', name: '' };
  const tried = planRun({ ...input, currentSnapshot: trial });
  return tried.outcome === 'planned' ? planRun({ ...input, currentSnapshot: await currentSnapshot(placement) }) : tried;
}

/** Writes to the object what came of the planning, so that a reader of the hub knows as much as the workflow. */
async function record(
  dependencies: Dependencies,
  run: ClusterStagedUpdateRun,
  planning: Planning,
  now: number,
): Promise<BeginResult> {
  const { uid = '' } = run.metadata;
  const other: { plan?: ClusterStagedUpdateRun } = {};
  const written = await dependencies.statuses.write(
    run,
    planningStatus(planning, run.spec.state ?? 'Run', now),
    (current) => {
      if (isInitialized(current)) other.plan = current;
      return other.plan !== undefined;
    },
  );
  if (written === undefined) return { outcome: 'gone', message: `${described(run.metadata)} was deleted.` };
  // Another attempt of this activity was quicker, and its plan is the one that counts.
  if (other.plan !== undefined) return adoptRun(dependencies, other.plan);
  switch (planning.outcome) {
    case 'refused':
      return { outcome: 'refused', message: planning.message };
    case 'waiting': {
      const { message, mayNeverCome } = planning;
      const { snapshotGraceMs: giveUpAfterMs } = dependencies;
      return { outcome: 'waiting', uid, message, ...(mayNeverCome && { giveUpAfterMs }) };
    }
    case 'planned':
      return {
        outcome: 'ready',
        uid,
        plan: planning.plan,
        requested: run.spec.state ?? 'Run',
        searchAttributes: dependencies.searchAttributes(),
      };
  }
}

function planningStatus(
  planning: Planning,
  requested: RequestedState,
  now: number,
): (status: UpdateRunStatus, metadata: ObjectMeta) => UpdateRunStatus {
  switch (planning.outcome) {
    case 'refused':
      return (status, { generation = 1 }) => refusedStatus(status, generation, planning.message, now);
    case 'waiting':
      return (status, { generation = 1 }) => waitingStatus(status, generation, planning.message, now);
    case 'planned':
      return (_, metadata) =>
        fitStatus(renderStatus(planning.status, metadata, beginningOf(planning.plan, now, requested).progress));
  }
}
