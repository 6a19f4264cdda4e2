/** What stands against a cluster's joining, each as a sentence that says what to do. */
import { annotations } from '../../api/labels.ts';
import { kinds } from '../../api/kinds.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { memberNameFault } from '../../domain/members/index.ts';
import { isKindNotServed } from '../../kube/errors.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { clusterUidOf, findDefinition } from '../../local/join.ts';
import { ownCommand } from '../calledAs.ts';
import { CommandError } from '../commandError.ts';
import { exitCodes } from '../exitCodes.ts';

export interface Joiner {
  name: string;
  /** Take the cluster although it is marked as a member of another hub. */
  takeOver: boolean;
}

/** What is known of the name and of the cluster before it joins. */
export interface Standing {
  /** As it is on the hub; absent if there is no member of this name. */
  existing: MemberCluster | undefined;
  /** Whether the cluster was a member of anything before. */
  returns: boolean;
}

/** @throws Error whose message says why the cluster cannot join; KubernetesError */
export async function checkJoining(hub: KubernetesClient, member: KubernetesClient, joiner: Joiner): Promise<Standing> {
  const { name } = joiner;
  const fault = memberNameFault(name);
  if (fault !== undefined) throw new Error(fault);
  const [clusterUid, hubUid, members] = await Promise.all([clusterUidOf(member), clusterUidOf(hub), membersOf(hub)]);
  if (clusterUid === hubUid) {
    throw new Error(`The kubeconfig of ${name} leads to the hub itself, which cannot be its own member.`);
  }
  const existing = members.find(({ metadata }) => metadata.name === name);
  refuseOtherCluster(name, existing, clusterUid);
  refuseOtherName(name, members, clusterUid);
  const definition = await findDefinition(member);
  const { [annotations.hubUid]: mark } = definition?.metadata.annotations ?? {};
  if (mark !== undefined && mark !== hubUid && !joiner.takeOver) {
    throw new Error(
      `This cluster is a member of another hub, the one whose kube-system has the uid ${mark}: have it leave there ` +
        'first, or take it with --take-over if that hub is gone.',
    );
  }
  return { existing, returns: definition !== undefined };
}

async function membersOf(hub: KubernetesClient): Promise<MemberCluster[]> {
  try {
    return (await hub.list(kinds.memberCluster)).items;
  } catch (error) {
    if (!isKindNotServed(error)) throw error;
    throw new CommandError(
      exitCodes.hubUnreachable,
      'The hub does not know Flotilla: install the kinds with kubectl apply --server-side -f api/crds/, ' +
        'or correct KUBECONFIG or --hub-context if that is not the hub.',
    );
  }
}

/** A cluster that was set up anew is another one: what the hub believes to be on it is not there. */
function refuseOtherCluster(name: string, existing: MemberCluster | undefined, clusterUid: string): void {
  const known = existing?.metadata.annotations?.[annotations.clusterUid];
  if (known === undefined || known === clusterUid || existing?.metadata.deletionTimestamp !== undefined) return;
  throw new Error(
    `There is a member ${name} already, and it is another cluster: choose another name, or run ${ownCommand(`leave ${name}`)} first.`,
  );
}

function refuseOtherName(name: string, members: readonly MemberCluster[], clusterUid: string): void {
  const other = members.find(
    ({ metadata }) => metadata.name !== name && metadata.annotations?.[annotations.clusterUid] === clusterUid,
  );
  if (other === undefined) return;
  const { name: otherName } = other.metadata;
  throw new Error(
    `This cluster is the member ${otherName} already, and what is placed on it twice would undo itself: ` +
      `run ${ownCommand(`leave ${otherName}`)} first.`,
  );
}
