/** The `flotilla` command: one file in `commands/` for each subject. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { addJoinCommand } from './commands/join.ts';
import { addLocalCommand } from './commands/local.ts';

const { version, description } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
  description: string;
};

const program = new Command('flotilla').description(`${description}.`).version(version);
program.exitOverride();
addLocalCommand(program);
addJoinCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  // Commander has already written what it has to say.
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
