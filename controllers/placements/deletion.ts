/**
 * The end of a placement: copies on members and bindings first, then snapshots, then its finalizer. So
 * `kubectl delete` returns when nothing is left, and the hub's source objects can go afterwards.
 */
import { annotations, finalizers } from '../../api/labels.ts';
import { kindsIn } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { nameOf, referenceOf, scopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { cleanupEvent, removalStatus } from '../../domain/placements/index.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { Requeue } from '../../kube/workqueue.ts';
import { releaseFinalizer } from '../finalizers.ts';
import { settleAll } from '../settleAll.ts';
import { soonest } from '../soonest.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { recordPlacementEvent } from './events.ts';
import type { PlacementMemory } from './memory.ts';
import { belongsTo } from './ownership.ts';
import type { Rollouts } from './rollouts.ts';
import { writeStatus } from './status.ts';

/** Takes the next step; a binding that goes away leads to the step after it. */
export async function deletePlacement(
  dependencies: Pick<PlacementControllerDependencies, 'hub' | 'caches' | 'log'>,
  rollouts: Rollouts,
  placement: ClusterResourcePlacement,
  memory: PlacementMemory,
  now: number,
): Promise<Requeue | undefined> {
  const { hub, caches } = dependencies;
  const { finalizers: present = [] } = placement.metadata;
  const reference = referenceOf(placement);
  const definitions = kindsIn(reference);
  if (!present.includes(finalizers.placement)) return undefined;

  const bindings = caches.ofPlacement('binding', reference);
  await settleAll(bindings.filter(neverRolledOut).map((binding) => deleteUnusedBinding(hub, binding)));
  if (!bindings.every(neverRolledOut)) {
    const rollout = rollouts.consider(placement, bindings, now);
    const status = removalStatus(placement, bindings, rfc3339(now));
    const written = status && (await writeStatus(dependencies, placement, status, memory, now));
    return soonest(rollout?.requeueAfterMs, written?.dueInMs);
  }

  // The cache may lag, and what follows cannot be undone.
  const { items: left } = await hub.list(definitions.binding, belongsTo(reference));
  if (left.length > 0) return { requeueAfterMs: removalPauseMs };
  await Promise.all([
    deleteAll(hub, definitions.resourceSnapshot, reference),
    deleteAll(hub, definitions.policySnapshot, reference),
  ]);
  await releaseFinalizer(hub, definitions.placement, placement, finalizers.placement);
  dependencies.log.info({ placement: nameOf(placement) }, 'Removed a placement and everything that it made.');
  await recordPlacementEvent(dependencies, placement, cleanupEvent, now);
  return undefined;
}

/** Bindings come and go with an event each; this only repairs a lagging cache. */
const removalPauseMs = 200;

/**
 * True while no resource can have reached the cluster: nobody has bound it yet. Whoever binds it records that in the
 * same write as the snapshot, before the first object.
 */
export function neverRolledOut({ metadata, spec }: ClusterResourceBinding): boolean {
  const state = spec.state === 'Unscheduled' ? metadata.annotations?.[annotations.previousBindingState] : spec.state;
  return state === 'Scheduled' && spec.resourceSnapshotName === undefined;
}

/**
 * Deletes a binding that never reached its cluster. Both writes name the resourceVersion: if somebody binds it in
 * between, they fail with class `conflict` and the copies are removed the long way.
 */
async function deleteUnusedBinding(hub: KubernetesClient, binding: ClusterResourceBinding): Promise<void> {
  const { name, namespace, resourceVersion, uid, deletionTimestamp } = binding.metadata;
  const definition = kindsIn(binding.metadata).binding;
  let latest: ClusterResourceBinding | undefined = binding;
  if (deletionTimestamp === undefined) {
    await hub.delete(definition, name, { namespace, uid, resourceVersion });
    latest = await hub.find(definition, name, namespace);
  }
  if (latest === undefined || latest.metadata.uid !== uid || !neverRolledOut(latest)) return;
  await releaseFinalizer(hub, definition, latest, finalizers.work);
}

async function deleteAll<T extends KubernetesObject>(
  hub: KubernetesClient,
  definition: ResourceDefinition<T>,
  placement: ObjectReference,
): Promise<void> {
  const { items } = await hub.list(definition, belongsTo(placement));
  const scope = scopeOf(placement);
  await settleAll(items.map(({ metadata }) => hub.delete(definition, metadata.name, { ...scope, uid: metadata.uid })));
}
