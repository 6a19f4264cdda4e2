/** `npm run bench -- <benchmark>`: measurements. Nothing here is a test, and no test asserts a time. */
import { InvalidArgumentError, Option, program } from 'commander';
import { benchCli, type CliOptions } from './cli/main.ts';
import { benchWatch } from './cli/watch.ts';
import { benchPlacements } from './placements/main.ts';
import { benchRollout } from './rollout/main.ts';
import { scenarios } from './rollout/scenarios.ts';
import { benchSchedule } from './schedule/main.ts';
import { benchTutorial } from './tutorial/main.ts';
import { benchUpdate } from './update/main.ts';

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number from 1.');
  return value;
}

program.name('bench').description('Measures Flotilla on this machine; see docs/performance.md.');
program
  .command('tutorial')
  .description('the tutorial with a third stage, on a fleet of its own')
  .option('--runs <count>', 'how many runs are measured', count, 10)
  .action(benchTutorial);
program
  .command('rollout')
  .description('runs over many clusters, beside a loop that makes the same writes without an engine')
  .addOption(
    new Option('--scenario <names...>', 'which scenarios; without it, all with simulated clusters').choices(
      Object.keys(scenarios),
    ),
  )
  .option('--real', 'the scenario with 12 real clusters; without --scenario, nothing else')
  .option('--rounds <count>', 'how many rounds of each scenario are measured', count)
  .option('--check', 'only compare the simulated clusters with a real API server')
  .option('--profile <folder>', 'write CPU profiles of the worker there')
  .action(benchRollout);
program
  .command('update')
  .description('one change by a rolling update to 12 real clusters at once, beside a loop that makes the same writes')
  .option('--rounds <count>', 'how many changes are measured', count, 10)
  .action(benchUpdate);
program
  .command('schedule')
  .description('scheduling cycles of many placements over a large fleet, without any cluster')
  .option('--clusters <count>', 'how many members the fleet has', count, 1000)
  .option('--placements <count>', 'how many placements are scheduled', count, 200)
  .option('--rounds <count>', 'how many rounds are measured', count, 5)
  .action(benchSchedule);
program
  .command('placements')
  .description('many placements that nothing happens to: idle, restart of the worker; and one with a large status')
  .option('--placements <count>', 'how many placements there are', count, 200)
  .option('--members <count>', 'how many simulated members each is placed on', count, 20)
  .option('--clusters <count>', 'clusters of the placement with the large status', count, 1000)
  .action(benchPlacements);
program
  .command('cli')
  .description('how long the flotilla command takes, from the start of its process to the end')
  .option('--clusters <count>', 'how many clusters the run that is shown has', count, 1000)
  .option('--rounds <count>', 'how often each command is run', count, 15)
  .option('--watch', 'instead, what "get run --watch" costs while a run over 100 simulated clusters goes on')
  .action(({ watch, ...options }: CliOptions & { watch?: boolean }) =>
    watch === true ? benchWatch(options.rounds) : benchCli(options),
  );
await program.parseAsync();
