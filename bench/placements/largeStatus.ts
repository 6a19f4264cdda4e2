/** The status of one placement on a whole fleet: computed, compared and written, in processor time of this process. */
import { bindingConditions, conditionAt } from '../../api/conditions.ts';
import { clusterKinds } from '../../api/kinds.ts';
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import { writeStatus } from '../../controllers/placements/status.ts';
import type { PlacementMemory } from '../../controllers/placements/memory.ts';
import { placementStatus, type PlacementStatusInput } from '../../domain/placements/status.ts';
import { statusProfiles } from '../../domain/placements/profile.ts';
import { schedule } from '../../domain/scheduling/index.ts';
import { buildPolicySnapshot } from '../../domain/scheduling/policySnapshots.ts';
import { buildSnapshotGroup } from '../../domain/snapshots/build.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { buildFleet } from '../schedule/objects.ts';
import { summarize } from '../statistics.ts';
import * as objects from '../rollout/objects.ts';
import { pino } from 'pino';

const rounds = 15;

/** A row for each status profile. */
export async function measureLargeStatus(
  hub: KubernetesClient,
  clusters: number,
): Promise<Record<string, Record<string, number>>> {
  const rows: Record<string, Record<string, number>> = {};
  for (const profile of statusProfiles) {
    const name = `large-status-${profile}-${String(clusters)}`;
    const created = await hub.create(clusterKinds.placement, {
      ...objects.placement(name),
      spec: {
        resourceSelectors: [{ group: '', version: 'v1', kind: 'Namespace', name }],
        strategy: { type: 'RollingUpdate' },
      },
    });
    rows[`${profile}, ${String(clusters)} clusters`] = await measureProfile(hub, created, clusters, profile);
    await hub.delete(clusterKinds.placement, name);
  }
  return rows;
}

async function measureProfile(
  hub: KubernetesClient,
  placement: ClusterResourcePlacement,
  clusters: number,
  profile: PlacementStatusInput['profile'],
): Promise<Record<string, number>> {
  const { resourceSnapshots, policySnapshot, bindings } = scheduledOn(placement, clusters);
  const times: Record<'compute' | 'write' | 'again', number[]> = { compute: [], write: [], again: [] };
  let bytes = 0;
  for (let round = 0; round <= rounds; round += 1) {
    // One cluster is in trouble and out of it again, so that there is something to write each time.
    const troubled = bindings.map((binding, index) =>
      index === 0 && round % 2 === 0 ? withoutReport(binding) : binding,
    );
    const current = await hub.get(clusterKinds.placement, placement.metadata.name);
    const input = { placement: current, policySnapshot, bindings: troubled, resourceSnapshots, profile };
    const memory: PlacementMemory = {};
    const dependencies = { hub, log: pino({ level: 'silent' }) };
    const [status, computed] = await measured(() => placementStatus({ ...input, now: rfc3339(Date.now()) }));
    const [, written] = await measured(() => writeStatus(dependencies, current, status, memory, Date.now()));
    const fresh = await hub.get(clusterKinds.placement, placement.metadata.name);
    const [, again] = await measured(() => {
      const same = placementStatus({ ...input, placement: fresh, now: rfc3339(Date.now()) });
      return writeStatus(dependencies, fresh, same, memory, Date.now());
    });
    bytes = JSON.stringify(status).length;
    if (round === 0) continue;
    times.compute.push(computed);
    times.write.push(written);
    times.again.push(again);
  }
  const median = (values: number[]): number => Math.round(summarize(values).median * 10) / 10;
  return {
    'KiB of status': Math.round(bytes / 1_024),
    computed: median(times.compute),
    'compared and written': median(times.write),
    'computed again, nothing to write': median(times.again),
  };
}

function scheduledOn(
  placement: ClusterResourcePlacement,
  clusters: number,
): Pick<PlacementStatusInput, 'resourceSnapshots' | 'bindings'> & {
  policySnapshot: NonNullable<PlacementStatusInput['policySnapshot']>;
} {
  const { name, uid = '' } = placement.metadata;
  const now = Date.now();
  const policySnapshot = buildPolicySnapshot(placement, 0);
  const snapshotName = `${name}-0-snapshot`;
  const fleet = buildFleet(clusters, now).map((member) => ({ ...member, spec: {} }));
  const { operations, status } = schedule({ placement, policySnapshot, clusters: fleet, bindings: [], now });
  const conditions = reports().map((content) => conditionAt(content, 1, rfc3339(now)));
  return {
    policySnapshot: { ...policySnapshot, metadata: { ...policySnapshot.metadata, generation: 1 }, status },
    resourceSnapshots: buildSnapshotGroup({ name, uid }, 0, [objects.namespace(name)], 'hash'),
    bindings: operations.map(({ binding }) => ({
      ...binding,
      metadata: { ...binding.metadata, generation: 1 },
      spec: { ...binding.spec, state: 'Bound', resourceSnapshotName: snapshotName },
      status: { conditions },
    })),
  };
}

function reports(): ReturnType<typeof bindingConditions.available>[] {
  const { rolloutStarted, notOverridden, workSynchronized, applied, available } = bindingConditions;
  return [rolloutStarted('started'), notOverridden(), workSynchronized(), applied(), available()];
}

function withoutReport(binding: ClusterResourceBinding): ClusterResourceBinding {
  return { ...binding, status: { conditions: [] } };
}

/** Milliseconds of a core, the waiting for answers left out. */
async function measured<T>(work: () => T | Promise<T>): Promise<[T, number]> {
  const began = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(began);
  return [result, (user + system) / 1_000];
}
