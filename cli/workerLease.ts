/** Whether a worker looks after the hub, as its Lease tells. */
import type { KubernetesObject, ResourceDefinition } from '../api/meta.ts';
import type { KubernetesClient } from '../kube/client.ts';
import { isUnauthorised } from '../kube/errors.ts';

/** `coordination.k8s.io/v1` Lease, as far as it is read here. */
export interface Lease extends KubernetesObject {
  spec: { holderIdentity?: string; leaseDurationSeconds?: number; acquireTime?: string; renewTime?: string };
}

export const leaseKind: ResourceDefinition<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};

/** Where the Lease is unless `FLOTILLA_LEASE_NAMESPACE`, which the worker reads as well, says otherwise. */
export const leaseNamespace = process.env.FLOTILLA_LEASE_NAMESPACE ?? 'fleet-system';
export const leaseName = 'flotilla';

/** For a worker that is just being restarted, and for clocks that differ a little. */
const graceMs = 5_000;

/**
 * - `running`: a worker renews the Lease, and has had it `since` then
 * - `missing`: none does, `since` when, if any ever did
 * - `unknown`: the user may not read the Lease
 *
 * Times are RFC 3339.
 */
export type WorkerState = { state: 'running' | 'missing'; since?: string } | { state: 'unknown' };

/** @param now epoch milliseconds */
export async function workerState(hub: KubernetesClient, now: number): Promise<WorkerState> {
  try {
    return stateOfLease(await hub.find(leaseKind, leaseName, leaseNamespace), now);
  } catch (error) {
    if (isUnauthorised(error)) return { state: 'unknown' };
    throw error;
  }
}

/** The same from the Lease itself. */
export function stateOfLease(lease: Pick<Lease, 'spec'> | undefined, now: number): WorkerState {
  const { holderIdentity = '', leaseDurationSeconds = 0, acquireTime, renewTime } = lease?.spec ?? {};
  if (renewTime === undefined) return { state: 'missing' };
  const isFresh = now - Date.parse(renewTime) <= leaseDurationSeconds * 1000 + graceMs;
  if (holderIdentity === '' || !isFresh) return { state: 'missing', since: renewTime };
  return { state: 'running', ...(acquireTime !== undefined && { since: acquireTime }) };
}
