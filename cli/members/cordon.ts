/** Keeps new placements away from a member, or lets them come again. */
import { kinds } from '../../api/kinds.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { isCordoned, withCordon } from '../../domain/members/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isConflict } from '../../kube/errors.ts';
import { findObject } from '../rollout/findTarget.ts';

/** Heartbeats write the same object. */
const attempts = 5;

export interface CordonOptions {
  /** Whether placements are to be kept away. */
  wanted: boolean;
  /** The hub is asked, and stores nothing. */
  dryRun: boolean;
}

/**
 * Adds or removes the taint and leaves all others alone.
 * @returns one line for the user, in kubectl's words
 */
export async function setCordon(hub: KubernetesClient, found: MemberCluster, options: CordonOptions): Promise<string> {
  const { wanted, dryRun } = options;
  const { name } = found.metadata;
  const target = `member/${name} ${isCordoned(found) === wanted ? 'already ' : ''}${wanted ? 'cordoned' : 'uncordoned'}`;
  let member = found;
  for (let attempt = 1; isCordoned(member) !== wanted; attempt += 1) {
    const { uid, resourceVersion } = member.metadata;
    const taints = withCordon(member.spec.taints ?? [], wanted);
    // Without any, the list goes; with the version, a taint that somebody adds at the same moment is not lost.
    const body = { metadata: { uid, resourceVersion }, spec: { taints: taints.length === 0 ? null : taints } };
    try {
      await hub.patch(kinds.memberCluster, name, { type: 'merge', body }, { dryRun });
      break;
    } catch (error) {
      if (!isConflict(error) || attempt === attempts) throw error;
      member = await findObject(hub, kinds.memberCluster, { name });
    }
  }
  return dryRun ? `${target} (dry run)` : target;
}
