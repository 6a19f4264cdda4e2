/** `flotilla leave`: a member leaves the fleet. */
import { Option, type Command } from 'commander';
import type { LeaveMode } from '../../domain/members/index.ts';
import { exitCodes } from '../exitCodes.ts';
import { parseSeconds } from '../seconds.ts';

interface LeaveOptions {
  keep?: boolean;
  remove?: boolean;
  unreachable?: boolean;
  timeout: number;
  dryRun?: boolean;
  context?: string;
}

/** Adds `leave NAME`. */
export function addLeaveCommand(program: Command): void {
  program
    .command('leave')
    .argument('<name>', 'name of the member')
    .description('have a member leave the fleet whose hub KUBECONFIG points at')
    .addOption(new Option('--keep', 'what was placed on it stays there').conflicts(['remove', 'unreachable']))
    .addOption(new Option('--remove', 'what was placed on it is removed first').conflicts(['keep', 'unreachable']))
    .addOption(
      new Option('--unreachable', 'let go of a member that never answers again; what is on it stays there').conflicts([
        'keep',
        'remove',
      ]),
    )
    .option('--timeout <seconds>', 'how long to wait until it has left', parseSeconds, 120)
    .option('--dry-run', 'only say what would happen')
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .action(runLeave);
}

async function runLeave(name: string, options: LeaveOptions): Promise<void> {
  const [{ atHub }, { leaveCluster }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../members/leaveCluster.ts'),
  ]);
  const done = await atHub(options.context, (hub) =>
    leaveCluster(hub, {
      name,
      mode: async (placed) => modeOf(options) ?? (await ask(name, placed)),
      dryRun: options.dryRun === true,
      timeoutMs: options.timeout * 1000,
      say: (line) => process.stdout.write(`${line}\n`),
    }),
  );
  if (!done) process.exitCode = exitCodes.unfinished;
}

function modeOf({ keep, remove, unreachable }: LeaveOptions): LeaveMode | undefined {
  if (keep === true) return 'Keep';
  if (remove === true) return 'Remove';
  return unreachable === true ? 'Unreachable' : undefined;
}

/** Nobody guesses what is to become of what runs on a cluster. */
async function ask(name: string, placed: readonly string[]): Promise<LeaveMode> {
  if (!process.stdin.isTTY) {
    throw new Error(`Say what becomes of what was placed on ${name}: --keep leaves it there, --remove removes it.`);
  }
  const { createInterface } = await import('node:readline/promises');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const what = placed.length === 0 ? 'Nothing is known to be placed' : `Placed are ${placed.join(', ')}`;
    const answer = await terminal.question(`${what} on ${name}. Keep it there, or remove it? [keep/remove] `);
    const [letter = ''] = answer.trim().toLowerCase();
    if (letter === 'k') return 'Keep';
    if (letter === 'r') return 'Remove';
    throw new Error('Nothing was done: answer "keep" or "remove".');
  } finally {
    terminal.close();
  }
}
