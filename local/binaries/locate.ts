/** Finding a program that is already on this machine. */
import { execFile } from 'node:child_process';
import { access, constants, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Pin } from './pins.ts';

const run = promisify(execFile);

/** Folder outside any checkout where programs are kept by name and version. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.FLOTILLA_CACHE ?? join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'flotilla');
  return join(base, 'binaries');
}

/** Where the cache keeps a program, whether it is there or not. */
export function cachePath(pin: Pin, environment: NodeJS.ProcessEnv = process.env): string {
  return join(cacheFolder(environment), pin.name, pin.version, pin.name);
}

/**
 * Looks for a program: named by its environment variable, on the PATH in the pinned version, in the cache.
 * @returns its path; `undefined` if it has to be fetched
 * @throws if the environment variable names something that cannot be run
 */
export async function locate(pin: Pin, environment: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const named = environment[pin.environmentVariable];
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return named;
    throw new Error(`${pin.environmentVariable} is "${named}", which is no program; correct or unset it.`);
  }
  const onPath = await firstOnPath(pin.name, environment.PATH ?? '');
  if (onPath !== undefined && (await versionOf(onPath, pin)) === pin.version) return onPath;
  const cached = cachePath(pin, environment);
  return (await isExecutable(cached)) ? cached : undefined;
}

/** Version that the program at `path` prints about itself. */
export async function versionOf(path: string, pin: Pin): Promise<string | undefined> {
  try {
    const { stdout } = await run(path, pin.versionArguments, { timeout: 3000 });
    return pin.versionPattern.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

async function firstOnPath(name: string, path: string): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, name);
    // The folder may be a fleet's own, whose links are about to be made anew.
    if (folder !== '' && (await isExecutable(candidate))) return await realpath(candidate);
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
