/** `flotilla tutorial`: a fleet on this machine and the tutorial played on it; `npm start` runs it. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { callProgram } from '../../local/program.ts';
import { defaultData } from './local.ts';

interface TutorialFlags {
  data?: string;
  fleetOnly?: boolean;
  keep?: boolean;
  yes?: boolean;
}

/** Adds the command `tutorial`. */
export function addTutorialCommand(program: Command): void {
  callProgram(program.name());
  program
    .command('tutorial')
    .description('bring a fleet up on this machine and play the tutorial on it')
    .option('--fleet-only', 'bring the fleet up and leave the tutorial out')
    .option('--data <dir>', 'folder that holds all of the fleet (default: .flotilla in the checkout)')
    .option('--keep', 'leave the fleet running at the end')
    .option('--yes', 'approve without asking')
    .action(async (flags: TutorialFlags) => {
      const stop = new AbortController();
      const interrupt = (): void => {
        // Whoever presses Ctrl-C again does not want to wait; the fleet ends with this process.
        if (stop.signal.aborted) process.exit(130);
        stop.abort(new Error('The tutorial was stopped.'));
      };
      process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
      try {
        const { runSession } = await import('../tutorial/session.ts');
        await runSession(
          {
            data: flags.data === undefined ? defaultData : resolve(flags.data),
            dataOption: flags.data,
            fleetOnly: flags.fleetOnly ?? false,
            keep: flags.keep ?? false,
            yes: flags.yes ?? false,
          },
          stop.signal,
        );
      } finally {
        process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      }
      // A start that was interrupted may still hold the event loop.
      if (stop.signal.aborted) process.exit();
    });
}
