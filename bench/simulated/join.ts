/** Makes simulated clusters members of a hub, many at once. */
import { kinds } from '../../api/kinds.ts';
import { labels as labelKeys } from '../../api/labels.ts';
import { apiVersionOf } from '../../api/meta.ts';
import { memberNamespace, memberSecretName } from '../../api/names.ts';
import { inParallel } from '../../activities/members/parallel.ts';
import type { MemberCluster } from '../../api/types/membercluster.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { SimulatedMembers } from './process.ts';

/** A simulated cluster that is to join. */
export interface JoiningMember {
  name: string;
  labels: Record<string, string>;
}

const parallelJoins = 16;

/** Writes what `flotilla join` writes to the hub: MemberCluster, namespace and Secret of each. */
export async function joinSimulatedMembers(
  hub: KubernetesClient,
  simulated: SimulatedMembers,
  members: readonly JoiningMember[],
): Promise<void> {
  await inParallel(members, parallelJoins, async ({ name, labels }) => {
    const cluster: MemberCluster = {
      apiVersion: apiVersionOf(kinds.memberCluster),
      kind: kinds.memberCluster.kind,
      metadata: { name, labels: { ...labels, [labelKeys.memberName]: name } },
      spec: {},
    };
    const { uid = '' } = (await hub.create(kinds.memberCluster, cluster)).metadata;
    const namespace = memberNamespace(name);
    const { apiVersion, kind } = cluster;
    const owner = { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
    const options = { fieldManager: 'flotilla-join', force: true };
    // The worker makes the namespace of a MemberCluster that it sees without one.
    await hub.apply(
      kinds.namespace,
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: namespace, labels: { [labelKeys.isFleetResource]: 'true' }, ownerReferences: [owner] },
      },
      options,
    );
    await hub.create(kinds.secret, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: memberSecretName, namespace },
      type: 'Opaque',
      data: { kubeconfig: Buffer.from(simulated.kubeconfig(name)).toString('base64') },
    });
  });
}
