/** How much room a member has, from its nodes and pods. */
import type { KubernetesObject } from '../../api/meta.ts';
import { addQuantities, formatQuantity, parseQuantity, subtractQuantities, zeroQuantity } from './quantities.ts';
import type { Quantity } from './quantities.ts';

/** Core `v1` Node: what is read of it. */
export interface Node extends KubernetesObject {
  status?: { capacity?: Record<string, string>; allocatable?: Record<string, string> };
}

/** Core `v1` Pod: what is read of it. */
export interface Pod extends KubernetesObject {
  spec?: { nodeName?: string; containers?: { resources?: { requests?: Record<string, string> } }[] };
  status?: { phase?: string };
}

/** Cpu and memory as Kubernetes quantities. */
export interface ResourceAmounts extends Record<string, string> {
  cpu: string;
  memory: string;
}

/** Sums over a whole member. */
export interface MemberResources {
  nodeCount: number;
  capacity: ResourceAmounts;
  allocatable: ResourceAmounts;
  /** Allocatable less what scheduled, unfinished pods request; never below zero. Init containers do not count. */
  available: ResourceAmounts;
}

/** Sums up a member. Throws a RangeError for a quantity that no API server would have accepted. */
export function resourcesOf(nodes: readonly Node[], pods: readonly Pod[]): MemberResources {
  const allocatable = nodes.map(({ status }) => status?.allocatable ?? {});
  const requested = pods.filter(isRunningOnNode).flatMap(({ spec }) => (spec?.containers ?? []).map(requestsOf));
  return {
    nodeCount: nodes.length,
    capacity: amounts((resource) =>
      total(
        nodes.map(({ status }) => status?.capacity ?? {}),
        resource,
      ),
    ),
    allocatable: amounts((resource) => total(allocatable, resource)),
    available: amounts((resource) => subtractQuantities(total(allocatable, resource), total(requested, resource))),
  };
}

function amounts(amountOf: (resource: string) => Quantity): ResourceAmounts {
  return { cpu: formatQuantity(amountOf('cpu')), memory: formatQuantity(amountOf('memory')) };
}

function total(parts: readonly Record<string, string>[], resource: string): Quantity {
  return parts
    .map((part) => part[resource])
    .filter((text) => text !== undefined)
    .map(parseQuantity)
    .reduce(addQuantities, zeroQuantity);
}

function isRunningOnNode({ spec, status }: Pod): boolean {
  const isFinished = status?.phase === 'Succeeded' || status?.phase === 'Failed';
  return (spec?.nodeName ?? '') !== '' && !isFinished;
}

function requestsOf({ resources }: { resources?: { requests?: Record<string, string> } }): Record<string, string> {
  return resources?.requests ?? {};
}
