/** `npm run bench -- <benchmark>`: measurements. Nothing here is a test, and no test asserts a time. */
import { InvalidArgumentError, program } from 'commander';
import { benchTutorial } from './tutorial/main.ts';

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
await program.parseAsync();
