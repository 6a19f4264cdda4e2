/** Clients for the clusters of a fleet that a test has. */
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../../kube/client.ts';
import type { Fleet } from '../../local/fleetHandle.ts';

/** A client for the cluster with this context; the caller closes it. */
export function clientFor(fleet: Fleet, context: string): KubernetesClient {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(fleet.kubeconfig);
  return KubernetesClient.fromKubeconfig({ name: context, kubeconfig, context });
}
