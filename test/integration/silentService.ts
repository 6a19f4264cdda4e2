/** An extension API server of the hub that never answers: nobody is behind it. */
import type { ResourceDefinition } from '../../api/meta.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { head } from './placementsHub.ts';

export const apiService = {
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  plural: 'apiservices',
  namespaced: false,
} satisfies ResourceDefinition;

/** Of the group version `away.example.com/v1`. */
export const silentService = 'v1.away.example.com';

export async function createSilentService(hub: KubernetesClient): Promise<void> {
  const spec = {
    group: 'away.example.com',
    version: 'v1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    insecureSkipTLSVerify: true,
    service: { namespace: 'default', name: 'nobody' },
  };
  await hub.create(apiService, { ...head(apiService), metadata: { name: silentService }, spec } as never);
}
