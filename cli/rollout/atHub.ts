/** Work at the hub, with the exit codes of the command where it cannot be done. */
import type { KubernetesClient } from '../../kube/client.ts';
import { hubTrouble } from '../get/hubFaults.ts';
import { openHub, type ContextOption } from '../get/openHub.ts';

/**
 * @param context of KUBECONFIG; the current one if absent
 * @param option by which it was named, for sentences
 * @throws CommandError, or whatever else the work throws
 */
export async function atHub<T>(
  context: string | undefined,
  work: (hub: KubernetesClient) => Promise<T>,
  option: ContextOption = '--context',
): Promise<T> {
  const { hub, ...place } = await openHub(context, option);
  try {
    return await work(hub);
  } catch (error) {
    throw hubTrouble(error, { ...place, option });
  } finally {
    await hub.close();
  }
}
