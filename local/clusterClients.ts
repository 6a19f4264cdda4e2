/** Clients for every cluster of a running fleet, for programs that watch or drive it. */
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../kube/client.ts';
import type { Fleet } from './fleetHandle.ts';

/** One client for each cluster by name, the hub included. The caller closes them. */
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
