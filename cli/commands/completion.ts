/** `flotilla completion`: has a shell complete commands, options, and the names of what is on the hub. */
import { Argument, type Command } from 'commander';
import { completionScript, installation, shells, type Shell } from '../completion/scripts.ts';

/** Adds `completion SHELL`. */
export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell to write it for').choices(shells))
    .description('print a script that completes commands, options and names in a shell')
    .addHelpText(
      'after',
      `\nTo have it in every shell, add a line to its start-up file:${installation}\n\n` +
        'Names come from the hub; none are offered where it does not answer in a second.\n' +
        '"kubectl flotilla" is completed by the completion of kubectl itself.',
    )
    .action((shell: Shell) => void process.stdout.write(completionScript(shell)));
}
