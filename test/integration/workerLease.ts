/** The Lease of a worker, for tests in which no whole worker runs. */
import { kinds } from '../../api/kinds.ts';
import { leaseKind, leaseName, leaseNamespace, type Lease } from '../../cli/workerLease.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { createNamespace, head } from './placementsHub.ts';

/** Has the hub look as if a worker had renewed its Lease just now, but for what `spec` says otherwise. */
export async function setWorkerLease(hub: KubernetesClient, spec: Lease['spec'] = {}): Promise<void> {
  const { acquireTime, renewTime = new Date().toISOString(), ...others } = spec;
  const whole: Lease['spec'] = {
    holderIdentity: 'worker',
    leaseDurationSeconds: 600,
    ...others,
    renewTime: microseconds(renewTime),
    ...(acquireTime !== undefined && { acquireTime: microseconds(acquireTime) }),
  };
  const found = await hub.find(leaseKind, leaseName, leaseNamespace);
  if (found !== undefined) {
    await hub.replace(leaseKind, { ...found, spec: whole });
    return;
  }
  if ((await hub.find(kinds.namespace, leaseNamespace)) === undefined) await createNamespace(hub, leaseNamespace);
  const metadata = { name: leaseName, namespace: leaseNamespace };
  await hub.create(leaseKind, { ...head(leaseKind), metadata, spec: whole });
}

/** As Leases have their times. */
export function microseconds(time: string): string {
  return time.replace(/(?:\.(\d{3}))?Z$/, (_, milliseconds: string | undefined) => `.${milliseconds ?? '000'}000Z`);
}
