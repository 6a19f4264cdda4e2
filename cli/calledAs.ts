/** Under which name the program was called: as a command of its own, or as a plugin of kubectl. */
import { basename } from 'node:path';

export interface CalledAs {
  /** As usage and help write it. */
  program: 'flotilla' | 'kubectl flotilla';
  /** Whether it was called for what may come next in a command line: the whole line are the words of that. */
  completes: boolean;
}

/** @param script the file that was run, or the link to it that stands in PATH */
export function calledAs(script: string): CalledAs {
  const name = basename(script).replace(/\.[a-z]+$/, '');
  const completes = name === 'kubectl_complete-flotilla';
  return { program: completes || name === 'kubectl-flotilla' ? 'kubectl flotilla' : 'flotilla', completes };
}

/**
 * A command of this program that somebody may want to type, under the name by which they have called it: whoever has
 * only the plugin of kubectl has no other.
 * @param words the command without the name of the program: `rollout status csur/web-1`
 */
export function ownCommand(words: string): string {
  return `${calledAs(process.argv[1] ?? '').program} ${words}`;
}

/** The same for what concerns the fleet of a checkout, whose programs need not be in PATH. */
export function checkoutCommand(words: string): string {
  const command = ownCommand(words);
  return command.startsWith('flotilla ') ? `npx ${command}` : command;
}
