/** A rolling update as a small Markdown text, for the "current details" of its workflow in the Temporal UI and CLI. */
import type { RolloutView, WorkingCluster } from './view.ts';
import type { ClusterWait } from './waits.ts';

/** So many lines of each list are shown; Temporal limits the text to 20,000 bytes. */
const shownLines = 10;
/** So many clusters that wait for the same are named. */
const shownNames = 5;

/** @param placement as people write it: with its namespace, where it has one */
export function describeRollout(placement: string, view: RolloutView): string {
  const working = view.working.map(workingLine);
  const waiting = waitingLines(view.waiting);
  return [headline(placement, view), ...list('In work:', working), ...list('Waiting:', waiting)].join('\n\n');
}

function headline(placement: string, view: RolloutView): string {
  const { mode, desired, done, resourceSnapshotIndex, working, waiting } = view;
  switch (mode) {
    case 'unknown':
      return `**Looking**: placement ${placement} is being read.`;
    case 'gone':
      return `**Ending**: placement ${placement} does not exist any more.`;
    case 'external':
      return `**Ending**: runs roll out placement ${placement} now; what is in work comes to its end.`;
    case 'remove':
      return `**Removing**: placement ${placement}, ${String(working.length + waiting.length)} clusters left.`;
    case 'rollingUpdate': {
      const what = resourceSnapshotIndex === undefined ? '' : `, resource snapshot ${resourceSnapshotIndex}`;
      return `**Rolling out**: placement ${placement}${what}, ${String(done)} of ${String(desired)} clusters have it.`;
    }
  }
}

function workingLine({ cluster, does, trouble }: WorkingCluster): string {
  return `- ${cluster}: ${does}${trouble === undefined ? '' : `, since ${trouble.since}: ${trouble.reason}`}`;
}

/** Many clusters wait for the same; then it is said once. */
function waitingLines(waiting: readonly ClusterWait[]): string[] {
  const byMessage = new Map<string, string[]>();
  for (const { cluster, message } of waiting) {
    const others = byMessage.get(message);
    if (others === undefined) byMessage.set(message, [cluster]);
    else others.push(cluster);
  }
  return [...byMessage].map(([message, clusters]) => {
    const more = clusters.length > shownNames ? ` and ${String(clusters.length - shownNames)} more` : '';
    return `- ${clusters.slice(0, shownNames).join(', ')}${more}: ${message}`;
  });
}

function list(title: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const more = lines.length > shownLines ? [`- … (${String(lines.length)} in all)`] : [];
  return [[title, ...lines.slice(0, shownLines), ...more].join('\n')];
}
