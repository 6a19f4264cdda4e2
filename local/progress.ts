/** Telling a person that something long is still going on. */
import { canRedraw } from './terminal.ts';

/** Where progress goes. */
export interface Report {
  /** A line that stays. */
  line(text: string): void;
  /** Replaces the line below the last one that stays; absent where lines cannot be replaced. */
  replace?(text: string): void;
}

/** How often a line that stays is written while something goes on, where lines cannot be replaced. */
const reminderMs = 30_000;

/** Reports to a stream: with one updating line on a terminal, in plain lines elsewhere. */
export function reportTo(stream: NodeJS.WriteStream): Report {
  if (!canRedraw(stream)) return { line: (text) => void stream.write(`${text}\n`) };
  return {
    line: (text) => void stream.write(`\r\x1b[2K${text}\n`),
    replace: (text) => void stream.write(`\r\x1b[2K${text.slice(0, stream.columns - 1)}`),
  };
}

/** Runs `work` and meanwhile says what it is and how long it has taken. */
export async function withProgress<T>(text: string, report: Report, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const elapsed = (): string => formatElapsed(Date.now() - start);
  if (report.replace === undefined) report.line(`${text} …`);
  const timer = setInterval(
    () => {
      if (report.replace === undefined) report.line(`${text} … ${elapsed()}`);
      else report.replace(`${text} … ${elapsed()}`);
    },
    report.replace === undefined ? reminderMs : 500,
  );
  try {
    const result = await work();
    report.line(`${text}: done in ${elapsed()}`);
    return result;
  } finally {
    clearInterval(timer);
  }
}

/** `7 s`, `3 min 20 s`. */
export function formatElapsed(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? `${String(seconds)} s` : `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}
