/** The way to a member: its client, and whether its API server is there. */
import type { KubernetesClient } from '../../kube/client.ts';
import { KubernetesError, isNotFound, isUnauthorised, isUnreachable } from '../../kube/errors.ts';
import type { MemberDependencies } from './dependencies.ts';
import { ClusterTrouble } from './interruptions.ts';
import { clusterTrouble } from './memberTrouble.ts';

/**
 * The client of a member.
 * @throws ClusterTrouble when the fleet does not know how to reach it; KubernetesError when the hub cannot be asked
 */
export async function memberClient(
  members: MemberDependencies['members'],
  cluster: string,
  signal: AbortSignal,
): Promise<KubernetesClient> {
  try {
    return await members.client(cluster, signal);
  } catch (error) {
    // An error that names the member is about the member; any other is about reading its Secret from the hub.
    throw error instanceof KubernetesError && error.cluster === cluster ? clusterTrouble(error) : error;
  }
}

/**
 * Asks a member that was away whether it is back: an API server that is still starting answers wrongly.
 * @throws ClusterTrouble when it is not
 */
export async function requireReady(client: KubernetesClient, signal: AbortSignal): Promise<void> {
  try {
    await client.probe('/readyz', signal);
  } catch (error) {
    if (isUnauthorised(error) || isNotFound(error)) return;
    if (isUnreachable(error) || !(error instanceof KubernetesError)) throw clusterTrouble(error);
    throw new ClusterTrouble(`The API server of cluster ${client.name} is starting and not ready yet.`, {
      stage: 'notApplied',
      unreachable: true,
    });
  }
}
