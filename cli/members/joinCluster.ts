/** Makes a cluster a member and tells what was done. */
import { memberNamespace } from '../../api/names.ts';
import { findCondition } from '../../api/conditions.ts';
import { kinds } from '../../api/kinds.ts';
import type { AppliedWork } from '../../api/types/appliedwork.ts';
import type { MemberCluster, Taint } from '../../api/types/membercluster.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isKindNotServed } from '../../kube/errors.ts';
import { joinMember, tryToJoin, type JoinStep, type NewMember } from '../../local/join.ts';
import { mergeTaints } from '../taints.ts';
import { checkJoining, type Standing } from './joinChecks.ts';
import { mayDoAll } from './rights.ts';
import { waitForMember, waitUntilGone } from './waits.ts';

export interface JoinRequest {
  name: string;
  /** YAML with one context and no references to files. */
  kubeconfig: string;
  /** Set on the member beside those that it has. */
  labels: Record<string, string>;
  taints: Taint[];
  takeOver: boolean;
  dryRun: boolean;
  /** How long the hub's worker may take to find the member; 0 does not wait for it. */
  timeoutMs: number;
  /** A line for the user. */
  say(line: string): void;
}

/**
 * @returns whether the hub's worker has found the member; also true where that was not waited for
 * @throws Error whose message is a sentence for the user
 */
export async function joinCluster(
  hub: KubernetesClient,
  member: KubernetesClient,
  request: JoinRequest,
): Promise<boolean> {
  const { name, dryRun, say, timeoutMs } = request;
  const standing = await checkJoining(hub, member, request);
  const existing = await afterLeaving(hub, request, standing);
  const joining = memberOf(request, existing);
  if (!(await mayDoAll(member))) {
    say(`Note: the kubeconfig does not allow everything on ${name}; what it forbids cannot be placed there.`);
  }
  const steps = dryRun ? await tryToJoin(hub, member, joining) : await joinMember(hub, member, joining);
  for (const step of steps) say(`${dryRun ? wouldWords[step.outcome] : words[step.outcome]} ${step.what}`);
  const leftovers = standing.returns ? await inventories(member) : [];
  if (leftovers.length > 0) await adopt(member, leftovers, request);
  if (dryRun || timeoutMs === 0) return true;
  return hasJoined(hub, request);
}

const words: Record<JoinStep['outcome'], string> = {
  created: 'created  ',
  changed: 'changed  ',
  unchanged: 'unchanged',
};

const wouldWords: Record<JoinStep['outcome'], string> = {
  created: 'would create ',
  changed: 'would change ',
  unchanged: 'would not change',
};

/** A former life of the name ends before the new one begins. */
async function afterLeaving(
  hub: KubernetesClient,
  { name, dryRun, say, timeoutMs }: JoinRequest,
  { existing }: Standing,
): Promise<MemberCluster | undefined> {
  const namespace = await hub.find(kinds.namespace, memberNamespace(name));
  const isLeaving = existing?.metadata.deletionTimestamp !== undefined;
  if (!isLeaving && namespace?.metadata.deletionTimestamp === undefined) return existing;
  say(`${name} is still leaving the fleet; it joins again when that is done.`);
  if (dryRun) return undefined;
  const deadlineMs = Math.max(timeoutMs, 1_000);
  const gone = await Promise.all([
    isLeaving ? waitUntilGone(hub, kinds.memberCluster, name, deadlineMs) : true,
    waitUntilGone(hub, kinds.namespace, memberNamespace(name), deadlineMs),
  ]);
  if (!gone.includes(false)) return undefined;
  throw new Error(
    `${name} has not left the fleet within ${String(deadlineMs / 1000)} s; ` +
      `kubectl describe membercluster ${name} says what it waits for.`,
  );
}

/** What the member has already stays, so that a new kubeconfig does not take labels away. */
function memberOf({ name, kubeconfig, labels, taints }: JoinRequest, existing: MemberCluster | undefined): NewMember {
  const merged = mergeTaints(existing?.spec.taints ?? [], taints);
  return {
    name,
    kubeconfig,
    labels: { ...existing?.metadata.labels, ...labels },
    ...(merged.length > 0 && { taints: merged }),
  };
}

/** What stands on the cluster from an earlier membership. */
async function inventories(member: KubernetesClient): Promise<AppliedWork[]> {
  try {
    return (await member.list(kinds.appliedWork)).items;
  } catch (error) {
    if (isKindNotServed(error)) return [];
    throw error;
  }
}

/**
 * Inventories of another life get a new owner: who claimed them on another hub, or under another name, must not stand
 * against the runs of this one.
 */
async function adopt(
  member: KubernetesClient,
  found: AppliedWork[],
  { name, dryRun, say }: JoinRequest,
): Promise<void> {
  const namespace = memberNamespace(name);
  const foreign = found.filter(({ spec }) => spec.workNamespace !== namespace);
  for (const { metadata } of dryRun ? [] : foreign) {
    const body = { spec: { workNamespace: namespace } };
    await member.patch(kinds.appliedWork, metadata.name, { type: 'merge', body });
    const released = { status: { claim: null } };
    await member.patch(kinds.appliedWork, metadata.name, { type: 'merge', body: released }, { subresource: 'status' });
  }
  const names = found.map(({ metadata }) => metadata.name).join(', ');
  say(
    `Note: ${name} still holds what was placed on it before (AppliedWork ${names}). Placements of the same name take ` +
      'that over; kubectl delete appliedwork NAME --cascade=foreground on the member removes the rest.',
  );
}

async function hasJoined(hub: KubernetesClient, { name, say, timeoutMs }: JoinRequest): Promise<boolean> {
  const isHealthy = ({ status }: MemberCluster): boolean =>
    findCondition(status?.conditions, 'Joined')?.status === 'True' &&
    findCondition(status?.agentStatus?.[0]?.conditions, 'Healthy')?.status === 'True';
  const { found, last } = await waitForMember(hub, name, isHealthy, timeoutMs);
  if (found) {
    say(`${name} has joined the fleet.`);
    return true;
  }
  const agent = findCondition(last?.status?.agentStatus?.[0]?.conditions, 'Healthy');
  const why = agent?.message ?? 'no worker of the hub has looked at it; is one running?';
  say(`${name} has not joined after ${String(timeoutMs / 1000)} s: ${why} It joins as soon as that is put right.`);
  return false;
}
