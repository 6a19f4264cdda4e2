/** The processes of a fleet on this machine, as a table. */
import type { FleetStatus } from '../local/fleet.ts';
import { ownCommand } from './calledAs.ts';
import { formatTable } from './table.ts';

/** What `local status` prints. */
export function formatStatus(current: FleetStatus): string {
  const sentences = {
    none: `No fleet was ever started there; "${ownCommand('local up')}" does it.`,
    down: `The fleet is down; "${ownCommand('local up')}" starts it again.`,
    partly: `The fleet is not whole; "${ownCommand('local up')}" starts it again.`,
    up: 'The fleet is up.',
  } as const;
  if (current.processes.length === 0) return `${sentences[current.state]}\n`;
  const rows = current.processes.map((process) => [
    process.name,
    process.state === 'running' ? 'running' : `ended with ${process.ending ?? 'no reason'}`,
    String(process.pid),
    process.since,
    process.logFile,
  ]);
  return `${sentences[current.state]}\n${formatTable(['NAME', 'STATE', 'PID', 'SINCE', 'LOG'], rows)}`;
}
