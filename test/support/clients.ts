/** Clients for the clusters of the tests' fleet. */
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../../kube/client.ts';
import type { Fleet } from '../../local/fleetHandle.ts';

/** One client for each cluster by name, the hub included. Close them in `afterAll`. */
export function clusterClients(fleet: Fleet): Map<string, KubernetesClient> {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(fleet.kubeconfig);
  return new Map(
    [fleet.hub, ...fleet.members].map((name) => [
      name,
      KubernetesClient.fromKubeconfig({ name, kubeconfig, context: name }),
    ]),
  );
}
