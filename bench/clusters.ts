/** Clients for every cluster of a fleet. */
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../kube/client.ts';
import type { Fleet } from '../local/fleet.ts';

/** One client for each context of the fleet's kubeconfig, by name. */
export function connectClusters(fleet: Fleet): Map<string, KubernetesClient> {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(fleet.kubeconfig);
  return new Map(
    [fleet.hub, ...fleet.members].map((name) => [
      name,
      KubernetesClient.fromKubeconfig({ name, kubeconfig, context: name }),
    ]),
  );
}
