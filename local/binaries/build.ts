/** Building a program from the Go module that pins it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pin } from './pins.ts';

const modules = fileURLToPath(new URL('../../tools/binaries/', import.meta.url));

/** Last lines of the compiler's output that go into an error. */
const toldLines = 15;

/**
 * Builds a program and puts it at `target`. What was compiled before an interruption is in Go's own cache and is not
 * compiled again.
 * @throws one sentence if there is no Go, the compiler's last words if the build fails
 */
export async function build(pin: Pin, target: string, environment: NodeJS.ProcessEnv = process.env): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const draft = `${target}.${String(process.pid)}.draft`;
  const flags = ['-s', '-w', ...pin.linkerFlags].join(' ');
  try {
    await runGo(pin, ['build', '-trimpath', '-ldflags', flags, '-o', draft, pin.goPackage], environment);
    await rename(draft, target);
  } finally {
    await rm(draft, { force: true });
  }
}

async function runGo(pin: Pin, goArguments: string[], environment: NodeJS.ProcessEnv): Promise<void> {
  const cwd = join(modules, pin.goModule);
  const child = spawn('go', goArguments, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const release = endWithThisProgram(child);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new Error(`${pin.name} could not be built:\n${lastLines(output)}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Error(missingGo(pin), { cause: error });
    throw error;
  } finally {
    release();
  }
}

/** A terminal tells both programs to end; whoever ends this one alone must not leave the compiler running. */
function endWithThisProgram(child: ChildProcess): () => void {
  const signals = ['SIGTERM', 'SIGHUP'] as const;
  const end = (signal: NodeJS.Signals): void => {
    child.kill();
    process.removeListener(signal, end);
    process.kill(process.pid, signal);
  };
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.removeListener(signal, end);
  };
}

function missingGo(pin: Pin): string {
  return (
    `${pin.name} ${pin.version} is neither on this machine nor to be downloaded from here, and building it needs Go: ` +
    `install Go, or set ${pin.environmentVariable} to a copy of the program.`
  );
}

function lastLines(output: string): string {
  return output.trimEnd().split('\n').slice(-toldLines).join('\n');
}
