/** The `flotilla` command as a person types it: to its end, or followed while it stays. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { run, type CommandOptions, type CommandResult } from './command.ts';

const program = fileURLToPath(new URL('../../cli/flotilla.js', import.meta.url));

/** Runs the command to its end, whatever its exit code is. */
export function flotilla(typed: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return run(process.execPath, [program, ...typed], { mayFail: true, ...options });
}

/** A command that stays; end it with {@link stop}. */
export class FollowedCommand {
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #printed = '';
  #ended: number | undefined;

  constructor(typed: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [program, ...typed], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#printed += text;
        this.#look();
      });
    }
    this.#child.on('close', (code) => {
      this.#ended = code ?? -1;
      this.#look();
    });
  }

  /** Everything that was printed so far. */
  get printed(): string {
    return this.#printed;
  }

  /** Resolves with what was printed once that fits. */
  async prints(wanted: RegExp, deadlineMs = 45_000): Promise<string> {
    await this.#until(() => wanted.test(this.#printed), `It did not print ${String(wanted)}`, deadlineMs);
    return this.#printed;
  }

  /** Resolves with the exit code once the command has ended by itself. */
  async ends(deadlineMs = 45_000): Promise<number> {
    await this.#until(() => this.#ended !== undefined, 'It did not end', deadlineMs);
    return this.#ended ?? -1;
  }

  /** Ends it as Ctrl-C does. @returns the exit code */
  async stop(): Promise<number> {
    if (this.#ended !== undefined) return this.#ended;
    this.#child.kill('SIGINT');
    const [code] = (await once(this.#child, 'close')) as [number | null];
    return code ?? -1;
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }

  #until(isSo: () => boolean, complaint: string, deadlineMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        if (error === undefined) resolve();
        else reject(error);
      };
      const failure = (): Error => new Error(`${complaint} within ${deadlineMs} ms; it printed:\n${this.#printed}`);
      const look = (): void => {
        if (isSo()) end();
        else if (this.#ended !== undefined) end(failure());
      };
      const timer = setTimeout(() => end(failure()), deadlineMs);
      this.#waiting.add(look);
      look();
    });
  }
}
