/** The objects of a rendered content as the member's API server knows them. */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import type { AppliedResource } from '../../api/types/appliedwork.ts';
import { inventoryEntry } from '../../domain/apply/inventory.ts';
import { groupAndVersion, identityKey } from '../../domain/selection/identifiers.ts';
import type { KubernetesClient } from '../../kube/client.ts';

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
  /** Its definition is among the objects: right after that was applied, the kind may not be served yet. */
  bringsDefinition: boolean;
}

/** Objects with a known kind, and those whose kind the member does not serve. Both in the order of the content. */
export interface ResolvedObjects {
  objects: WorkObject[];
  unknown: KubernetesObject[];
}

/** Finds out how each object is addressed. Asks the member once more when it does not know a kind. */
export async function resolveObjects(
  client: KubernetesClient,
  manifests: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<ResolvedObjects> {
  const remembered = resolveWith(await client.discover({ signal }), manifests);
  if (remembered.unknown.length === 0) return remembered;
  return resolveWith(await client.discover({ refresh: true, signal }), manifests);
}

function resolveWith(
  discovery: Awaited<ReturnType<KubernetesClient['discover']>>,
  manifests: readonly KubernetesObject[],
): ResolvedObjects {
  const brought = broughtDefinitions(manifests);
  const resolved: ResolvedObjects = { objects: [], unknown: [] };
  manifests.forEach((manifest, ordinal) => {
    const { group, version } = groupAndVersion(manifest.apiVersion);
    const own = brought.get(definitionKey(group, version, manifest.kind));
    const definition = discovery.find(group, version, manifest.kind) ?? own;
    if (definition === undefined) resolved.unknown.push(manifest);
    else resolved.objects.push(workObject(manifest, definition, ordinal, own !== undefined));
  });
  return resolved;
}

function workObject(
  manifest: KubernetesObject,
  definition: ResourceDefinition,
  ordinal: number,
  bringsDefinition: boolean,
): WorkObject {
  const { apiVersion, kind } = manifest;
  const entry = inventoryEntry(manifest, definition.plural, ordinal);
  return { apiVersion, kind, manifest, definition, key: identityKey(entry), entry, bringsDefinition };
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
