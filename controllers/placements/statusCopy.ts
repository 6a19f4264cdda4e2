/**
 * Writes a placement's status, and for a `NamespaceAccessible` one its copy in the namespace that it places. The copy
 * goes first, so that the status and the condition about the copy go out in one write.
 */
import { placementConditions, type ConditionContent } from '../../api/conditions.ts';
import { kinds, type ClusterResourcePlacementStatus } from '../../api/kinds.ts';
import { nameOf } from '../../api/references.ts';
import type { ClusterResourcePlacement, PlacementStatus } from '../../api/types/clusterresourceplacement.ts';
import {
  accessFault,
  accessFaultStatus,
  accessibleNamespace,
  buildStatusCopy,
  isNamespaceAccessible,
  statusToCopy,
  withCopyOutcome,
} from '../../domain/placements/statusCopy.ts';
import { rfc3339 } from '../../domain/time.ts';
import { isNotFound, isRejected, isUnauthorised } from '../../kube/errors.ts';
import { sameJson } from '../sameJson.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import type { PlacementMemory } from './memory.ts';
import { ownedBy } from './ownership.ts';
import { writeStatus } from './status.ts';

type Dependencies = Pick<PlacementControllerDependencies, 'hub' | 'caches' | 'log'>;

/** After which a copy that was refused is tried again, when nothing tells that it could be written now. */
const retryMs = 10_000;

/** What the user must change before anything else can happen, as a status; undefined if nothing. */
export function inaccessibleStatus(
  { caches }: Pick<Dependencies, 'caches'>,
  placement: ClusterResourcePlacement,
  now: number,
): PlacementStatus | undefined {
  if (!isNamespaceAccessible(placement)) return undefined;
  const namesakes = caches.items('statusCopy').filter(({ metadata }) => metadata.name === placement.metadata.name);
  const fault = accessFault(placement, ownedBy(placement, namesakes));
  return fault === undefined ? undefined : accessFaultStatus(placement, fault, rfc3339(now));
}

/**
 * Writes status and copy where they have changed.
 * @returns how long something has to wait, in milliseconds; see {@link writeStatus}
 */
export async function publishStatus(
  dependencies: Dependencies,
  placement: ClusterResourcePlacement,
  status: PlacementStatus,
  memory: PlacementMemory,
  now: number,
): Promise<{ dueInMs?: number }> {
  const namespace = isNamespaceAccessible(placement) ? accessibleNamespace(placement) : undefined;
  if (namespace === undefined) return writeStatus(dependencies, placement, status, memory, now);
  const { name } = placement.metadata;
  const wanted = buildStatusCopy(placement, namespace, statusToCopy(placement, status), rfc3339(now));
  const isCopied = isSame(dependencies.caches.get('statusCopy', { name, namespace }), wanted);
  const waitMs = (memory.nextStatusAt ?? now) - now;
  if (!isCopied && waitMs > 0) return { dueInMs: waitMs };
  const outcome = isCopied
    ? placementConditions(placement.metadata).statusSynced(namespace)
    : await writeCopy(dependencies, placement, wanted);
  const whole = withCopyOutcome(placement, status, outcome, rfc3339(now));
  const { dueInMs } = await writeStatus(dependencies, placement, whole, memory, now);
  return outcome.status === 'True' ? { dueInMs } : { dueInMs: Math.min(dueInMs ?? retryMs, retryMs) };
}

/** The cache said that there is something to write; what exactly follows from an uncached read. */
async function writeCopy(
  { hub, log }: Pick<Dependencies, 'hub' | 'log'>,
  placement: ClusterResourcePlacement,
  wanted: ClusterResourcePlacementStatus,
): Promise<ConditionContent> {
  const { name, namespace = '' } = wanted.metadata;
  try {
    const existing = await hub.find(kinds.statusCopy, name, namespace);
    if (existing === undefined) await hub.create(kinds.statusCopy, wanted);
    else if (!isSame(existing, wanted)) {
      const metadata = { ...existing.metadata, ownerReferences: wanted.metadata.ownerReferences };
      await hub.replace(kinds.statusCopy, { ...wanted, metadata });
    }
    return placementConditions(placement.metadata).statusSynced(namespace);
  } catch (error) {
    // Whoever was overtaken, or finds no hub, comes again; only a refusal is worth a condition.
    if (!isRejected(error) && !isNotFound(error) && !isUnauthorised(error)) throw error;
    log.warn({ err: error, placement: nameOf(placement), namespace }, 'Could not copy the status of a placement.');
    return placementConditions(placement.metadata).statusNotSynced(error.message);
  }
}

function isSame(existing: ClusterResourcePlacementStatus | undefined, wanted: ClusterResourcePlacementStatus): boolean {
  if (existing === undefined) return false;
  const { sourceStatus, metadata } = existing;
  return (
    sameJson(sourceStatus, wanted.sourceStatus) && sameJson(metadata.ownerReferences, wanted.metadata.ownerReferences)
  );
}
