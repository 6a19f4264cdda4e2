/** `rollout history`. */
import { referenceOf, type ObjectReference } from '../../api/references.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { findPlacement } from './findTarget.ts';
import { historyTable, revisionText } from './historyText.ts';
import { missingRevision } from './missingRevision.ts';
import { readRevisions, revisionsOf } from './revisions.ts';
import { placementTarget } from './target.ts';

/**
 * @param wanted only this revision, with what it holds
 * @param columns of the terminal; absent in a pipe
 * @throws Error with one sentence: which name or number is wrong
 */
export async function rolloutHistory(
  hub: KubernetesClient,
  reference: ObjectReference,
  wanted: number | undefined,
  columns?: number,
): Promise<string> {
  const name = placementTarget(referenceOf(await findPlacement(hub, reference)));
  const revisions = revisionsOf(await readRevisions(hub, reference));
  if (wanted === undefined) return historyTable(name, revisions, columns);
  const revision = revisions.find(({ index }) => index === wanted);
  if (revision === undefined) throw new Error(missingRevision(name, wanted, revisions));
  return revisionText(name, revision);
}
