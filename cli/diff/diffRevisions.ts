/** What two revisions of a placement hold, compared. */
import { kindsIn } from '../../api/kinds.ts';
import { labels } from '../../api/labels.ts';
import { referenceOf, scopeOf, type ObjectReference } from '../../api/references.ts';
import { groupSnapshots, latestGroup } from '../../domain/snapshots/groups.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { objectChanges, type ObjectChanges } from '../changes/objectChanges.ts';
import { listObjects } from '../get/hubReader.ts';
import { findPlacement } from '../rollout/findTarget.ts';
import { missingRevision } from '../rollout/missingRevision.ts';
import { revisionsOf, type Revision } from '../rollout/revisions.ts';
import { placementTarget } from '../rollout/target.ts';

/** Indexes of resource snapshots. */
export interface RevisionPair {
  from: number;
  /** Absent: the latest. */
  to?: number;
}

export interface RevisionDifference {
  /** The placement, as it is typed. */
  name: string;
  from: number;
  to: number;
  changes: ObjectChanges;
}

/** @throws CommandError, or Error with one sentence: which name or number is wrong */
export async function diffRevisions(
  hub: KubernetesClient,
  reference: ObjectReference,
  { from, to }: RevisionPair,
): Promise<RevisionDifference> {
  const placement = await findPlacement(hub, reference);
  const name = placementTarget(referenceOf(placement));
  const labelSelector = `${labels.parentPlacement}=${reference.name}`;
  const snapshots = await listObjects(hub, kindsIn(reference).resourceSnapshot, {
    ...scopeOf(reference),
    labelSelector,
  });
  const revisions = revisionsOf({ snapshots, runs: [], bindings: [] });
  const before = requireRevision(name, from, revisions);
  const after = requireRevision(name, to ?? latestGroup(groupSnapshots(snapshots))?.index ?? from, revisions);
  if (to === undefined && after === before) {
    throw new Error(`Revision ${from} is the latest of ${name}: name another one to compare it with.`);
  }
  return { name, from: before.index, to: after.index, changes: objectChanges(before.objects, after.objects) };
}

function requireRevision(name: string, wanted: number, revisions: readonly Revision[]): Revision {
  const revision = revisions.find(({ index }) => index === wanted);
  if (revision === undefined) throw new Error(missingRevision(name, wanted, revisions));
  if (!revision.complete) {
    throw new Error(`Revision ${wanted} of ${name} is incomplete: parts of it were deleted, or are being written.`);
  }
  return revision;
}
