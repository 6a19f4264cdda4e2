/** Writes Kubernetes events about placements. A repeat counts up the first event, as kubectl users expect. */
import { createHash } from 'node:crypto';
import { apiVersionOf } from '../../api/meta.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import { kinds, kindsIn } from '../../api/kinds.ts';
import { referenceOf } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { eventRank, placementEventSource, type PlacementEvent } from '../../domain/placements/index.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isAlreadyExists } from '../../kube/errors.ts';

/** `core/v1` Event, as far as it is written here. */
interface CoreEvent extends KubernetesObject {
  count?: number;
  lastTimestamp?: string;
}

/** Namespace where kubectl looks for events about cluster-scoped objects; those about others stand beside them. */
const clusterEventNamespace = 'default';

/** @param now epoch milliseconds */
export async function recordEvent(
  hub: KubernetesClient,
  placement: ClusterResourcePlacement,
  event: PlacementEvent,
  now: number,
): Promise<void> {
  const object = coreEvent(placement, event, rfc3339(now));
  try {
    await hub.create(kinds.event, object);
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const existing: CoreEvent = await hub.get(kinds.event, object.metadata.name, object.metadata.namespace);
    const again: CoreEvent = { ...existing, count: (existing.count ?? 1) + 1, lastTimestamp: rfc3339(now) };
    await hub.replace(kinds.event, again);
  }
}

/**
 * The name follows from placement and event, so that a repeat finds the first one, after a restart too. kubectl lists
 * events of one second by name, so it begins with their order.
 */
function coreEvent(placement: ClusterResourcePlacement, { reason, message }: PlacementEvent, time: string): CoreEvent {
  const { name, namespace, uid = '', resourceVersion } = placement.metadata;
  const definition = kindsIn(placement.metadata).placement;
  const digest = createHash('sha256').update(`${uid}/${reason}/${message}`).digest('hex').slice(0, 16);
  const rank = eventRank(reason).toString(16).padStart(2, '0');
  const object = {
    apiVersion: apiVersionOf(kinds.event),
    kind: kinds.event.kind,
    metadata: { name: `${name}.${rank}${digest}`, namespace: namespace ?? clusterEventNamespace },
    involvedObject: {
      apiVersion: apiVersionOf(definition),
      kind: definition.kind,
      ...referenceOf(placement),
      uid,
      resourceVersion,
    },
    type: 'Normal',
    reason,
    message,
    source: { component: placementEventSource },
    reportingComponent: placementEventSource,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
  return object;
}
