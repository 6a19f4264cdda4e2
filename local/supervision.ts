/** Starting a fleet's supervisor and talking to it. */
import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loopbackRequest } from './loopbackRequest.ts';
import { endProcess, isAlive, startMark, type ProcessIdentity } from './processIdentity.ts';
import { temporaryFlag, type ProcessSpec, type ProcessStatus, type SupervisorAddress } from './processSpec.ts';
import { fleetCommand } from './program.ts';
import { logFolder, runFolder } from './state.ts';

/** Longer than all processes together may take to end. */
const longestEndMs = 30_000;

/** The supervisor of a fleet, as others see it. */
export class Supervisor {
  readonly address: SupervisorAddress;
  readonly identity: ProcessIdentity;
  readonly #release: () => void;

  constructor(identity: ProcessIdentity, address: SupervisorAddress, release: () => void = () => undefined) {
    this.identity = identity;
    this.address = address;
    this.#release = release;
  }

  /** Fails if the supervisor does not answer within five seconds. */
  async processes(): Promise<ProcessStatus[]> {
    return (await this.#ask('/processes', undefined, 5000)) as ProcessStatus[];
  }

  /** Starts a process; without `spec`, as it was started last. Fails if it runs. */
  async start(name: string, spec?: ProcessSpec): Promise<ProcessStatus> {
    return await this.#act(name, 'start', spec ?? null);
  }

  /** Sends a signal; does nothing to a process that has ended. */
  async kill(name: string, signal: NodeJS.Signals): Promise<ProcessStatus> {
    return await this.#act(name, 'kill', { signal });
  }

  /** Returns once the process has ended. */
  async ended(name: string): Promise<ProcessStatus> {
    return await this.#act(name, 'exit', null);
  }

  /** From now on the fleet outlives the process that started it. */
  async detach(): Promise<void> {
    await this.#ask('/detach', {});
    this.#release();
  }

  /** Ends all processes and the supervisor. */
  async shutDown(): Promise<void> {
    await endProcess(this.identity, longestEndMs);
  }

  async #act(name: string, action: string, body: object | null): Promise<ProcessStatus> {
    return (await this.#ask(`/processes/${encodeURIComponent(name)}/${action}`, body)) as ProcessStatus;
  }

  /** `body`: absent asks, `null` tells with an empty body. */
  async #ask(path: string, body?: object | null, timeoutMs?: number): Promise<unknown> {
    const answer = await loopbackRequest({
      url: this.address.url + path,
      token: this.address.token,
      method: body === undefined ? 'GET' : 'POST',
      body: body === undefined || body === null ? undefined : JSON.stringify(body),
      timeoutMs,
    }).catch((error: unknown) => {
      throw new Error(`The fleet's supervisor does not answer; "${fleetCommand('status')}" tells whether it runs.`, {
        cause: error,
      });
    });
    const result = JSON.parse(answer.body) as { error?: string };
    if (answer.status !== 200) throw new Error(result.error ?? `The fleet's supervisor answered ${answer.body}.`);
    return result;
  }
}

/**
 * Starts a supervisor. Until {@link Supervisor.detach} it ends, with all it started, when this process does.
 * @param temporary whether the data folder goes when it ends
 */
export async function startSupervisor(data: string, temporary: boolean): Promise<Supervisor> {
  const output = openSync(join(logFolder(data), 'supervisor.log'), 'a');
  const program = fileURLToPath(new URL('supervisor.ts', import.meta.url));
  // What points this shell at another Temporal must not reach the fleet's worker.
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
  const child = fork(program, temporary ? [data, temporaryFlag] : [data], {
    detached: true,
    execArgv: [],
    env: environment,
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  const address = await new Promise<SupervisorAddress>((resolve, reject) => {
    child.once('message', (message) => {
      resolve(message as SupervisorAddress);
    });
    child.once('error', reject);
    child.once('exit', () => {
      reject(new Error(`The fleet's supervisor did not start; see ${join(logFolder(data), 'supervisor.log')}.`));
    });
  });
  child.unref();
  child.channel?.unref();
  const pid = child.pid ?? 0;
  return new Supervisor({ pid, start: (await startMark(pid)) ?? '' }, address, () => {
    if (child.connected) child.disconnect();
  });
}

/** The recorded supervisor if it still runs. */
export async function findSupervisor(
  recorded: (ProcessIdentity & SupervisorAddress) | undefined,
): Promise<Supervisor | undefined> {
  if (recorded === undefined || !(await isAlive(recorded))) return undefined;
  return new Supervisor({ pid: recorded.pid, start: recorded.start }, { url: recorded.url, token: recorded.token });
}

/** Ends processes whose supervisor is gone. Returns their names. */
export async function endOrphans(data: string): Promise<string[]> {
  const files = (await readdir(runFolder(data)).catch(() => [])).filter((file) => file.endsWith('.pid'));
  const ended = await Promise.all(
    files.map(async (file) => ((await endOrphan(join(runFolder(data), file))) ? file : '')),
  );
  return ended.filter((file) => file !== '').map((file) => file.slice(0, -'.pid'.length));
}

async function endOrphan(path: string): Promise<boolean> {
  const [pid, start] = (await readFile(path, 'utf8')).split('\n');
  const identity = { pid: Number(pid), start: start ?? '' };
  const alive = identity.start !== '' && (await isAlive(identity));
  if (alive) await endProcess(identity, 5000);
  await rm(path, { force: true });
  return alive;
}
