/** `flotilla cordon` and `flotilla uncordon`: whether new placements come to a member, in the words of kubectl. */
import type { Command } from 'commander';
import { say } from '../say.ts';

interface CordonCommandOptions {
  selector?: string;
  dryRun?: boolean;
  context?: string;
}

/** Adds `cordon NAME...`. */
export function addCordonCommand(program: Command): void {
  add(program, 'cordon', 'keep new placements away from members; what is there stays').action(
    (names: string[], options: CordonCommandOptions) => runCordon(names, options, true),
  );
}

/** Adds `uncordon NAME...`. */
export function addUncordonCommand(program: Command): void {
  add(program, 'uncordon', 'let placements come to members again, after cordon or drain').action(
    (names: string[], options: CordonCommandOptions) => runCordon(names, options, false),
  );
}

function add(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .argument('[names...]', 'names of members')
    .description(description)
    .option('-l, --selector <labels>', 'the members with these labels, such as environment=canary')
    .option('--dry-run', 'only say what would happen')
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one");
}

async function runCordon(
  typed: readonly string[],
  { selector, dryRun, context }: CordonCommandOptions,
  wanted: boolean,
): Promise<void> {
  const { chosenMembers, memberChoice } = await import('../members/chosenMembers.ts');
  const choice = memberChoice(typed, selector);
  const [{ atHub }, { setCordon }] = await Promise.all([import('../rollout/atHub.ts'), import('../members/cordon.ts')]);
  await atHub(context, async (hub) => {
    for (const member of await chosenMembers(hub, choice)) {
      say(await setCordon(hub, member, { wanted, dryRun: dryRun === true }));
    }
  });
}
