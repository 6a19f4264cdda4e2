/** What a run leaves behind on hub and clusters, without what differs from run to run: names, versions and times. */
import { clusterKinds } from '../../../api/kinds.ts';
import { annotations } from '../../../api/labels.ts';
import type { KubernetesObject, ObjectMeta } from '../../../api/meta.ts';
import { order } from './stages.ts';
import type { PlayedRun } from './play.ts';
import { placedKinds, worldName, type World } from './world.ts';

/** Objects by where they are, kind and name. */
export type FinalState = Record<string, unknown>;

/** Reads everything that the run has to do with: the run, its requests, bindings, placement, and each cluster's objects. */
export async function readFinalState(world: World, run: PlayedRun): Promise<FinalState> {
  const { hub } = world;
  const [bindings, requests] = await Promise.all([
    hub.list(clusterKinds.binding),
    hub.list(clusterKinds.approvalRequest),
  ]);
  const onHub: KubernetesObject[] = [
    await hub.get(clusterKinds.run, run.name),
    await hub.get(clusterKinds.placement, worldName),
    ...requests.items.filter(({ spec }) => spec.parentStageRollout === run.name),
    ...bindings.items,
  ];
  const onMembers = await Promise.all(order.map((cluster) => readMember(world, cluster)));
  const all = [...onHub.map((object) => ['hub', object] as const), ...onMembers.flat()];
  return Object.fromEntries(
    all.map(([cluster, object]) => {
      const { kind, ...rest } = comparable(object, run);
      return [`${cluster} ${kind} ${rest.metadata.name}`, rest];
    }),
  );
}

async function readMember({ members }: World, cluster: string): Promise<(readonly [string, KubernetesObject])[]> {
  const client = members.get(cluster);
  if (client === undefined) throw new Error(`There is no cluster ${cluster}.`);
  const found = await Promise.all(
    placedKinds.map(async (definition) => {
      const { items } = await client.list<KubernetesObject>(definition);
      return items.filter(({ metadata: { name, namespace = '' } }) => `${name} ${namespace}`.includes(worldName));
    }),
  );
  return found.flat().map((object) => [cluster, object] as const);
}

function comparable(object: KubernetesObject, run: PlayedRun): KubernetesObject {
  const text = JSON.stringify(withoutVersions(object))
    .replaceAll(run.value, '<value>')
    .replaceAll(run.name, '<run>')
    .replaceAll(`"${run.snapshot}"`, '"<index>"')
    .replaceAll(`resourceSnapshotIndex: ${run.snapshot},`, 'resourceSnapshotIndex: <index>,')
    .replaceAll(`${worldName}-${run.snapshot}-snapshot`, '<snapshot>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uid>')
    .replace(/\b[0-9a-f]{64}\b/g, '<hash>');
  return JSON.parse(text) as KubernetesObject;
}

/**
 * Generations grow from run to run, so conditions, and the note on the present content, say how far they are behind
 * instead of which they have seen.
 */
function withoutVersions({ metadata, ...rest }: KubernetesObject): unknown {
  const { resourceVersion: _resourceVersion, generation = 0, ...kept } = metadata;
  delete (kept as ObjectMeta & { managedFields?: unknown }).managedFields;
  const counted = ['observedGeneration', annotations.contentGeneration];
  const relative = JSON.stringify({ ...rest, metadata: kept }, (key, value: unknown) =>
    counted.includes(key) ? generation - Number(value) : value,
  );
  return JSON.parse(relative);
}
