/** One look at the hub on behalf of a rolling update. */
import { annotations, labels } from '../../api/labels.ts';
import { kindsIn } from '../../api/kinds.ts';
import { isOwnedBy } from '../../api/meta.ts';
import { scopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClaimHolder } from '../../domain/claims.ts';
import type { RolloutFacts, RolloutMode } from '../../domain/rollouts/facts.ts';
import type { RolloutPause } from '../../domain/rollouts/limits.ts';
import { readFacts, type RolloutInput } from '../../domain/rollouts/readFacts.ts';
import { groupSnapshots, latestGroup, type SnapshotGroup } from '../../domain/snapshots/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';

/** Which placement is looked at, and when by the workflow's clock, epoch milliseconds. */
export interface ReadRolloutInput extends ObjectReference {
  uid: string;
  now: number;
}

export interface RolloutLook {
  facts: RolloutFacts;
  /** With which work may begin; absent when the placement is gone. */
  claim?: ClaimHolder;
  /** Whether search attributes may be set. */
  searchAttributes: boolean;
}

export interface ReadRolloutDependencies {
  hub: KubernetesClient;
  pause: RolloutPause;
  searchAttributes(): boolean;
}

/** Reads everything uncached and at the same time. */
export async function readRollout(
  { hub, pause, searchAttributes }: ReadRolloutDependencies,
  { uid, now, ...reference }: ReadRolloutInput,
): Promise<RolloutLook> {
  const { name, namespace } = reference;
  const definitions = kindsIn(reference);
  const [found, bindings, snapshot] = await Promise.all([
    hub.find(definitions.placement, name, namespace),
    hub.list(definitions.binding, { namespace, labelSelector: `${labels.parentPlacement}=${name}` }),
    latestSnapshot(hub, reference, uid),
  ]);
  const placement = found?.metadata.uid === uid ? found : undefined;
  const facts = readFacts({ placement, bindings: bindings.items, snapshot, pause, now });
  return { facts, claim: placement && claimOf(placement, facts.mode), searchAttributes: searchAttributes() };
}

/** Of the placement with this uid: a deleted one of its name may have left snapshots that are still to be collected. */
async function latestSnapshot(
  hub: KubernetesClient,
  placement: ObjectReference,
  uid: string,
): Promise<RolloutInput['snapshot']> {
  const { name, namespace } = placement;
  const { resourceSnapshot } = kindsIn(placement);
  const read = async (selector: string): Promise<SnapshotGroup | undefined> => {
    const labelSelector = `${labels.parentPlacement}=${name},${selector}`;
    const { items } = await hub.list(resourceSnapshot, { namespace, labelSelector });
    return latestGroup(groupSnapshots(items.filter((snapshot) => isOwnedBy(snapshot, uid))));
  };
  const group = await read(`${labels.isLatestSnapshot}=true`);
  if (group?.master === undefined) return undefined;
  const index = String(group.index);
  const found = { name: group.master.metadata.name, index };
  if (group.master.metadata.annotations?.[annotations.numberOfResourceSnapshots] === '1') return found;
  // The other parts do not carry the label.
  const whole = await read(`${labels.resourceIndex}=${index}`);
  return whole?.complete === true ? found : undefined;
}

function claimOf({ metadata }: ClusterResourcePlacement, mode: RolloutMode): ClaimHolder | undefined {
  const { name, uid = '', creationTimestamp = '', deletionTimestamp = '', generation = 1 } = metadata;
  const kind = metadata.namespace === undefined ? 'ClusterResourcePlacement' : 'ResourcePlacement';
  const holder = { kind, ...scopeOf(metadata), name, uid } as const;
  if (mode === 'remove') return { ...holder, createdAt: deletionTimestamp };
  if (mode === 'gone') return undefined;
  // While runs have the rollout, every one of them comes before what is still in flight here.
  return { ...holder, createdAt: creationTimestamp, strategyGeneration: mode === 'external' ? 0 : generation };
}
