/** Names of generated objects. Source: the documents; each is a pure function, so that a repeated write finds itself. */
import type { ObjectReference } from './references.ts';

/** Policy snapshot `index` (from 0) of a placement. */
export function policySnapshotName(placement: string, index: number): string {
  return `${placement}-${String(index)}`;
}

/** Master resource snapshot `index` (from 0) of a placement. */
export function resourceSnapshotName(placement: string, index: number | string): string {
  return `${placement}-${String(index)}-snapshot`;
}

/** Index in the name of a master resource snapshot of a placement; undefined for any other name. */
export function indexInResourceSnapshotName(placement: string, name: string): number | undefined {
  return indexBetween(`${placement}-`, '-snapshot', name);
}

/** Index in the name of a policy snapshot of a placement; undefined for any other name. */
export function indexInPolicySnapshotName(placement: string, name: string): number | undefined {
  return indexBetween(`${placement}-`, '', name);
}

/** Further part `subIndex` (from 0) of resource snapshot `index`. */
export function resourceSubSnapshotName(placement: string, index: number | string, subIndex: number): string {
  return `${placement}-${String(index)}-${String(subIndex)}`;
}

/**
 * Binding of a placement to a cluster. `suffix` is eight hexadecimal digits that make shortened names unique. A dot at
 * the cut goes: no part of a name may begin with a dash.
 */
export function bindingName(placement: string, cluster: string, suffix: string): string {
  return `${placement.slice(0, 26).replace(/\.$/, '')}-${cluster.slice(0, 27)}-${suffix}`;
}

/** Approval request of a stage: after it as the documents name it, before it as their successor does. */
export function approvalRequestName(run: string, stage: string, when: 'before' | 'after' = 'after'): string {
  return when === 'after' ? `${run}-${stage}` : `${run}-before-${stage}`;
}

/**
 * Eviction of a placement from a cluster that is drained, as the documents name it. `suffix` is eight characters that
 * tell one attempt from another. The placement's name is cut to what the name of an object has room for.
 */
export function drainEvictionName(placement: string, cluster: string, suffix: string): string {
  const begin = 'drain-eviction-';
  const end = `-${cluster}-${suffix}`;
  return `${begin}${placement.slice(0, longestName - begin.length - end.length).replace(/[.-]+$/, '')}${end}`;
}

/** Characters that the name of an object may have. */
const longestName = 253;

/** Hub namespace that holds what belongs to one member. */
export function memberNamespace(cluster: string): string {
  return `fleet-member-${cluster}`;
}

/** Secret in {@link memberNamespace} whose key `kubeconfig` says how to reach the member. */
export const memberSecretName = 'kubeconfig';

/** Name of the definition of AppliedWork, which makes a cluster fit to be a member and carries the mark of its hub. */
export const appliedWorkDefinition = 'appliedworks.placement.kubernetes-fleet.io';

/**
 * Name of the inventory object (`AppliedWork`) of a placement on a member. Inventories of both scopes lie side by side
 * there, so the names end differently: a cluster-scoped placement may be called `web.shop`, which is no other's.
 */
export function appliedWorkName({ name, namespace }: ObjectReference): string {
  return namespace === undefined ? `${name}-work` : `${namespace}.${name}.work`;
}

function indexBetween(start: string, end: string, name: string): number | undefined {
  if (!name.startsWith(start) || !name.endsWith(end)) return undefined;
  const digits = name.slice(start.length, name.length - end.length);
  return /^\d{1,15}$/.test(digits) ? Number(digits) : undefined;
}
