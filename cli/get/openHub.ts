/** The hub, for commands that end with an exit code for each trouble. */
import type { KubernetesClient } from '../../kube/client.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { hubClient } from '../members/hubClient.ts';

/** @param context of KUBECONFIG; the current one if absent. @throws CommandError when there is no such kubeconfig */
export function openHub(context: string | undefined): KubernetesClient {
  try {
    return hubClient(context);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
    const message = reason.startsWith('The kubeconfig of the hub')
      ? `${reason}.`
      : `The kubeconfig of the hub cannot be read (${reason}); KUBECONFIG has to name one that reaches it.`;
    throw new CommandError(exitCodes.mistake, message, error);
  }
}
