/** The objects of a rendered content as the member's API server knows them. */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { AppliedResource } from '../../api/types/appliedwork.ts';
import { groupAndVersion, identityKey } from '../selection/identifiers.ts';
import { inventoryEntry } from './inventory.ts';

/** One object that is to be on the member. */
export interface WorkObject {
  apiVersion: string;
  kind: string;
  manifest: KubernetesObject;
  definition: ResourceDefinition;
  /** The same for all versions of the object. */
  key: string;
  /** Its line in the inventory, still without uid. */
  entry: AppliedResource;
  /** The member serves its kind; where it does not, the kind is brought along. */
  isServed: boolean;
  /** Its definition is among the objects: right after that was applied, the kind may not be served yet. */
  bringsDefinition: boolean;
}

/** Objects with a known kind, and those whose kind the member does not serve. Both in the order of the content. */
export interface ResolvedObjects {
  objects: WorkObject[];
  unknown: KubernetesObject[];
}

/** The kinds that a member serves. */
export interface ServedKinds {
  find(group: string, version: string, kind: string): ResourceDefinition | undefined;
}

/** How each object is addressed: as the member serves its kind, or as a definition among the objects says it will. */
export function workObjects(manifests: readonly KubernetesObject[], served: ServedKinds): ResolvedObjects {
  const brought = broughtDefinitions(manifests);
  const resolved: ResolvedObjects = { objects: [], unknown: [] };
  manifests.forEach((manifest, ordinal) => {
    const { apiVersion, kind } = manifest;
    const { group, version } = groupAndVersion(apiVersion);
    const own = brought.get(definitionKey(group, version, kind));
    const known = served.find(group, version, kind);
    const definition = known ?? own;
    if (definition === undefined) {
      resolved.unknown.push(manifest);
      return;
    }
    const entry = inventoryEntry(manifest, definition.plural, ordinal);
    const origin = { isServed: known !== undefined, bringsDefinition: own !== undefined };
    resolved.objects.push({ apiVersion, kind, manifest, definition, key: identityKey(entry), entry, ...origin });
  });
  return resolved;
}

/** Why an object does not fit its kind, as a kind's predicate; undefined where it does. */
export function scopeFault({ manifest, definition }: Pick<WorkObject, 'manifest' | 'definition'>): string | undefined {
  if (definition.namespaced === (manifest.metadata.namespace !== undefined)) return undefined;
  return definition.namespaced ? 'lives in namespaces' : 'does not live in namespaces';
}

/** `CustomResourceDefinition`, as far as it is read here. */
interface CustomResourceDefinition extends KubernetesObject {
  spec?: {
    group?: string;
    scope?: string;
    names?: { kind?: string; plural?: string };
    versions?: { name?: string; served?: boolean }[];
  };
}

/** Kinds that are defined by CustomResourceDefinitions among the objects themselves. */
function broughtDefinitions(manifests: readonly KubernetesObject[]): Map<string, ResourceDefinition> {
  const definitions = new Map<string, ResourceDefinition>();
  for (const { kind, spec } of manifests as readonly CustomResourceDefinition[]) {
    if (kind !== 'CustomResourceDefinition' || spec?.names?.kind === undefined) continue;
    const { group = '', scope, names, versions = [] } = spec;
    for (const { name: version, served } of versions) {
      if (version === undefined || served !== true) continue;
      const { kind: ownKind = '', plural = '' } = names;
      const definition = { group, version, kind: ownKind, plural, namespaced: scope === 'Namespaced' };
      definitions.set(definitionKey(group, version, ownKind), definition);
    }
  }
  return definitions;
}

function definitionKey(group: string, version: string, kind: string): string {
  return `${group}/${version}/${kind}`;
}
