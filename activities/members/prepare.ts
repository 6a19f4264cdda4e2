/** The hub's half of an update: the holder claims the binding and names its target, then learns what to apply. */
import type { ClusterResourceBinding } from '../../api/types/clusterresourcebinding.ts';
import { render, type RenderedContent } from '../../domain/apply/render.ts';
import { isUpToDate } from '../../domain/rollouts/boundTarget.ts';
import { rfc3339 } from '../../domain/time.ts';
import type { Bindings } from './binding.ts';
import { isClaimedFor, requireClaimable, requireUsable, withTarget } from './binding.ts';
import { hasRolloutStarted, rolloutStartedStatus } from './bindingStatus.ts';
import type { SnapshotGroups } from './snapshots.ts';
import type { ClusterTarget } from './targets.ts';

/** What the hub has to say before the member is touched. */
export type Preparation =
  /** The cluster has what it should have, whoever brought it: nothing was written. */
  | { state: 'upToDate'; binding: ClusterResourceBinding }
  /** The cluster is claimed; `binding` is as it was last written. */
  | { state: 'claimed'; binding: ClusterResourceBinding; content: RenderedContent };

/**
 * Claims a cluster for a target. Writes nothing that is already there, so it may be repeated at will.
 * @throws Displaced when a newer holder has the cluster; Overtaken when the binding changed meanwhile;
 * ApplicationFailure `BindingGone` or `SnapshotGone`, final
 */
export async function prepare(
  target: ClusterTarget,
  bindings: Bindings,
  snapshots: SnapshotGroups,
): Promise<Preparation> {
  const [found, manifests] = await Promise.all([bindings.find(target.binding), snapshots.manifests(target)]);
  const current = requireUsable(found, target);
  const content = render(manifests, target.applyStrategy);
  if (isUpToDate(current, target, content.contentHash)) return { state: 'upToDate', binding: current };
  requireClaimable(current, target.claim);
  const claimed = isClaimedFor(current, target, content.contentHash)
    ? current
    : await bindings.replace(withTarget(current, target, content.contentHash, rfc3339(Date.now())));
  const binding = hasRolloutStarted(claimed, target.rolloutStartedMessage)
    ? claimed
    : await bindings.replaceStatus(claimed, rolloutStartedStatus(claimed, target.rolloutStartedMessage));
  return { state: 'claimed', binding, content };
}
