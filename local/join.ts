/** Making a cluster a member of the fleet. */
import type { KubernetesObject } from '../api/meta.ts';
import { kinds } from '../api/kinds.ts';
import { labels as labelKeys } from '../api/labels.ts';
import { memberNamespace, memberSecretName } from '../api/names.ts';
import type { KubernetesClient } from '../kube/client.ts';
import { installDefinitions, memberDefinitions } from './definitions.ts';

/** Labels that every member of a managed fleet carries; here they are empty unless the user gives them a value. */
export const automaticLabels = [
  'fleet.azure.com/location',
  'fleet.azure.com/resource-group',
  'fleet.azure.com/subscription-id',
] as const;

/** Whom the objects below belong to in server-side apply. */
const fieldManager = 'flotilla-join';

/** A cluster that is to join. */
export interface NewMember {
  name: string;
  labels: Record<string, string>;
  /** YAML with one context and no references to files; the hub keeps it in a Secret. */
  kubeconfig: string;
}

/**
 * Writes what makes a cluster a member: the inventory's kind on the member; on the hub the MemberCluster, its
 * namespace and the Secret that says how to reach it. Doing it again changes labels and credentials only.
 */
export async function joinMember(hub: KubernetesClient, member: KubernetesClient, joining: NewMember): Promise<void> {
  await installDefinitions(member, memberDefinitions);
  const cluster = await apply(hub, kinds.memberCluster, {
    apiVersion: 'cluster.kubernetes-fleet.io/v1beta1',
    kind: 'MemberCluster',
    metadata: { name: joining.name, labels: memberLabels(joining) },
    spec: {},
  });
  const namespace = memberNamespace(joining.name);
  await apply(hub, kinds.namespace, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: namespace,
      labels: { [labelKeys.isFleetResource]: 'true' },
      ownerReferences: [ownerReferenceTo(cluster)],
    },
  });
  await apply(hub, kinds.secret, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: memberSecretName, namespace },
    type: 'Opaque',
    data: { kubeconfig: Buffer.from(joining.kubeconfig).toString('base64') },
  });
}

function memberLabels(joining: NewMember): Record<string, string> {
  const automatic = Object.fromEntries(automaticLabels.map((label) => [label, '']));
  return { ...automatic, [labelKeys.memberName]: joining.name, ...joining.labels };
}

/** The namespace, and the Secret in it, go when the member is gone. */
function ownerReferenceTo(cluster: KubernetesObject): NonNullable<KubernetesObject['metadata']['ownerReferences']>[0] {
  return {
    apiVersion: cluster.apiVersion,
    kind: cluster.kind,
    name: cluster.metadata.name,
    uid: cluster.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

type Applied = KubernetesObject & Record<string, unknown>;

async function apply(
  client: KubernetesClient,
  definition: Parameters<KubernetesClient['apply']>[0],
  object: Applied,
): Promise<KubernetesObject> {
  return await client.apply(definition, object, { fieldManager, force: true });
}
