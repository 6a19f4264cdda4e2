/** `flotilla drain`: a member is emptied, in the words of `kubectl drain`. */
import { Option, type Command } from 'commander';
import type { KubernetesClient } from '../../kube/client.ts';
import { parseTimeout } from '../rollout/timeout.ts';
import { complain, say } from '../say.ts';

interface DrainOptions {
  selector?: string;
  timeout: number;
  dryRun?: boolean;
  context?: string;
}

const defaultTimeoutMs = 5 * 60_000;

/** Adds `drain NAME...`. */
export function addDrainCommand(program: Command): void {
  program
    .command('drain')
    .argument('[names...]', 'names of members')
    .description('empty members: keep new placements away, and evict those that are there')
    .option('-l, --selector <labels>', 'the members with these labels, such as environment=canary')
    .addOption(
      new Option('--timeout <time>', 'how long to wait, such as 90s or 1h; 0 without end')
        .argParser(parseTimeout)
        .default(defaultTimeoutMs, '5m'),
    )
    .option('--dry-run', 'only say what would be evicted, and what a disruption budget would hold')
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .addHelpText('after', '\nPlacements come again after "uncordon". How it ends: docs/command.md.')
    .action(runDrain);
}

async function runDrain(typed: string[], { selector, timeout, dryRun, context }: DrainOptions): Promise<void> {
  const { chosenMembers, memberChoice } = await import('../members/chosenMembers.ts');
  const choice = memberChoice(typed, selector);
  const [{ atHub }, { setCordon }] = await Promise.all([import('../rollout/atHub.ts'), import('../members/cordon.ts')]);
  const stop = new AbortController();
  const interrupt = (): void => {
    // Whoever presses the keys again has no patience for an orderly end.
    if (stop.signal.aborted) process.exit(interrupted);
    stop.abort();
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    await atHub(context, async (hub) => {
      const members = await chosenMembers(hub, choice);
      // All of them first, so that nothing moves from one to the next.
      for (const member of members) say(await setCordon(hub, member, { wanted: true, dryRun: dryRun === true }));
      const names = members.map(({ metadata }) => metadata.name);
      if (dryRun === true) await plan(hub, names);
      else await drain(hub, names, timeout, stop.signal);
    });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** As a shell counts a program that was interrupted. */
const interrupted = 130;

async function plan(hub: KubernetesClient, names: readonly string[]): Promise<void> {
  const { drainPlan } = await import('../drain/drainMember.ts');
  for (const name of names) for (const line of await drainPlan(hub, name)) say(line);
}

/** @param timeoutMs for all of them together; 0 waits without end */
async function drain(
  hub: KubernetesClient,
  names: readonly string[],
  timeoutMs: number,
  stop: AbortSignal,
): Promise<void> {
  const [{ drainMember }, { drainEnd }] = await Promise.all([
    import('../drain/drainMember.ts'),
    import('../drain/drainEnd.ts'),
  ]);
  const until = timeoutMs === 0 ? stop : AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
  for (const name of names) {
    const left = await drainMember(hub, { cluster: name, until, say, complain });
    const end = await drainEnd(hub, { member: name, left, timeoutMs, isInterrupted: stop.aborted });
    if (end.said !== undefined) say(end.said);
    if (end.complaint !== undefined) complain(end.complaint);
    // Of several, what was not finished counts more than what nobody can evict.
    process.exitCode = Math.max(Number(process.exitCode ?? 0), end.code);
    if (stop.aborted) {
      process.exitCode = interrupted;
      return;
    }
  }
}
