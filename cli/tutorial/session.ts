/**
 * What `npm start` does: brings a fleet up, plays the tutorial on it, says what to try next, and keeps the fleet
 * running as long as somebody is there.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../../kube/client.ts';
import { down, tutorialMembers, up, type Fleet } from '../../local/fleet.ts';
import { formatElapsed, reportTo } from '../../local/progress.ts';
import { approvalText } from './approval.ts';
import { removeLeftovers } from './leftovers.ts';
import { nextSteps } from './nextSteps.ts';
import { play, type Stage } from './player.ts';
import { progressView, type ToldProgress } from './progressView.ts';
import { tutorialSteps } from './steps.ts';
import { watchRun } from './watchRun.ts';

export interface SessionOptions {
  /** Folder in which the fleet keeps everything. */
  data: string;
  /** The folder as the user would have to type it; absent for the default one. */
  dataOption?: string;
  /** Bring the fleet up and leave the tutorial out. */
  fleetOnly: boolean;
  /** Leave the fleet running at the end. */
  keep: boolean;
  /** Approve without asking. */
  yes: boolean;
}

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Runs the session to its end. `signal` is aborted when the user wants to stop; that is a normal end. Rejects with one
 * sentence if the fleet does not start or a command of the tutorial fails; the fleet is down then unless it is kept.
 */
export async function runSession(options: SessionOptions, signal: AbortSignal): Promise<void> {
  const atTerminal = process.stdin.isTTY && process.stdout.isTTY;
  try {
    const fleet = await Promise.race([startFleet(options), aborted(signal)]);
    if (!options.fleetOnly) await playOn(fleet, { ...options, yes: options.yes || !atTerminal }, signal);
    const staysUp = options.keep || atTerminal || options.fleetOnly;
    const places = { temporalUiUrl: fleet.temporalUiUrl, data: options.dataOption, staysUp };
    write(`\n${nextSteps(places, !options.fleetOnly)}\n`);
    if (!options.keep && staysUp) await untilStopped(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    if (!options.keep) await takeDown(options);
  }
}

async function startFleet(options: SessionOptions): Promise<Fleet> {
  const report = reportTo(process.stdout);
  const start = Date.now();
  const fleet = await up({
    data: options.data,
    members: [...tutorialMembers],
    worker: true,
    whileParentLives: !options.keep,
    log: (line) => {
      report.line(`${((Date.now() - start) / 1000).toFixed(1).padStart(6)} s  ${line}`);
    },
    replaceLine: report.replace,
  });
  report.line(`The fleet is up after ${formatElapsed(Date.now() - start)}: a hub, ${fleet.members.join(', ')}.`);
  return fleet;
}

async function playOn(fleet: Fleet, options: SessionOptions, signal: AbortSignal): Promise<void> {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromFile(fleet.kubeconfig);
  const hub = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig, context: fleet.hub });
  const kubectl = (typed: readonly string[], environment = {}): Promise<number> =>
    runKubectl(fleet, typed, environment, signal);
  try {
    await removeLeftovers({
      write,
      kubectl,
      kubectlOutput: (typed) => kubectlOutput(fleet, typed, signal),
    });
    await play(tutorialSteps, stageFor(fleet, hub, kubectl, options, signal));
  } finally {
    await hub.close();
  }
}

function stageFor(
  fleet: Fleet,
  hub: KubernetesClient,
  kubectl: Stage['kubectl'],
  options: SessionOptions,
  signal: AbortSignal,
): Stage {
  const file = join(fleet.data, 'approval.json');
  const told: ToldProgress = new Map();
  return {
    write,
    kubectl,
    watchRun: (run, goal) => watchRun(hub, run, goal, progressView(process.stdout, told), signal),
    writeApproval: async () => {
      const text = approvalText(new Date());
      await writeFile(file, text);
      return text;
    },
    approvalPath: shortest(file),
    askToApprove: async () => {
      if (options.yes) write('(Nobody is asked here: it is approved at once.)\n');
      else await ask('Press Enter to approve. ', signal);
    },
  };
}

function write(text: string): void {
  process.stdout.write(text);
}

/** Runs the fleet's kubectl in the checkout with its output let through; answers the exit code. */
async function runKubectl(
  fleet: Fleet,
  typed: readonly string[],
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const child = spawn(fleet.kubectl, typed, {
    cwd: checkout,
    env: { ...process.env, ...environment, KUBECONFIG: fleet.kubeconfig },
    stdio: ['ignore', 'inherit', 'inherit'],
    signal,
  });
  child.on('error', reject);
  child.on('close', (code) => {
    resolve(code ?? 1);
  });
  return await promise;
}

/** Runs the fleet's kubectl and answers what it printed. */
async function kubectlOutput(fleet: Fleet, typed: readonly string[], signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = spawn(fleet.kubectl, typed, {
    env: { ...process.env, KUBECONFIG: fleet.kubeconfig },
    stdio: ['ignore', 'pipe', 'inherit'],
    signal,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.on('error', reject);
  child.on('close', (code) => {
    if (code === 0) resolve(output);
    else reject(new Error(`"kubectl ${typed.join(' ')}" ended with code ${String(code)}; it says above why.`));
  });
  return await promise;
}

async function ask(question: string, signal: AbortSignal): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // The line editor takes Ctrl-C for itself; the process has to hear of it.
  terminal.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    const ended = once(terminal, 'close').then(() => {
      throw new Error('The tutorial stops here: the input ended before anybody approved.');
    });
    await Promise.race([terminal.question(question, { signal }), ended]);
  } finally {
    terminal.close();
  }
}

/** Rejects when the signal is aborted. */
async function aborted(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  await once(signal, 'abort');
  throw signal.reason as Error;
}

async function untilStopped(signal: AbortSignal): Promise<void> {
  write('The fleet stays up until you press Ctrl-C.\n');
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    // A pending promise alone would not keep the process alive.
    const alive = setInterval(() => undefined, 60_000);
    signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}

async function takeDown(options: SessionOptions): Promise<void> {
  write('\nTaking the fleet down …\n');
  const ended = await down(options.data);
  write(
    ended ? `Everything has ended. The fleet's data stays in ${shortest(options.data)}.\n` : 'Nothing was running.\n',
  );
}

/** The path as one would type it in the current folder. */
function shortest(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') ? path : fromHere;
}
