/** Telling one process from a later one that got the same number, so that nothing foreign is ever ended. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process as it was recorded: its number alone may belong to another process by now. */
export interface ProcessIdentity {
  pid: number;
  /** What {@link startMark} said when the process was started. */
  start: string;
}

/**
 * Text that differs between two processes which had the same number one after another.
 * Linux: boot id and start time in ticks since boot; elsewhere `ps`'s start time (whole seconds).
 * `undefined` if there is no such process, or only its remains (a zombie).
 */
export async function startMark(pid: number): Promise<string | undefined> {
  return process.platform === 'linux' ? await linuxStartMark(pid) : await portableStartMark(pid);
}

/** Whether the recorded process still runs. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await startMark(identity.pid)) === identity.start;
}

/**
 * Ends a recorded process, first politely, and returns once it is gone.
 * @param graceMs how long it may take before it is ended the hard way
 */
export async function endProcess(identity: ProcessIdentity, graceMs: number): Promise<void> {
  if (!(await isAlive(identity))) return;
  sendSignal(identity.pid, 'SIGTERM');
  if (await waitUntilGone(identity, graceMs)) return;
  sendSignal(identity.pid, 'SIGKILL');
  if (!(await waitUntilGone(identity, 5000))) {
    throw new Error(`Process ${String(identity.pid)} does not end, not even by SIGKILL; look at it with "ps".`);
  }
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function waitUntilGone(identity: ProcessIdentity, deadlineMs: number): Promise<boolean> {
  const deadline = Date.now() + deadlineMs;
  while (await isAlive(identity)) {
    if (Date.now() > deadline) return false;
    await delay(30);
  }
  return true;
}

async function linuxStartMark(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${String(pid)}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The program's name is in parentheses and may hold spaces; the state follows it, the start time is 19 further on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot.trim()}/${String(fields[19])}`;
  } catch {
    return undefined;
  }
}

async function portableStartMark(pid: number): Promise<string | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C' },
    });
    const [state, ...start] = stdout.trim().split(/\s+/);
    return state === undefined || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}
