/** Work at the hub, with the exit codes of the command where it cannot be done. */
import type { KubernetesClient } from '../../kube/client.ts';
import { isUnauthorised, isUnreachable } from '../../kube/errors.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';
import { openHub } from '../get/openHub.ts';

/** @param context of KUBECONFIG; the current one if absent. @throws CommandError, or whatever else the work throws */
export async function atHub<T>(context: string | undefined, work: (hub: KubernetesClient) => Promise<T>): Promise<T> {
  const hub = openHub(context);
  try {
    return await work(hub);
  } catch (error) {
    if (isUnauthorised(error)) throw new CommandError(exitCodes.notPermitted, error.message, error);
    if (!isUnreachable(error)) throw error;
    const sentence = error.message.replace(/\.$/, '');
    const question = 'is it running, and do KUBECONFIG and --hub-context name the hub?';
    throw new CommandError(exitCodes.hubUnreachable, `${sentence}; ${question}`, error);
  } finally {
    await hub.close();
  }
}
