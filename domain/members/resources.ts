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

/** What pods have reserved on nodes. */
export type Requested = Record<'cpu' | 'memory', Quantity>;

/** Sums over a whole member. */
export interface MemberResources {
  nodeCount: number;
  capacity: ResourceAmounts;
  allocatable: ResourceAmounts;
  /** Allocatable less what is requested, never below zero; absent if nobody knows what is. */
  available?: ResourceAmounts;
}

/** Sums up what scheduled, unfinished pods request; init containers do not count. Throws like {@link resourcesOf}. */
export function requestedBy(pods: readonly Pod[]): Requested {
  const requests = pods
    .filter(isRunningOnNode)
    .flatMap(({ spec }) => (spec?.containers ?? []).map(({ resources }) => resources?.requests ?? {}));
  return { cpu: total(requests, 'cpu'), memory: total(requests, 'memory') };
}

/** Sums up a member. Throws a RangeError for a quantity that no API server would have accepted. */
export function resourcesOf(nodes: readonly Node[], requested: Requested | undefined): MemberResources {
  const capacity = nodes.map(({ status }) => status?.capacity ?? {});
  const allocatable = nodes.map(({ status }) => status?.allocatable ?? {});
  return {
    nodeCount: nodes.length,
    capacity: amounts((resource) => total(capacity, resource)),
    allocatable: amounts((resource) => total(allocatable, resource)),
    ...(requested && {
      available: amounts((resource) => subtractQuantities(total(allocatable, resource), requested[resource])),
    }),
  };
}

function amounts(amountOf: (resource: keyof Requested) => Quantity): ResourceAmounts {
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
