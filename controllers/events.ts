/** Writes Kubernetes events. A repeat counts up the first event, as kubectl users expect. */
import { createHash } from 'node:crypto';
import { apiVersionOf } from '../api/meta.ts';
import type { KubernetesObject, ResourceDefinition } from '../api/meta.ts';
import { kinds } from '../api/kinds.ts';
import { referenceOf } from '../api/references.ts';
import { rfc3339 } from '../domain/time.ts';
import type { KubernetesClient } from '../kube/client.ts';
import { isAlreadyExists } from '../kube/errors.ts';

/** What has happened to an object. */
export interface ObjectEvent {
  type: 'Normal' | 'Warning';
  reason: string;
  message: string;
  /** Place, from 0, among the events that may come in one second. */
  rank: number;
}

/** What events are about, and which component says so. */
export interface EventSource {
  definition: ResourceDefinition;
  component: string;
}

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
  source: EventSource,
  { metadata }: KubernetesObject,
  event: ObjectEvent,
  now: number,
): Promise<void> {
  const object = coreEvent(source, metadata, event, rfc3339(now));
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
 * The name follows from object and event, so that a repeat finds the first one, after a restart too. kubectl lists
 * events of one second by name, so it begins with their order.
 */
function coreEvent(
  { definition, component }: EventSource,
  metadata: KubernetesObject['metadata'],
  { type, reason, message, rank }: ObjectEvent,
  time: string,
): CoreEvent {
  const { name, namespace, uid = '', resourceVersion } = metadata;
  const digest = createHash('sha256').update(`${uid}/${reason}/${message}`).digest('hex').slice(0, 16);
  const order = rank.toString(16).padStart(2, '0');
  const object = {
    apiVersion: apiVersionOf(kinds.event),
    kind: kinds.event.kind,
    metadata: { name: `${name}.${order}${digest}`, namespace: namespace ?? clusterEventNamespace },
    involvedObject: {
      apiVersion: apiVersionOf(definition),
      kind: definition.kind,
      ...referenceOf({ metadata }),
      uid,
      resourceVersion,
    },
    type,
    reason,
    message,
    source: { component },
    reportingComponent: component,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
  return object;
}
