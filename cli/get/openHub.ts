/** The hub, for commands that end with an exit code for each trouble. */
import { KubernetesClient } from '../../kube/client.ts';
import { loadKubeconfig, KubeconfigError, type Kubeconfig } from '../../kube/kubeconfig.ts';
import { KubeconfigCredentials } from '../../kube/kubeconfigCredentials.ts';
import { mistake } from '../commandError.ts';
import { suggestion } from '../nearestName.ts';

/** The option that names the context of the hub: where another context can be named as well, it has a longer name. */
export type ContextOption = '--context' | '--hub-context';

/** A hub and the context that leads to it. */
export interface OpenHub {
  hub: KubernetesClient;
  context: string;
  /** All contexts of KUBECONFIG. */
  contexts: string[];
}

/** @param context of KUBECONFIG; the current one if absent. @throws CommandError when there is no such context */
export async function openHub(context: string | undefined, option: ContextOption = '--context'): Promise<OpenHub> {
  const kubeconfig = await readKubeconfig();
  const contexts = [...kubeconfig.contexts.keys()];
  const chosen = context ?? kubeconfig.currentContext;
  if (chosen === undefined) {
    const sentence = `KUBECONFIG has no current context: name that of the hub with ${option}; `;
    throw mistake(sentence + suggestion('', contexts, 'there is none at all.'));
  }
  if (!kubeconfig.contexts.has(chosen)) {
    const sentence = `KUBECONFIG has no context ${chosen}${context === undefined ? ', which it calls the current one' : ''}; `;
    throw mistake(sentence + suggestion(chosen, contexts, 'it has none at all.'));
  }
  const credentials = new KubeconfigCredentials('hub', kubeconfig, chosen);
  return { hub: KubernetesClient.fromCredentials(credentials, { name: 'hub' }), context: chosen, contexts };
}

/** @param file instead of what KUBECONFIG names. @throws CommandError where there is none */
export async function readKubeconfig(file = process.env.KUBECONFIG): Promise<Kubeconfig> {
  try {
    return await loadKubeconfig({ ...process.env, KUBECONFIG: file });
  } catch (error) {
    if (error instanceof KubeconfigError) throw mistake(error.message, error);
    throw error;
  }
}
