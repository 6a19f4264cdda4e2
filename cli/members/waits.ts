/** Waiting for members, by events. */
import { kinds } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';

/** @returns whether it became as wanted in time, and how it was last seen */
export async function waitForMember(
  hub: KubernetesClient,
  name: string,
  wanted: (member: MemberCluster) => boolean,
  timeoutMs: number,
): Promise<{ found: boolean; last: MemberCluster | undefined }> {
  const informer = new Informer(hub, kinds.memberCluster, { fieldSelector: `metadata.name=${name}` });
  informer.start();
  try {
    const last = await informer.waitFor(wanted, timeoutMs);
    return { found: true, last };
  } catch {
    return { found: false, last: informer.get(name) };
  } finally {
    informer.stop();
  }
}

/**
 * @param onChange told of each state in between
 * @returns whether it went in time
 */
export async function waitUntilGone<T extends KubernetesObject>(
  hub: KubernetesClient,
  definition: ResourceDefinition<T>,
  name: string,
  timeoutMs: number,
  onChange: (object: T) => void = () => undefined,
): Promise<boolean> {
  const informer = new Informer(hub, definition, {
    fieldSelector: `metadata.name=${name}`,
    onEvent: ({ type, object }) => {
      if (type !== 'deleted') onChange(object);
    },
  });
  informer.start();
  try {
    await informer.synced;
    await informer.waitUntilGone(name, undefined, timeoutMs);
    return true;
  } catch {
    return false;
  } finally {
    informer.stop();
  }
}
