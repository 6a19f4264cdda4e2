/** Whose an object on a member is. */
import { kinds } from '../../api/kinds.ts';
import { apiVersionOf, type KubernetesObject, type OwnerReference } from '../../api/meta.ts';

/**
 * Who else owns an object. Objects of others are not taken over: two owners would undo each other's work for ever.
 * @param ownUid of the inventory that would own it
 * @returns as it stands in a sentence, `ReplicaSet web` or `another placement (AppliedWork web-work)`
 */
export function foreignOwner(existing: KubernetesObject, ownUid: string | undefined): string | undefined {
  const others = existing.metadata.ownerReferences?.filter(({ uid }) => uid !== ownUid) ?? [];
  const [other] = others;
  if (other === undefined) return undefined;
  const work = others.find(isWork);
  return work === undefined ? `${other.kind} ${other.name}` : `another placement (AppliedWork ${work.name})`;
}

function isWork({ apiVersion, kind }: OwnerReference): boolean {
  return kind === kinds.appliedWork.kind && apiVersion === workVersion;
}

const workVersion = apiVersionOf(kinds.appliedWork);
