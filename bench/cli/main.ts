/** `npm run bench -- cli`: how long somebody at a terminal waits, each time with a new process. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { clusterClients } from '../../local/clusterClients.ts';
import { up, down } from '../../local/fleet.ts';
import { describeMachine } from '../machine.ts';
import { summarize } from '../statistics.ts';
import { populateHub, runName } from './objects.ts';

export interface CliOptions {
  /** How many clusters the run has. */
  clusters: number;
  rounds: number;
}

const program = fileURLToPath(new URL('../../cli/flotilla.js', import.meta.url));
const kubernetesLibrary = import.meta.resolve('@kubernetes/client-node');

export async function benchCli({ clusters, rounds }: CliOptions): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'flotilla-bench-'));
  const log = (line: string): void => {
    console.error(line);
  };
  try {
    const fleet = await up({ data, members: [], worker: false, temporary: true, whileParentLives: true, log });
    const clients = clusterClients(fleet);
    const hub = clients.get(fleet.hub);
    if (hub === undefined) throw new Error('The fleet has no hub.');
    await populateHub(hub, clusters);
    await Promise.all([...clients.values()].map((client) => client.close()));
    const commands: Record<string, string[]> = {
      'node, nothing else': ['-e', '0'],
      'node, loading the Kubernetes library': ['-e', `import(${JSON.stringify(kubernetesLibrary)})`],
      'flotilla --help': [program, '--help'],
      'flotilla get runs': [program, 'get', 'runs'],
      [`flotilla get run, ${clusters} clusters`]: [program, 'get', 'run', runName],
    };
    const environment = { ...process.env, KUBECONFIG: fleet.kubeconfig };
    // The first start of each fills the caches of the machine and of Node.
    for (const typed of Object.values(commands)) await costOf(typed, environment);
    console.log(describeMachine());
    console.log(`Milliseconds from the start of the process to its end, ${rounds} rounds`);
    console.table(await measure(commands, environment, rounds));
  } finally {
    await down(data);
    await rm(data, { recursive: true, force: true });
  }
}

type Environment = NodeJS.ProcessEnv;

async function measure(
  commands: Readonly<Record<string, string[]>>,
  environment: Environment,
  rounds: number,
): Promise<Record<string, object>> {
  const times = new Map<string, Cost[]>();
  // By turns, so that what else the machine does meets all of them.
  for (let round = 0; round < rounds; round++) {
    for (const [name, typed] of Object.entries(commands)) {
      times.set(name, [...(times.get(name) ?? []), await costOf(typed, environment)]);
    }
  }
  return Object.fromEntries(
    [...times].map(([name, costs]) => {
      const { median, smallest, largest } = summarize(costs.map(({ wall }) => wall));
      const processor = summarize(costs.map((cost) => cost.processor)).median;
      const rounded = { median, fastest: smallest, slowest: largest, 'processor, median': processor };
      return [name, Object.fromEntries(Object.entries(rounded).map(([key, value]) => [key, Math.round(value)]))];
    }),
  );
}

/** Milliseconds. */
interface Cost {
  wall: number;
  /** Time of processors, which says most where the machine has other things to do. */
  processor: number;
}

/** Makes a program tell its processor time through its fourth file descriptor. */
const tellProcessorTime = `data:text/javascript,${encodeURIComponent(
  "import { writeSync } from 'node:fs'; process.on('exit', () => writeSync(3, JSON.stringify(process.cpuUsage())));",
)}`;

async function costOf(typed: readonly string[], environment: Environment): Promise<Cost> {
  const began = performance.now();
  const child = spawn(process.execPath, ['--import', tellProcessorTime, ...typed], {
    env: environment,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const told = text(child.stdio[3] as Readable);
  const [code] = (await once(child, 'exit')) as [number | null];
  const wall = performance.now() - began;
  if (code !== 0) throw new Error(`"${typed.join(' ')}" ended with ${String(code)}.`);
  const { user, system } = JSON.parse(await told) as NodeJS.CpuUsage;
  return { wall, processor: (user + system) / 1000 };
}
