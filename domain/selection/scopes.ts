/** What a selector of namespaces brings along, and what a selector matches by itself. */
import type { Scope } from '../../api/references.ts';
import type { ResourceSelector } from '../../api/types/clusterresourceplacement.ts';
import { matchesSelector } from '../labelSelectors.ts';

/** True for a selector of namespaces, and for the identifier of one. */
export function selectsNamespaces({
  group = '',
  version,
  kind,
}: {
  group?: string;
  version: string;
  kind: string;
}): boolean {
  return group === '' && version === 'v1' && kind === 'Namespace';
}

/** True for a selector of namespaces that brings along what is in them. Only cluster-scoped placements have such. */
export function bringsContents({ namespace }: Scope, selector: ResourceSelector): boolean {
  const { selectionScope = 'NamespaceWithResources' } = selector;
  return namespace === undefined && selectsNamespaces(selector) && selectionScope === 'NamespaceWithResources';
}

/** True for the selector that names the namespace in which the others of a cluster-scoped placement find objects. */
export function namespacesOwnSelectors(selector: ResourceSelector): boolean {
  return selectsNamespaces(selector) && selector.selectionScope === 'NamespaceWithResourceSelectors';
}

/**
 * The namespace in which selectors of namespaced kinds look: that of the placement, else the one that such a selector
 * names. Undefined if there is none.
 */
export function namespaceOfSelectors({ namespace }: Scope, selectors: readonly ResourceSelector[]): string | undefined {
  return namespace ?? nameIn(selectors.find(namespacesOwnSelectors));
}

/** The name that a selector asks for; an empty one is none. */
export function nameIn(selector: ResourceSelector | undefined): string | undefined {
  return selector?.name === '' ? undefined : selector?.name;
}

/** True if a selector names or labels an object of its kind; without either it takes all of them. */
export function matchesNameOrLabels(
  selector: ResourceSelector,
  object: { name: string; labels?: Record<string, string> },
): boolean {
  const name = nameIn(selector);
  if (name !== undefined) return object.name === name;
  return selector.labelSelector === undefined || matchesSelector(selector.labelSelector, object.labels);
}
