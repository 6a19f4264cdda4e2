/** Waiting until a process of the fleet does its work, or has ended instead. */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { loopbackRequest } from './loopbackRequest.ts';
import type { ProcessStatus } from './processSpec.ts';
import type { Supervisor } from './supervision.ts';

const pauseMs = 40;
/** Asking the supervisor at every probe would cost as much as the probe. */
const probesBetweenChecks = 5;

/** What to wait for. */
export interface Readiness {
  /** Name of the process. */
  name: string;
  /** Answers with status 200 as soon as the process is ready. */
  url: string;
  token?: string;
  deadlineMs: number;
}

/** Returns once the process is ready; throws a sentence with the end of its log if it ends or takes too long. */
export async function waitUntilReady(supervisor: Supervisor, readiness: Readiness): Promise<void> {
  const deadline = Date.now() + readiness.deadlineMs;
  for (let probe = 1; !(await isReady(readiness)); probe++) {
    if (probe % probesBetweenChecks === 0) {
      const status = (await supervisor.processes()).find(({ name }) => name === readiness.name);
      if (status?.state === 'ended') throw new Error(await describeEnd(status));
      if (status !== undefined && Date.now() > deadline) throw new Error(describeDelay(status, readiness));
    }
    await delay(pauseMs);
  }
}

/** Whether the process answers that it is ready. */
export async function isReady(readiness: Pick<Readiness, 'url' | 'token'>): Promise<boolean> {
  try {
    const { status } = await loopbackRequest({ url: readiness.url, token: readiness.token, timeoutMs: 2000 });
    return status === 200;
  } catch {
    return false;
  }
}

function describeDelay(status: ProcessStatus, readiness: Readiness): string {
  const seconds = String(Math.round(readiness.deadlineMs / 1000));
  return `${status.name} was not ready after ${seconds} s; its log is ${status.logFile}.`;
}

async function describeEnd(status: ProcessStatus): Promise<string> {
  const log = await readFile(status.logFile, 'utf8').catch(() => '');
  const lines = log.trimEnd().split('\n');
  const last = lines.findLast((line) => /error|fatal|panic/i.test(line)) ?? lines.at(-1) ?? '';
  const said = last === '' ? '' : ` after saying "${last.slice(0, 300)}"`;
  return `${status.name} ended with ${status.ending ?? 'no reason'}${said}; its log is ${status.logFile}.`;
}
