/** `flotilla log`: what has happened to a run or to a placement that rolls out by itself, line by line. */
import { Option, type Command } from 'commander';
import type { LinePrinter } from '../log/logLines.ts';
import type { LogTarget } from '../log/hubKnowledge.ts';
import { formsOf, parseTarget } from '../rollout/target.ts';
import { complain } from '../say.ts';

interface LogOptions {
  namespace?: string;
  follow?: boolean;
  uid?: string;
  output?: 'json';
  context?: string;
}

/** Adds `log OBJECT`. */
export function addLogCommand(program: Command): void {
  program
    .command('log')
    .argument('<object>', `name of a run, or ${formsOf(['run', 'placement'])}`)
    .description('tell what has happened to a run, or to a placement that rolls out by itself: when, and by whom')
    .option('-f, --follow', 'stay, and tell what happens, until it is over')
    .option('-n, --namespace <name>', 'where the object is, for sur and rp, and for the name of a run')
    .option('--uid <uid>', 'that of the object, where several had the name one after the other; without it the last')
    .addOption(new Option('-o, --output <format>', 'json for programs: an object in each line').choices(['json']))
    .option('--context <name>', "the hub's context in KUBECONFIG, if not the current one")
    .addHelpText('after', '\nTemporal keeps the history: TEMPORAL_ADDRESS and temporal.toml say where it is.')
    .action(runLog);
}

async function runLog(typed: string, options: LogOptions): Promise<void> {
  const target = targetOf(typed, options.namespace);
  const [{ showLog }, { jsonPrinter, textPrinter }, { paperFor }, { columnsOf }] = await Promise.all([
    import('../log/showLog.ts'),
    import('../log/logLines.ts'),
    import('../run/paper.ts'),
    import('../foldText.ts'),
  ]);
  const stop = new AbortController();
  const interrupt = (): void => {
    // As a shell counts a program that was interrupted.
    process.exitCode = 130;
    stop.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  // Whoever reads may have seen enough, as `head` does.
  process.stdout.on('error', () => stop.abort());
  const printer: LinePrinter =
    options.output === 'json'
      ? jsonPrinter
      : textPrinter(
          () => ({ now: Date.now() }),
          paperFor(process.stdout, process.env, false),
          () => columnsOf(process.stdout),
        );
  try {
    await showLog(target, {
      context: options.context,
      follow: options.follow === true,
      uid: options.uid,
      show: (entry) => void process.stdout.write(`${printer.line(entry)}\n`),
      aside: complain,
      until: stop.signal,
    });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** A name alone is that of a run. */
function targetOf(typed: string, namespace: string | undefined): LogTarget {
  const target = parseTarget(typed, namespace, ['run', 'placement']);
  if (target === undefined) {
    return { kind: 'run', reference: { name: typed, ...(namespace !== undefined && { namespace }) } };
  }
  return { ...target, kind: target.kind === 'placement' ? 'placement' : 'run' };
}
