/** Has a member leave the fleet and tells how far it is. */
import { findCondition } from '../../api/conditions.ts';
import { annotations, labels } from '../../api/labels.ts';
import { kinds, placementKinds } from '../../api/kinds.ts';
import { formatReference, inScopeOf } from '../../api/references.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { LeaveMode } from '../../domain/members/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { findObject } from '../rollout/findTarget.ts';
import { waitUntilGone } from './waits.ts';

export interface LeaveRequest {
  name: string;
  /** Asked for only if the member is there. @param placed names of the placements that have copies on the member */
  mode(placed: readonly string[]): Promise<LeaveMode>;
  dryRun: boolean;
  timeoutMs: number;
  /** A line for the user. */
  say(line: string): void;
}

/**
 * @returns whether the member has left in time; if not, the leaving goes on by itself
 * @throws Error whose message is a sentence for the user
 */
export async function leaveCluster(hub: KubernetesClient, request: LeaveRequest): Promise<boolean> {
  const { name, dryRun, timeoutMs, say } = request;
  const member = await findObject(hub, kinds.memberCluster, { name });
  const placed = await placementsOn(hub, name);
  const mode = await request.mode(placed);
  say(`${dryRun ? 'Would leave' : 'Leaving'}: ${name}. ${outlook(mode, name, placed)}`);
  if (dryRun) return true;
  await ask(hub, member, mode);
  const gone = await waitUntilGone(hub, kinds.memberCluster, name, timeoutMs, tellOnce(say, name));
  say(gone ? `${name} has left the fleet.` : unfinished(name, timeoutMs));
  return gone;
}

/** What becomes of the copies is written before the deletion, which begins at once. */
async function ask(hub: KubernetesClient, member: MemberCluster, mode: LeaveMode): Promise<void> {
  const { name, uid } = member.metadata;
  const body = { metadata: { uid, annotations: { [annotations.leave]: mode } } };
  await hub.patch(kinds.memberCluster, name, { type: 'merge', body });
  await hub.delete(kinds.memberCluster, name, { uid });
}

/** Placements with a binding to the member that something may have been brought for. */
async function placementsOn(hub: KubernetesClient, cluster: string): Promise<string[]> {
  const lists = await Promise.all(placementKinds.map(({ binding }) => hub.list(binding)));
  return lists
    .flatMap(({ items }) => items)
    .filter(({ spec }) => spec.targetCluster === cluster && spec.resourceSnapshotName !== undefined)
    .map(({ metadata }) => formatReference(inScopeOf(metadata, metadata.labels?.[labels.parentPlacement] ?? '')))
    .sort();
}

function outlook(mode: LeaveMode, name: string, placed: readonly string[]): string {
  if (mode === 'Remove') {
    return placed.length === 0
      ? 'Whatever was placed on it is removed.'
      : `What was placed on it is removed first: ${placed.join(', ')}.`;
  }
  const stays =
    placed.length === 0
      ? 'Whatever was placed on it stays there.'
      : `What was placed on it stays there: ${placed.join(', ')}.`;
  if (mode === 'Keep') return stays;
  return (
    `It is not asked for anything. ${stays} So do the inventories (AppliedWork) and the mark of this hub, ` +
    `so that another hub takes ${name} only with --take-over.`
  );
}

/** Each reason for waiting is told when it is new. */
function tellOnce(say: (line: string) => void, name: string): (member: MemberCluster) => void {
  let told = '';
  return ({ status }) => {
    const joined = findCondition(status?.agentStatus?.[0]?.conditions, 'Joined');
    const line =
      joined?.reason === 'InternalMemberClusterFailedToLeave'
        ? joined.message
        : joined?.reason === 'InternalMemberClusterLeft'
          ? `The hub is forgetting ${name}.`
          : '';
    if (line === '' || line === told) return;
    told = line;
    say(line);
  };
}

function unfinished(name: string, timeoutMs: number): string {
  return (
    `${name} has not left after ${String(timeoutMs / 1000)} s. The leaving goes on by itself while a worker runs; ` +
    `kubectl describe membercluster ${name} says what it waits for.`
  );
}
