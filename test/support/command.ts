/** Runs programs the way a person does, and keeps what they printed. */
import { spawn } from 'node:child_process';

/** What a program printed and how it ended. */
export interface CommandResult {
  /** The words that were run, for error texts. */
  command: string;
  stdout: string;
  stderr: string;
  code: number;
  /** Epoch milliseconds. */
  startedAt: number;
  endedAt: number;
}

export interface CommandOptions {
  cwd?: string;
  /** Added to this process's environment. */
  environment?: Record<string, string>;
  /** Text for the program's standard input. */
  input?: string;
  /** Resolve with any exit code; without it a code other than 0 rejects with everything the program printed. */
  mayFail?: boolean;
  /** @default 120000 */
  deadlineMs?: number;
}

/** Runs a program to its end. */
export async function run(
  program: string,
  typed: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const startedAt = Date.now();
  const child = spawn(program, typed, {
    cwd: options.cwd,
    env: { ...process.env, ...options.environment },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.deadlineMs ?? 120_000,
    killSignal: 'SIGKILL',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A program that does not read its input may close it first; its exit code tells the rest.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on('error', reject);
  child.on('close', (code, signal) => {
    if (signal === null) resolve(code ?? -1);
    else reject(new Error(`${[program, ...typed].join(' ')} was ended by ${signal}: ${stderr}`));
  });
  const code = await promise;
  const result = { command: [program, ...typed].join(' '), stdout, stderr, code, startedAt, endedAt: Date.now() };
  if (code !== 0 && options.mayFail !== true) throw new Error(failure(result));
  return result;
}

function failure({ command, code, stdout, stderr }: CommandResult): string {
  return `${command} ended with code ${String(code)}:\n${stdout}${stderr}`;
}
