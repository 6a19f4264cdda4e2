/** `flotilla why`: what a run, a placement or a cluster waits for, in one sentence. */
import { Option, type Command } from 'commander';
import { nextLines } from '../nextLines.ts';
import { formsOf, parseTarget, type TargetKind } from '../rollout/target.ts';
import { say } from '../say.ts';

interface WhyOptions {
  namespace?: string;
  context?: string;
  output?: 'json';
}

const asked: readonly TargetKind[] = ['run', 'placement', 'cluster'];

/** Adds `why OBJECT`. */
export function addWhyCommand(program: Command): void {
  program
    .command('why')
    .argument('<object>', `${formsOf(asked)}; a name alone where only one has it`)
    .description('say in one sentence what something waits for, since when, and what frees it')
    .option('-n, --namespace <name>', 'where the object is')
    .addOption(new Option('-o, --output <format>', 'json for programs').choices(['json']))
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .action(runWhy);
}

async function runWhy(typed: string, { namespace, context, output }: WhyOptions): Promise<void> {
  const target = parseTarget(typed, namespace, asked);
  const [{ atHub }, { targetCalled }, { whyOf }, { findingSentence }] = await Promise.all([
    import('../rollout/atHub.ts'),
    import('../rollout/targetCalled.ts'),
    import('../why/whyOf.ts'),
    import('../why/finding.ts'),
  ]);
  const now = Date.now();
  const finding = await atHub(context, async (hub) =>
    whyOf(hub, target ?? (await targetCalled(hub, { name: typed, namespace }, asked)), now),
  );
  if (output === 'json') process.stdout.write(`${JSON.stringify(finding, undefined, 2)}\n`);
  else if (!process.stdout.isTTY || finding.command === undefined) say(findingSentence(finding, now));
  else {
    // On a screen the command stands alone, so that it can be copied.
    const { command, ...rest } = finding;
    say([findingSentence(rest, now), ...nextLines([command])].join('\n'));
  }
}
