/** What was measured about a cluster, as numbers that can be compared. */
import type { MemberCluster } from '../../api/types/membercluster.ts';
import { parseQuantity } from '../members/quantities.ts';

/**
 * Value of a property in billionths of its unit; undefined if the cluster does not report it, or reports something
 * that is no quantity.
 */
export function propertyValue(cluster: MemberCluster, name: string): bigint | undefined {
  // Members are replaced, never changed, when something new is known about them.
  let known = parsedProperties.get(cluster);
  if (known === undefined) parsedProperties.set(cluster, (known = new Map<string, bigint | undefined>()));
  if (known.has(name)) return known.get(name);
  const value = parsed(propertyText(cluster, name));
  known.set(name, value);
  return value;
}

/** Value of a property as the cluster reports it; undefined if it does not. */
export function propertyText({ status }: MemberCluster, name: string): string | undefined {
  const resource = resourceOf(name);
  if (resource === undefined) return ownEntry(status?.properties, name)?.value;
  return ownEntry(status?.resourceUsage?.[resource.amount], resource.name);
}

/** What is wrong with the name of a property; undefined if nothing is. */
export function propertyNameFault(name: string): string | undefined {
  if (!name.startsWith(resourcePrefix)) return undefined;
  const match = resourcePattern.exec(name.slice(resourcePrefix.length));
  if (match === null) {
    return `invalid resource property name ${name}, expected format is [PREFIX]/[CAPACITY_TYPE]-[RESOURCE_NAME]`;
  }
  if (Object.hasOwn(amounts, match[1] ?? '')) return undefined;
  const supported = Object.keys(amounts).join(' ');
  return `invalid capacity type in resource property name ${name}, supported values are [${supported}]`;
}

const resourcePrefix = 'resources.kubernetes-fleet.io/';

/** Capacity type and resource. The resource may contain dashes, as `ephemeral-storage` does. */
const resourcePattern = /^([^-]+)-(.+)$/;

/** Where a member's status has the amounts, by capacity type. */
const amounts = { total: 'capacity', allocatable: 'allocatable', available: 'available' } as const;

const parsedProperties = new WeakMap<MemberCluster, Map<string, bigint | undefined>>();

function resourceOf(name: string): { amount: (typeof amounts)[keyof typeof amounts]; name: string } | undefined {
  if (!name.startsWith(resourcePrefix)) return undefined;
  const [, type = '', resource = ''] = resourcePattern.exec(name.slice(resourcePrefix.length)) ?? [];
  return Object.hasOwn(amounts, type) ? { amount: amounts[type as keyof typeof amounts], name: resource } : undefined;
}

function ownEntry<T>(entries: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return entries !== undefined && Object.hasOwn(entries, key) ? entries[key] : undefined;
}

function parsed(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  try {
    return parseQuantity(text).billionths;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
