/** The `flotilla` command: one file in `commands/` for each subject. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { CommandError } from './commandError.ts';
import { exitCodes } from './exitCodes.ts';

const { version, description } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
  description: string;
};

const program = new Command('flotilla').description(`${description}.`).version(version);
program.exitOverride();

/** Each loads what it needs; the Kubernetes and Temporal clients take longer to load than most commands to run. */
const commands: Record<string, () => Promise<(program: Command) => void>> = {
  local: async () => (await import('./commands/local.ts')).addLocalCommand,
  join: async () => (await import('./commands/join.ts')).addJoinCommand,
  leave: async () => (await import('./commands/leave.ts')).addLeaveCommand,
  get: async () => (await import('./commands/get.ts')).addGetCommand,
  approve: async () => (await import('./commands/approve.ts')).addApproveCommand,
  run: async () => (await import('./commands/run.ts')).addRunCommand,
  rollout: async () => (await import('./commands/rollout.ts')).addRolloutCommand,
  why: async () => (await import('./commands/why.ts')).addWhyCommand,
  explain: async () => (await import('./commands/explain.ts')).addExplainCommand,
  tutorial: async () => (await import('./commands/tutorial.ts')).addTutorialCommand,
};

try {
  const chosen = commands[process.argv[2] ?? ''];
  // Help, and the words for a command that does not exist, need all of them.
  for (const load of chosen === undefined ? Object.values(commands) : [chosen]) (await load())(program);
  await program.parseAsync();
} catch (error) {
  // Commander has already written what it has to say.
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = error instanceof CommandError ? error.exitCode : exitCodes.mistake;
  }
}
