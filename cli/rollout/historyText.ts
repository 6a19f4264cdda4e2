/** Revisions as text: a table of them, or what one of them holds. */
import type { KubernetesObject } from '../../api/meta.ts';
import { referenceOf } from '../../api/references.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import { phaseOfObject } from '../../domain/runs/objectPhase.ts';
import { yamlText } from '../get/yamlText.ts';
import { formatTable } from '../table.ts';
import type { ClusterOnRevision, Revision } from './revisions.ts';
import { runTarget } from './target.ts';

/**
 * @param name of the placement, as it is typed
 * @param columns of the terminal; absent in a pipe
 */
export function historyTable(name: string, revisions: readonly Revision[], columns?: number): string {
  const rows = revisions.map(({ index, changeCause, runs, takenAt, clusters }) => [
    String(index),
    changeCause === '' ? '<none>' : changeCause,
    runs[0] === undefined ? '<none>' : runText(runs[0]),
    takenAt,
    clusters.length === 0 ? '<none>' : clustersText(clusters, 3),
  ]);
  return `${name}\n${formatTable(['REVISION', 'CHANGE-CAUSE', 'LAST RUN', 'TAKEN', 'CLUSTERS'], rows, columns)}`;
}

/** Comments and YAML documents, so that it can be applied; Secrets are only named, for the text may end in a log. */
export function revisionText(name: string, revision: Revision): string {
  const { index, changeCause, takenAt, runs, clusters, objects } = revision;
  const head = [
    `${name} revision ${String(index)}`,
    `change cause: ${changeCause === '' ? '<none>' : changeCause}`,
    `taken: ${takenAt}`,
    `runs: ${runs.length === 0 ? '<none>' : runs.map(runText).join(', ')}`,
    `clusters: ${clusters.length === 0 ? '<none>' : clustersText(clusters, Infinity)}`,
  ];
  return head.map((line) => `# ${line}\n`).join('') + objects.map(objectText).join('');
}

function runText(run: ClusterStagedUpdateRun): string {
  return `${runTarget(referenceOf(run))} (${phaseOfObject(run)})`;
}

function clustersText(clusters: readonly ClusterOnRevision[], most: number): string {
  const names = clusters.slice(0, most).map(({ name, available }) => (available ? name : `${name} (not available)`));
  const more = clusters.length > most ? ` and ${String(clusters.length - most)} more` : '';
  return names.join(', ') + more;
}

function objectText(object: KubernetesObject): string {
  const { apiVersion, kind, metadata } = object;
  if (kind !== 'Secret' || apiVersion !== 'v1') {
    return `---\n${yamlText(object)}`;
  }
  const { data = {}, stringData = {} } = object as KubernetesObject & Record<'data' | 'stringData', object | undefined>;
  const keys = [...Object.keys(data), ...Object.keys(stringData)].join(', ');
  return `# Secret ${metadata.namespace ?? ''}/${metadata.name} is not shown; its keys: ${keys}\n`;
}
