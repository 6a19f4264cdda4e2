/** What the worker warned of: figures of rounds in which something broke say little, so the user is to know. */
import { readFile } from 'node:fs/promises';
import type { Fleet } from '../../local/fleet.ts';

/** How often the worker has written each warning or error so far. */
export async function workerTroubles(fleet: Fleet): Promise<Map<string, number>> {
  const { logFile } = await fleet.process('worker').status();
  const counts = new Map<string, number>();
  for (const line of (await readFile(logFile, 'utf8')).split('\n')) {
    const { level, msg } = parseLine(line);
    if (level !== 'warn' && level !== 'error') continue;
    const text = `${level}: ${msg ?? ''}`;
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

/** What is no JSON comes from Node.js itself. */
function parseLine(line: string): { level?: string; msg?: string } {
  try {
    return JSON.parse(line) as { level?: string; msg?: string };
  } catch {
    return {};
  }
}
