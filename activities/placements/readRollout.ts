/** One look at the hub on behalf of a rolling update. */
import { annotations, labels } from '../../api/labels.ts';
import { kindsIn } from '../../api/kinds.ts';
import { scopeOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import type { ClaimHolder } from '../../domain/claims.ts';
import type { RolloutFacts, RolloutMode } from '../../domain/rollouts/facts.ts';
import type { RolloutPause } from '../../domain/rollouts/limits.ts';
import { readFacts, type RolloutInput } from '../../domain/rollouts/readFacts.ts';
import { groupSnapshots, latestGroup } from '../../domain/snapshots/index.ts';
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
    latestSnapshot(hub, reference),
  ]);
  const placement = found?.metadata.uid === uid ? found : undefined;
  const facts = readFacts({ placement, bindings: bindings.items, snapshot, pause, now });
  return { facts, claim: placement && claimOf(placement, facts.mode), searchAttributes: searchAttributes() };
}

async function latestSnapshot(hub: KubernetesClient, placement: ObjectReference): Promise<RolloutInput['snapshot']> {
  const { name, namespace } = placement;
  const { resourceSnapshot } = kindsIn(placement);
  const ofPlacement = `${labels.parentPlacement}=${name}`;
  const latest = { namespace, labelSelector: `${ofPlacement},${labels.isLatestSnapshot}=true` };
  const { items } = await hub.list(resourceSnapshot, latest);
  const group = latestGroup(groupSnapshots(items));
  if (group?.master === undefined) return undefined;
  const index = String(group.index);
  const found = { name: group.master.metadata.name, index };
  if (group.master.metadata.annotations?.[annotations.numberOfResourceSnapshots] === '1') return found;
  // The other parts do not carry the label.
  const parts = await hub.list(resourceSnapshot, {
    namespace,
    labelSelector: `${ofPlacement},${labels.resourceIndex}=${index}`,
  });
  return latestGroup(groupSnapshots(parts.items))?.complete === true ? found : undefined;
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
