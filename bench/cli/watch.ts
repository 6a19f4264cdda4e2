/** What `flotilla get run --watch` costs in a terminal while a run over 100 simulated clusters goes on. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawn } from '@lydell/node-pty';
import { clusterKinds } from '../../api/kinds.ts';
import { describeMachine } from '../machine.ts';
import { costOf } from '../processes.ts';
import { changeContent } from '../rollout/engineRounds.ts';
import * as objects from '../rollout/objects.ts';
import { scenarios, type Scenario } from '../rollout/scenarios.ts';
import { strategyName, withWorld, type World } from '../rollout/world.ts';
import { summarize } from '../statistics.ts';

const program = fileURLToPath(new URL('../../cli/flotilla.js', import.meta.url));
const scenario: Scenario = { ...scenarios.stages, paces: [{ title: '50 %', percent: 50 }, { title: 'one at a time' }] };

/** Makes a program write its processor time into a file when it ends, in microseconds as JSON. */
const tellProcessorTime = `data:text/javascript,${encodeURIComponent(
  "import { writeFileSync } from 'node:fs'; " +
    "process.on('exit', () => writeFileSync(process.env.BENCH_COST, JSON.stringify(process.cpuUsage())));",
)}`;

/** @param rounds how many runs are watched at each pace, after one to warm up */
export async function benchWatch(rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'flotilla-bench-'));
  try {
    await withWorld(scenario, undefined, async (world) => {
      const figures: Record<string, object> = {};
      let index = 0;
      for (const [pace, { title }] of scenario.paces.entries()) {
        const watched: Watched[] = [];
        for (let round = 0; round <= rounds; round++) {
          await changeContent(world, index);
          const one = await watchRun(world, index, pace, join(folder, `${String(index)}.json`));
          if (round > 0) watched.push(one);
          index += 1;
        }
        const shares = summarize(watched.map(({ wallMs, processorMs }) => (processorMs / wallMs) * 100));
        figures[title] = {
          'run, s': rounded(summarize(watched.map(({ wallMs }) => wallMs)).median / 1000),
          'processor, s': rounded(summarize(watched.map(({ processorMs }) => processorMs)).median / 1000),
          '% of a core': rounded(shares.median),
          'at least': rounded(shares.smallest),
          'at most': rounded(shares.largest),
        };
      }
      console.log(describeMachine());
      console.log(`flotilla get run --watch in a terminal, from the start of a run to its end, ${rounds} runs each`);
      console.table(figures);
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Between the start of the run and its end; what the command's own start costs does not count. */
interface Watched {
  wallMs: number;
  processorMs: number;
}

async function watchRun(
  { hub, fleet, placements, runs }: World,
  index: number,
  pace: number,
  file: string,
): Promise<Watched> {
  const [placement = ''] = placements;
  const name = `${placement}-watched-${String(index)}`;
  const run = objects.run(name, placement, index, strategyName(pace));
  await hub.create(clusterKinds.run, { ...run, spec: { ...run.spec, state: 'Initialize' } });
  const terminal = spawn(process.execPath, ['--import', tellProcessorTime, program, 'get', 'run', name, '--watch'], {
    cols: 80,
    rows: 24,
    env: { ...process.env, TERM: 'xterm-256color', KUBECONFIG: fleet.kubeconfig, BENCH_COST: file },
  });
  const ended = Promise.withResolvers<undefined>();
  terminal.onExit(() => ended.resolve(undefined));
  try {
    const planned = Promise.withResolvers<undefined>();
    terminal.onData((text) => {
      if (text.includes('INITIALIZED')) planned.resolve(undefined);
    });
    await Promise.race([planned.promise, ended.promise]);
    const before = await costOf(terminal.pid);
    if (before === undefined) throw new Error('The command ended before the run began.');
    const began = performance.now();
    await hub.patch(clusterKinds.run, name, { type: 'merge', body: { spec: { state: 'Run' } } });
    const wallMs = (await runs.succeeded(name)) - began;
    await ended.promise;
    const { user, system } = JSON.parse(await readFile(file, 'utf8')) as NodeJS.CpuUsage;
    return { wallMs, processorMs: (user + system) / 1000 - before.processorSeconds * 1000 };
  } finally {
    terminal.kill('SIGKILL');
  }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
