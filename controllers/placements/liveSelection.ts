/** What a placement selects, read from the hub at this moment instead of from watch caches. */
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { formatReference, referenceOf } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import {
  bringsContents,
  nameIn,
  selectResources,
  type PropagationRules,
  type ResourceSource,
} from '../../domain/selection/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isKindNotServed, isRejected, isServerFailure, isUnauthorised } from '../../kube/errors.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { groupsUnknown, kindsServed } from './neededKinds.ts';
import type { SelectionAttempt } from './selection.ts';

/** More named namespaces than this are cheaper to pick from a list of all of them: one request for each kind. */
const mostNamespacesReadSingly = 8;

/**
 * Evaluates a placement's selectors on what the hub holds now: whatever was written before the call is in.
 * @throws KubernetesError when the hub as a whole does not answer
 */
export async function selectLive(
  { hub, log }: Pick<PlacementControllerDependencies, 'hub' | 'log'>,
  placement: ClusterResourcePlacement,
  rules: PropagationRules,
): Promise<SelectionAttempt> {
  const reference = referenceOf(placement);
  const discovery = await hub.discover({ refresh: true });
  const served = kindsServed(discovery);
  const unknown = groupsUnknown(placement, served, discovery.incomplete, rules);
  if (unknown.length > 0) return { ready: false, missing: unknown, silent: unknown };

  const unreadable = new Set<string>();
  const read = readerOf(hub, placement);
  const source: ResourceSource = {
    kinds: served,
    find: async (kind, scope) => {
      try {
        return await read(kind, scope);
      } catch (error) {
        if (!concernsOneKind(error)) throw error;
        log.debug(
          { err: error, placement: formatReference(reference) },
          'Cannot read a kind that a placement may select.',
        );
        // Noted instead of thrown, so that the message names all of them. The selection is thrown away.
        unreadable.add(kind.plural);
        return [];
      }
    },
  };
  const selection = await selectResources(reference, placement.spec.resourceSelectors, source, rules);
  return unreadable.size > 0
    ? { ready: false, missing: [...unreadable].sort(), silent: [] }
    : { ready: true, selection };
}

type Read = (
  kind: ResourceDefinition,
  scope: { namespace?: string; name?: string },
) => Promise<readonly KubernetesObject[]>;

/** Reads single objects, single namespaces, or a whole kind; the latter once only. */
function readerOf(hub: KubernetesClient, placement: ClusterResourcePlacement): Read {
  const readSingly = namesFewNamespaces(placement);
  const wholeKinds = new Map<ResourceDefinition, Promise<KubernetesObject[]>>();
  const listWhole = (kind: ResourceDefinition): Promise<KubernetesObject[]> => {
    const list = wholeKinds.get(kind) ?? hub.list(kind).then(({ items }) => items);
    wholeKinds.set(kind, list);
    return list;
  };
  return async (kind, { namespace, name }) => {
    if (name !== undefined) {
      const object = await hub.find(kind, name, namespace);
      return object === undefined ? [] : [object];
    }
    if (namespace === undefined) return listWhole(kind);
    if (readSingly) return (await hub.list(kind, { namespace })).items;
    return (await listWhole(kind)).filter(({ metadata }) => metadata.namespace === namespace);
  };
}

/** A placement in a namespace needs nothing of any other. */
function namesFewNamespaces({ metadata, spec }: ClusterResourcePlacement): boolean {
  const selectors = spec.resourceSelectors.filter((selector) => bringsContents(metadata, selector));
  return selectors.length <= mostNamespacesReadSingly && selectors.every((selector) => nameIn(selector) !== undefined);
}

/** A right that is missing, an extension API server that is away, a definition that was just removed. */
function concernsOneKind(error: unknown): boolean {
  const lacksRight = isUnauthorised(error) && error.status === 403;
  return lacksRight || isKindNotServed(error) || isRejected(error) || isServerFailure(error);
}
