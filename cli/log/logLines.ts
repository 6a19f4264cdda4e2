/** Entries of a log as lines: for people, or as JSON for programs. */
import { oneLine } from '../oneLine.ts';
import { paint, type Ink, type Style } from '../run/ink.ts';
import { timeOfDay, type Clock } from '../run/times.ts';
import { wrap } from '../run/wrap.ts';
import { actorName, type EntryKind, type LogEntry } from './entries.ts';

export interface LinePrinter {
  /** One line, or several where a terminal has no room for one; without the end of the last. */
  line(entry: LogEntry): string;
}

const styles: Partial<Record<EntryKind, Style>> = {
  failed: 'red',
  clusterFailed: 'red',
  clusterDisplaced: 'red',
  workerTrouble: 'red',
  clusterWaits: 'yellow',
  stuck: 'yellow',
  approvalAsked: 'yellow',
  stopped: 'yellow',
  approved: 'green',
  succeeded: 'green',
};

/** A terminal that leaves less room beside time and actor has further lines begin at its edge. */
const narrowest = 30;
const step = 2;

/**
 * Columns grow with what comes, so that a log that is followed need not know it before.
 * @param columns of the terminal; undefined for a pipe or a file, where each entry is one line
 */
export function textPrinter(
  clock: () => Clock,
  ink: Ink,
  columns: () => number | undefined = () => undefined,
): LinePrinter {
  let actorWidth = 'worker'.length;
  return {
    line(entry) {
      const actor = oneLine(actorName(entry.actor));
      actorWidth = Math.max(actorWidth, actor.length);
      const style = styles[entry.kind];
      const time = timeOfDay(entry.time, clock());
      const head = `${time}  ${actor.padEnd(actorWidth)}  `;
      return broken(head, oneLine(entry.message), columns())
        .map((line) => (style === undefined ? line : paint(style, line, ink)))
        .map((line, index) =>
          index === 0 ? paint('dim', time, ink) + (head.slice(time.length) + line).trimEnd() : line,
        )
        .join('\n');
    },
  };
}

/** One object in each line, with its fields in the order of docs/command.md. */
export const jsonPrinter: LinePrinter = {
  line({ time, actor, kind, stage, cluster, request, message }) {
    const identity = actor.role === 'hub' ? undefined : actor.identity;
    const about = { stage, cluster, request };
    return JSON.stringify({
      time: new Date(time).toISOString(),
      actor: actorName(actor),
      identity,
      kind,
      ...about,
      message,
    });
  },
};

/** The message in lines that fit; all but the first have the space in front of them. */
function broken(head: string, message: string, columns: number | undefined): string[] {
  if (columns === undefined || head.length + message.length <= columns) return [message];
  const room = columns - head.length;
  if (room >= narrowest) {
    return wrap(message, room).map((line, index) => (index === 0 ? line : ' '.repeat(head.length) + line));
  }
  const all = wrap(message, Math.max(narrowest, columns) - step);
  return ['', ...all.map((line) => ' '.repeat(step) + line)];
}
