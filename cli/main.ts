/** The `flotilla` command: one file in `commands/` for each subject. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { calledAs } from './calledAs.ts';
import { CommandError } from './commandError.ts';
import { exitCodes } from './exitCodes.ts';
import { columnsOf, foldText } from './foldText.ts';
import { commandWords, mistakeSentence } from './mistakeSentence.ts';
import { complain } from './say.ts';

const { version, description } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
  description: string;
};

const called = calledAs(process.argv[1] ?? '');
const typed = process.argv.slice(2);

const program = new Command(called.program).description(`${description}.`).version(version);
program.exitOverride();
// Whoever reads may have seen enough, as `head` does.
process.stdout.on('error', () => process.exit());
// Narrower columns of text than commander thinks readable, rather than lines that the terminal breaks.
program.configureHelp({ minWidthToWrap: 20 });
program.configureOutput({
  writeErr: (text) => void process.stderr.write(foldText(text, columnsOf(process.stderr))),
  outputError: (text, write) => write(`${mistakeSentence(text, commandWords(program, typed))}\n`),
});

/** Each loads what it needs; the Kubernetes and Temporal clients take longer to load than most commands to run. */
const commands: Record<string, () => Promise<(program: Command) => void>> = {
  local: async () => (await import('./commands/local.ts')).addLocalCommand,
  join: async () => (await import('./commands/join.ts')).addJoinCommand,
  leave: async () => (await import('./commands/leave.ts')).addLeaveCommand,
  cordon: async () => (await import('./commands/cordon.ts')).addCordonCommand,
  uncordon: async () => (await import('./commands/cordon.ts')).addUncordonCommand,
  drain: async () => (await import('./commands/drain.ts')).addDrainCommand,
  get: async () => (await import('./commands/get.ts')).addGetCommand,
  approve: async () => (await import('./commands/approve.ts')).addApproveCommand,
  run: async () => (await import('./commands/run.ts')).addRunCommand,
  plan: async () => (await import('./commands/plan.ts')).addPlanCommand,
  diff: async () => (await import('./commands/diff.ts')).addDiffCommand,
  rollout: async () => (await import('./commands/rollout.ts')).addRolloutCommand,
  why: async () => (await import('./commands/why.ts')).addWhyCommand,
  log: async () => (await import('./commands/log.ts')).addLogCommand,
  explain: async () => (await import('./commands/explain.ts')).addExplainCommand,
  tutorial: async () => (await import('./commands/tutorial.ts')).addTutorialCommand,
  completion: async () => (await import('./commands/completion.ts')).addCompletionCommand,
};

/** Help, and the words for a command that does not exist, need all of them. */
async function addCommands(first: string | undefined): Promise<void> {
  const chosen = commands[first ?? ''];
  for (const load of chosen === undefined ? Object.values(commands) : [chosen]) (await load())(program);
}

/** A shell asks what may come next. What still goes on when that is answered is of no use to anybody. */
async function answerShell(words: readonly string[]): Promise<void> {
  await addCommands(words.length > 1 ? words[0] : undefined);
  const { complete } = await import('./completion/complete.ts');
  process.stdout.write(await complete(program, words), () => process.exit(0));
}

try {
  if (called.completes) await answerShell(typed);
  else if (typed[0] === '__complete') await answerShell(typed.slice(1));
  else {
    await addCommands(typed[0]);
    await program.parseAsync();
  }
} catch (error) {
  // Commander has already written what it has to say.
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else {
    complain(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof CommandError ? error.exitCode : exitCodes.mistake;
  }
}
