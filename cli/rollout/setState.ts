/** `rollout pause` and `rollout resume`: what a run is to do, written on the hub. */
import { kindsIn } from '../../api/kinds.ts';
import { referenceOf, scopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { phaseOfObject } from '../../domain/runs/objectPhase.ts';
import { isOver } from '../../domain/runs/over.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { findPlacement, findRun, runsOf } from './findTarget.ts';
import { placementTarget, runTarget, type Target } from './target.ts';

export type AskedState = 'Stop' | 'Run';

/**
 * Writes the state of a run; of a placement, that of its only run that has not ended.
 * @returns the run as it is now
 * @throws Error with one sentence on why it cannot be so
 */
export async function setState(
  hub: KubernetesClient,
  { kind, reference }: Target,
  state: AskedState,
): Promise<ClusterStagedUpdateRun> {
  const run = kind === 'run' ? await findRun(hub, reference) : await openRunOf(hub, reference, state);
  const refusal = stateRefusal(run, state);
  if (refusal !== undefined) throw new Error(refusal);
  return writeState(hub, run, state);
}

export function writeState(
  hub: KubernetesClient,
  { metadata }: ClusterStagedUpdateRun,
  state: AskedState,
): Promise<ClusterStagedUpdateRun> {
  const { name, uid } = metadata;
  const body = { metadata: { uid }, spec: { state } };
  return hub.patch(kindsIn(metadata).run, name, { type: 'merge', body }, scopeOf(metadata));
}

/** @returns one sentence on why the run cannot be asked this, or undefined */
export function stateRefusal(run: ClusterStagedUpdateRun, asked: AskedState): string | undefined {
  const name = runTarget(referenceOf(run));
  const { state = 'Run' } = run.spec;
  if (isOver(run)) {
    const how = phaseOfObject(run) === 'Succeeded' ? 'succeeded' : 'failed';
    return `${name} has ${how} already: a run that has ended is never carried out again.`;
  }
  if (run.metadata.deletionTimestamp !== undefined) return `${name} is being deleted.`;
  if (asked === 'Stop' && state === 'Initialize')
    return `${name} is only planned and does nothing: it need not be paused.`;
  if (asked === state) return asked === 'Stop' ? `${name} is already paused.` : `${name} is not paused.`;
  return undefined;
}

async function openRunOf(
  hub: KubernetesClient,
  reference: ObjectReference,
  asked: AskedState,
): Promise<ClusterStagedUpdateRun> {
  const { metadata, spec } = await findPlacement(hub, reference);
  const name = placementTarget(metadata);
  if (spec.strategy?.type !== 'External') {
    throw new Error(`${name} rolls out by itself, without runs: only with the strategy External it can be paused.`);
  }
  const open = (await runsOf(hub, reference)).filter((run) => !isOver(run));
  const askable = open.filter((run) => stateRefusal(run, asked) === undefined);
  const [only, ...others] = askable.length > 0 ? askable : open;
  if (only === undefined) throw new Error(`${name} has no run that has not ended.`);
  if (others.length === 0) return only;
  const names = [only, ...others].map((run) => runTarget(referenceOf(run))).join(', ');
  throw new Error(`${name} has several runs that have not ended; name one of them: ${names}.`);
}
