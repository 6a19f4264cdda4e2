/** Entries of a log as lines: for people, or as JSON for programs. */
import { paint, type Ink, type Style } from '../run/ink.ts';
import { timeOfDay, type Clock } from '../run/times.ts';
import { actorName, type EntryKind, type LogEntry } from './entries.ts';

export interface LinePrinter {
  /** One line, without its end. */
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

/** Columns grow with what comes, so that a log that is followed need not know it before. */
export function textPrinter(clock: () => Clock, ink: Ink): LinePrinter {
  let actorWidth = 'worker'.length;
  return {
    line(entry) {
      const actor = oneLine(actorName(entry.actor));
      actorWidth = Math.max(actorWidth, actor.length);
      const style = styles[entry.kind];
      const message = oneLine(entry.message);
      return [
        paint('dim', timeOfDay(entry.time, clock()), ink),
        actor.padEnd(actorWidth),
        style === undefined ? message : paint(style, message, ink),
      ].join('  ');
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

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
}
