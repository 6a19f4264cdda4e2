/** Processes of a test that end with it, even when the test itself is ended the hard way. */
import { spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';

/** A running process; it is killed as soon as whoever started it is gone. */
export interface GuardedProcess {
  /** Resolves once the process has ended, however that came. */
  readonly ended: Promise<void>;
  /** Everything that the process has written so far. */
  output(): Promise<string>;
  /** Kills the process and returns once it is gone. */
  kill(): Promise<void>;
}

/**
 * The kernel closes our end of the shell's standard input when we die, which ends its `read`.
 * The shell leads a process group of its own, so that one signal reaches it and what it has started.
 */
const guard = `
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
( read -r _ <&3; kill -KILL $child ) 2>/dev/null &
watcher=$!
wait $child
kill -KILL $watcher 2>/dev/null
`;

/** Starts `command`; what it writes goes to `logFile`. */
export async function startGuarded(command: string, args: string[], logFile: string): Promise<GuardedProcess> {
  const log = await open(logFile, 'w');
  const shell = spawn('/bin/sh', ['-c', guard, 'sh', command, ...args], {
    stdio: ['pipe', log.fd, log.fd],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    shell.once('exit', () => {
      resolve();
    });
    shell.once('error', () => {
      resolve();
    });
  });
  await log.close();
  return {
    ended,
    output: () => readFile(logFile, 'utf8'),
    kill: async () => {
      if (shell.pid !== undefined && shell.exitCode === null && shell.signalCode === null) {
        process.kill(-shell.pid, 'SIGKILL');
      }
      await ended;
    },
  };
}
