/** `flotilla run`: a run of a placement, checked before it is made. */
import { kindsIn } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import { inScopeOf, referenceOf, scopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { groupSnapshots } from '../../domain/snapshots/groups.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { createRun, runNames, type CreateOptions } from './createRun.ts';
import { findObject, findPlacement } from './findTarget.ts';
import { newRun, nextRunName } from './newRun.ts';
import { placementTarget } from './target.ts';

export interface StartRequest {
  placement: ObjectReference;
  strategy: string;
  revision?: number;
  name?: string;
}

/** @throws Error with one sentence on what is wrong, before anything is made */
export async function startRun(hub: KubernetesClient, request: StartRequest, options: CreateOptions): Promise<void> {
  const { placement: reference, strategy, revision } = request;
  const placement = await findPlacement(hub, reference);
  requireExternal(placement);
  await findObject(hub, kindsIn(reference).strategy, inScopeOf(reference, strategy));
  if (revision !== undefined) await requireRevision(hub, reference, revision);
  const name = request.name ?? nextRunName(reference.name, 'run', await runNames(hub, reference));
  await createRun(hub, newRun({ placement: reference, strategy, revision, name }), options);
}

export function requireExternal(placement: ClusterResourcePlacement): void {
  const { type = 'RollingUpdate' } = placement.spec.strategy ?? {};
  if (type === 'External') return;
  throw new Error(
    `${placementTarget(referenceOf(placement))} rolls out by itself (strategy ${type}); ` +
      'only a placement with strategy External is rolled out by runs.',
  );
}

/** The one after the last may be about to be taken; a run waits for it. */
async function requireRevision(hub: KubernetesClient, placement: ObjectReference, revision: number): Promise<void> {
  const labelSelector = `${labels.parentPlacement}=${placement.name}`;
  const { items } = await hub.list(kindsIn(placement).resourceSnapshot, { ...scopeOf(placement), labelSelector });
  const kept = groupSnapshots(items).map(({ index }) => index);
  if (kept.includes(revision) || revision === (kept.at(-1) ?? -1) + 1) return;
  const list = kept.length === 0 ? 'it has none yet' : `it has ${kept.join(', ')}`;
  throw new Error(`${placementTarget(placement)} has no revision ${String(revision)}: ${list}.`);
}
