/** The hub, as commands about members talk to it. */
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../../kube/client.ts';

/** @param context of KUBECONFIG; the current one if absent. @throws Error whose message is a sentence for the user */
export function hubClient(context: string | undefined): KubernetesClient {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromDefault();
  const names = kubeconfig.getContexts().map(({ name }) => name);
  if (context !== undefined && !names.includes(context)) {
    throw new Error(`The kubeconfig of the hub has no context "${context}", only ${names.join(', ')}.`);
  }
  return KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig, ...(context !== undefined && { context }) });
}
