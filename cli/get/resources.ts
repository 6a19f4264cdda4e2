/** What `flotilla get` can show, and the words for it. */
import { clusterKinds, kinds, namespacedKinds } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { ownCommand } from '../calledAs.ts';
import { mistake } from '../commandError.ts';
import { nearestName } from '../nearestName.ts';
import { approvalColumns } from './approvalColumns.ts';
import type { Column } from './columns.ts';
import { memberColumns } from './memberColumns.ts';
import { placementColumns } from './placementColumns.ts';
import { runColumns } from './runColumns.ts';

/** One thing that can be shown, in both scopes where it exists in both. */
export interface Resource {
  /** Its usual word. */
  word: string;
  /** One of it, for sentences. */
  singular: string;
  cluster: ResourceDefinition;
  namespaced?: ResourceDefinition;
  columns: readonly Column[];
}

/** Ties columns to the type of the objects that they read. */
function resource<T extends KubernetesObject>(of: {
  word: string;
  singular: string;
  cluster: ResourceDefinition<T>;
  namespaced?: ResourceDefinition<T>;
  columns: readonly Column<T>[];
}): Resource {
  return of;
}

export const resources: Record<'runs' | 'placements' | 'members' | 'approvals', Resource> = {
  runs: resource({
    word: 'runs',
    singular: 'run',
    cluster: clusterKinds.run,
    namespaced: namespacedKinds.run,
    columns: runColumns,
  }),
  placements: resource({
    word: 'placements',
    singular: 'placement',
    cluster: clusterKinds.placement,
    namespaced: namespacedKinds.placement,
    columns: placementColumns,
  }),
  members: resource({
    word: 'members',
    singular: 'member',
    cluster: kinds.memberCluster,
    columns: memberColumns,
  }),
  approvals: resource({
    word: 'approvals',
    singular: 'approval',
    cluster: clusterKinds.approvalRequest,
    namespaced: namespacedKinds.approvalRequest,
    columns: approvalColumns,
  }),
};

/** Short names that kubectl knows as well, each for one scope. */
const shortNames: Record<string, { of: Resource; scope: NamedScope }> = {
  csur: { of: resources.runs, scope: 'cluster' },
  sur: { of: resources.runs, scope: 'namespaced' },
  crp: { of: resources.placements, scope: 'cluster' },
  rp: { of: resources.placements, scope: 'namespaced' },
  cluster: { of: resources.members, scope: 'cluster' },
  clusters: { of: resources.members, scope: 'cluster' },
  careq: { of: resources.approvals, scope: 'cluster' },
  areq: { of: resources.approvals, scope: 'namespaced' },
};

export type NamedScope = 'cluster' | 'namespaced';

/** The scope that a word names: `csur` that of the cluster, `StagedUpdateRun` a namespace, `runs` none. */
export function scopeNamedBy({ cluster, namespaced }: Resource, word: string): NamedScope | undefined {
  if (namespaced === undefined) return undefined;
  const typed = word.toLowerCase();
  if (Object.hasOwn(shortNames, typed)) return shortNames[typed]?.scope;
  if (kindWords(cluster).includes(typed)) return 'cluster';
  return kindWords(namespaced).includes(typed) ? 'namespaced' : undefined;
}

/** @throws CommandError with the nearest word when there is no such thing */
export function resourceCalled(word: string): Resource {
  const words = new Map(Object.values(resources).flatMap((one) => wordsFor(one).map((name) => [name, one])));
  const found = words.get(word.toLowerCase());
  if (found !== undefined) return found;
  const nearest = words.get(nearestName(word, [...words.keys()]) ?? '');
  const end =
    nearest === undefined ? `it shows ${Object.keys(resources).join(', ')}.` : `did you mean ${nearest.word}?`;
  throw mistake(`${ownCommand('get')} does not know "${word}"; ${end}`);
}

function wordsFor(one: Resource): string[] {
  const definitions = [one.cluster, ...(one.namespaced === undefined ? [] : [one.namespaced])];
  const short = Object.entries(shortNames).flatMap(([name, { of }]) => (of === one ? [name] : []));
  return [one.word, one.singular, ...short, ...definitions.flatMap(kindWords)];
}

function kindWords({ kind, plural, group }: ResourceDefinition): string[] {
  return [kind.toLowerCase(), plural, `${plural}.${group}`, `${kind.toLowerCase()}.${group}`];
}
