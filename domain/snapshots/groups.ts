/** Resource snapshots as they lie on the hub: groups of parts, each group one index. */
import { annotations, labels } from '../../api/labels.ts';
import type { KubernetesObject } from '../../api/meta.ts';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';

/** All parts of one index. */
export interface SnapshotGroup {
  index: number;
  /** The part that carries hash and count; absent after a crash only. */
  master?: ClusterResourceSnapshot;
  /** The other parts, by sub-index. */
  subSnapshots: ClusterResourceSnapshot[];
  /** True if every part is there. An incomplete group must not be rolled out. */
  complete: boolean;
}

/** Groups of one placement's snapshots, oldest index first. Snapshots without a valid index label are ignored. */
export function groupSnapshots(snapshots: readonly ClusterResourceSnapshot[]): SnapshotGroup[] {
  const partsByIndex = new Map<number, ClusterResourceSnapshot[]>();
  for (const snapshot of snapshots) {
    const index = resourceIndexOf(snapshot);
    if (index === undefined) continue;
    partsByIndex.set(index, [...(partsByIndex.get(index) ?? []), snapshot]);
  }
  return [...partsByIndex]
    .map(([index, parts]) => toGroup(index, parts))
    .sort((left, right) => left.index - right.index);
}

/**
 * The newest group: the one labelled so; without a label, which a crash can leave behind, the highest index.
 * Expects the order of {@link groupSnapshots}.
 */
export function latestGroup(groups: readonly SnapshotGroup[]): SnapshotGroup | undefined {
  return (
    groups.findLast(({ master }) => isLabelledLatest(master)) ?? groups.findLast(({ master }) => master !== undefined)
  );
}

/** Every object of a group, in snapshot order. */
export function objectsOf({ master, subSnapshots }: SnapshotGroup): KubernetesObject[] {
  const parts = master === undefined ? subSnapshots : [master, ...subSnapshots];
  return parts.flatMap(({ spec }) => spec.selectedResources as unknown as KubernetesObject[]);
}

/** Index of a snapshot from its label; undefined if the label is missing or no whole number from 0. */
export function resourceIndexOf({ metadata }: KubernetesObject): number | undefined {
  return wholeNumber(metadata.labels?.[labels.resourceIndex]);
}

/** Hash of a whole group, as its master carries it. */
export function hashOf(master: ClusterResourceSnapshot): string | undefined {
  return master.metadata.annotations?.[annotations.resourceHash];
}

/** True for a snapshot whose label says that no newer one exists. */
export function isLabelledLatest(snapshot: KubernetesObject | undefined): boolean {
  return snapshot?.metadata.labels?.[labels.isLatestSnapshot] === 'true';
}

/** Number of a sub-snapshot within its group; undefined on masters. */
function subIndexOf({ metadata }: KubernetesObject): number | undefined {
  return wholeNumber(metadata.annotations?.[annotations.subIndexOfResourceSnapshot]);
}

function toGroup(index: number, parts: readonly ClusterResourceSnapshot[]): SnapshotGroup {
  const master = parts.find((part) => part.metadata.annotations?.[annotations.numberOfResourceSnapshots] !== undefined);
  const subSnapshots = parts
    .filter((part) => part !== master)
    .sort((left, right) => (subIndexOf(left) ?? 0) - (subIndexOf(right) ?? 0));
  const expected = wholeNumber(master?.metadata.annotations?.[annotations.numberOfResourceSnapshots]);
  return { index, ...(master && { master }), subSnapshots, complete: expected === parts.length };
}

/** The number that a text writes in digits only; undefined for anything else. */
export function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
