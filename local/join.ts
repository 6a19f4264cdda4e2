/** Making a cluster a member of the fleet. */
import type { KubernetesObject, ResourceDefinition } from '../api/meta.ts';
import { kinds } from '../api/kinds.ts';
import { annotations, labels as labelKeys } from '../api/labels.ts';
import { appliedWorkDefinition, memberNamespace, memberSecretName } from '../api/names.ts';
import type { Taint } from '../api/types/membercluster.ts';
import type { KubernetesClient } from '../kube/client.ts';
import { Informer } from '../kube/informer.ts';
import { installDefinitions, memberDefinitions } from './definitions.ts';

/** Labels that every member of a managed fleet carries; here they are empty unless the user gives them a value. */
export const automaticLabels = [
  'fleet.azure.com/location',
  'fleet.azure.com/resource-group',
  'fleet.azure.com/subscription-id',
] as const;

const newServerMs = 10_000;

/** Whom the objects below belong to in server-side apply. */
const fieldManager = 'flotilla-join';

/** A cluster that is to join. */
export interface NewMember {
  name: string;
  labels: Record<string, string>;
  /** All that the member is to have; absent leaves those that it has alone. */
  taints?: Taint[];
  /** YAML with one context and no references to files; the hub keeps it in a Secret. */
  kubeconfig: string;
}

/** One object that joining has seen to. */
export interface JoinStep {
  /** What it is, such as `MemberCluster member1`, and where: on the hub or on the member. */
  what: string;
  outcome: 'created' | 'changed' | 'unchanged';
}

/**
 * Writes what makes a cluster a member: the inventory's kind on the member, with the mark of the hub; on the hub the
 * MemberCluster, its namespace and the Secret that says how to reach it. Doing it again changes labels, taints and
 * credentials only.
 * @returns what was done, in the order in which it was done
 */
export async function joinMember(
  hub: KubernetesClient,
  member: KubernetesClient,
  joining: NewMember,
): Promise<JoinStep[]> {
  const [clusterUid, hubUid] = await Promise.all([clusterUidOf(member), clusterUidOf(hub)]);
  const definition = await installMarked(member, joining.name, hubUid);
  const membership = await apply(hub, kinds.memberCluster, memberClusterOf(joining, clusterUid));
  const namespace = await apply(hub, kinds.namespace, namespaceOf(joining.name, membership.object));
  const secret = await apply(hub, kinds.secret, secretOf(joining));
  return [definition, membership.step, namespace.step, secret.step];
}

/** The same with nothing written: the servers only say whether they would. @returns what would be done */
export async function tryToJoin(
  hub: KubernetesClient,
  member: KubernetesClient,
  joining: NewMember,
): Promise<JoinStep[]> {
  const [clusterUid, definition] = await Promise.all([clusterUidOf(member), findDefinition(member)]);
  const membership = await apply(hub, kinds.memberCluster, memberClusterOf(joining, clusterUid), { dryRun: true });
  const namespace = await apply(hub, kinds.namespace, namespaceOf(joining.name, membership.object), { dryRun: true });
  const hasNamespace = namespace.step.outcome !== 'created';
  const secret = hasNamespace ? await apply(hub, kinds.secret, secretOf(joining), { dryRun: true }) : undefined;
  return [
    { what: definitionOn(member), outcome: definition === undefined ? 'created' : 'unchanged' },
    membership.step,
    namespace.step,
    secret?.step ?? { what: describe(hub, secretOf(joining)), outcome: 'created' },
  ];
}

/** By which a cluster is known again, whatever it is called and however it is reached. */
export async function clusterUidOf(cluster: KubernetesClient): Promise<string> {
  const name = 'kube-system';
  const { metadata } = (await cluster.find(kinds.namespace, name)) ?? (await firstSeen(cluster, name));
  return metadata.uid ?? '';
}

/** An API server that has just been set up makes its own namespaces a moment after it is ready. */
async function firstSeen(cluster: KubernetesClient, name: string): Promise<KubernetesObject> {
  const informer = new Informer(cluster, kinds.namespace, { fieldSelector: `metadata.name=${name}` });
  informer.start();
  try {
    return await informer.waitFor(() => true, newServerMs);
  } finally {
    informer.stop();
  }
}

/** The definition of AppliedWork on a member; its annotations say of which hub the cluster is a member. */
export function findDefinition(member: KubernetesClient): Promise<KubernetesObject | undefined> {
  return member.find(kinds.customResourceDefinition, appliedWorkDefinition);
}

async function installMarked(member: KubernetesClient, name: string, hubUid: string): Promise<JoinStep> {
  const before = await findDefinition(member);
  await installDefinitions(member, memberDefinitions);
  const mark = { [annotations.hubUid]: hubUid, [annotations.memberName]: name };
  const body = { metadata: { annotations: mark } };
  const marked = await member.patch(kinds.customResourceDefinition, appliedWorkDefinition, { type: 'merge', body });
  return { what: definitionOn(member), outcome: outcomeOf(before, marked) };
}

function definitionOn(member: KubernetesClient): string {
  return `definition of AppliedWork on ${member.name}`;
}

type Applied = KubernetesObject & Record<string, unknown>;

function memberClusterOf({ name, labels, taints }: NewMember, clusterUid: string): Applied {
  const automatic = Object.fromEntries(automaticLabels.map((label) => [label, '']));
  return {
    apiVersion: 'cluster.kubernetes-fleet.io/v1beta1',
    kind: 'MemberCluster',
    metadata: {
      name,
      labels: { ...automatic, [labelKeys.memberName]: name, ...labels },
      annotations: { [annotations.clusterUid]: clusterUid },
    },
    spec: taints === undefined ? {} : { taints },
  };
}

/** The namespace, and the Secret in it, go when the member is gone. */
function namespaceOf(name: string, owner: KubernetesObject): Applied {
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: {
      name: memberNamespace(name),
      labels: { [labelKeys.isFleetResource]: 'true' },
      ownerReferences: [
        {
          apiVersion: owner.apiVersion,
          kind: owner.kind,
          name,
          uid: owner.metadata.uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
  };
}

function secretOf({ name, kubeconfig }: NewMember): Applied {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: memberSecretName, namespace: memberNamespace(name) },
    type: 'Opaque',
    data: { kubeconfig: Buffer.from(kubeconfig).toString('base64') },
  };
}

async function apply(
  client: KubernetesClient,
  definition: ResourceDefinition,
  object: Applied,
  options: { dryRun?: boolean } = {},
): Promise<{ object: KubernetesObject; step: JoinStep }> {
  const before = await client.find(definition, object.metadata.name, object.metadata.namespace);
  const applied = await client.apply(definition, object, { fieldManager, force: true, ...options });
  return { object: applied, step: { what: describe(client, object), outcome: outcomeOf(before, applied) } };
}

function describe(client: KubernetesClient, { kind, metadata: { name, namespace } }: KubernetesObject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`} on ${client.name}`;
}

/** A write that changes nothing leaves the version as it is. */
function outcomeOf(before: KubernetesObject | undefined, after: KubernetesObject): JoinStep['outcome'] {
  if (before === undefined) return 'created';
  return before.metadata.resourceVersion === after.metadata.resourceVersion ? 'unchanged' : 'changed';
}
