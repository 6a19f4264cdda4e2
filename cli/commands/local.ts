/** `flotilla local`: a whole fleet on this machine. */
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, type Command } from 'commander';
import type { Fleet, FleetOptions, MemberOptions } from '../../local/fleet.ts';
import { callProgram } from '../../local/program.ts';
import { canRedraw } from '../../local/terminal.ts';
import { checkoutCommand, ownCommand } from '../calledAs.ts';
import { parseLabels } from '../labels.ts';

/** Where a fleet keeps its data if nothing else is said. */
export const defaultData = fileURLToPath(new URL('../../.flotilla', import.meta.url));

interface DataOptions {
  data: string;
}

interface UpOptions extends DataOptions {
  member?: MemberOptions[];
  port?: Record<string, number>;
  newPorts?: boolean;
  worker: boolean;
  audit?: boolean;
  foreground?: boolean;
}

/** Adds `local up`, `local down`, `local status` and `local env`. */
export function addLocalCommand(program: Command): void {
  callProgram(program.name());
  const local = program.command('local').description('run a whole fleet on this machine: Temporal, a hub and members');
  const withData = (name: string, description: string): Command =>
    local
      .command(name)
      .description(description)
      .option('--data <folder>', 'folder that holds everything the fleet keeps', defaultData);

  withData('up', 'start the fleet, or what is missing of it, and return when it is ready')
    .option('--member <name[:key=value,…]>', 'a member and its labels; repeat for more', addMember)
    .option(
      '--port <name=number>',
      'fixed port of hub, a member, temporal, temporal-ui, worker, …; repeat for more',
      addPort,
    )
    .option('--new-ports', 'forget the remembered ports and choose free ones')
    .option('--no-worker', "leave Flotilla's own worker out")
    .option('--audit', 'let the API servers write down who wrote what')
    .option('--foreground', 'stay, and end the fleet with this command')
    .addHelpText('after', '\nWithout --member the fleet has the three members of the tutorial.')
    .action(runUp);
  withData('down', 'end every process of the fleet; its data stays').action(runDown);
  withData('status', 'show the processes of the fleet').action(runStatus);
  withData(
    'env',
    `print shell lines that point kubectl and temporal at the fleet: eval "$(${ownCommand('local env')})"`,
  ).action(runEnvironment);
}

async function runUp(options: UpOptions): Promise<void> {
  const { tutorialMembers, up } = await import('../../local/fleet.ts');
  const fleet = await up({
    data: options.data,
    members: options.member ?? [...tutorialMembers],
    ports: options.port,
    newPorts: options.newPorts,
    audit: options.audit,
    worker: options.worker,
    whileParentLives: options.foreground,
    ...terminalOutput(),
  });
  process.stdout.write(describeFleet(fleet));
  if (options.foreground === true) await untilInterrupted(options.data);
}

async function runDown(options: DataOptions): Promise<void> {
  const { down } = await import('../../local/fleet.ts');
  const ended = await down(options.data);
  process.stdout.write(ended ? `The fleet is down; its data stays in ${options.data}.\n` : 'No fleet runs there.\n');
}

async function runStatus(options: DataOptions): Promise<void> {
  const [{ status }, { formatStatus }] = await Promise.all([
    import('../../local/fleet.ts'),
    import('../localStatus.ts'),
  ]);
  process.stdout.write(formatStatus(await status(options.data)));
}

async function runEnvironment(options: DataOptions): Promise<void> {
  const { openFleet } = await import('../../local/fleet.ts');
  process.stdout.write(formatEnvironment(await openFleet(options.data)));
}

/** Lines for a POSIX shell. */
export function formatEnvironment(fleet: Pick<Fleet, 'kubeconfig' | 'binFolder' | 'temporalAddress'>): string {
  return [
    `export KUBECONFIG=${quote(fleet.kubeconfig)}`,
    `export PATH=${quote(fleet.binFolder)}:"$PATH"`,
    `export TEMPORAL_ADDRESS=${quote(fleet.temporalAddress)}`,
    'export TEMPORAL_NAMESPACE=default',
    '',
  ].join('\n');
}

function describeFleet(fleet: Fleet): string {
  const contexts = [fleet.hub, ...fleet.members].join(', ');
  return [
    `The fleet is up. Contexts: ${contexts}. Temporal's page: ${fleet.temporalUiUrl}`,
    `In another terminal:  eval "$(${checkoutCommand('local env')})"   then kubectl and temporal talk to it.`,
    '',
  ].join('\n');
}

async function untilInterrupted(data: string): Promise<void> {
  const { down } = await import('../../local/fleet.ts');
  await new Promise<void>((resolve) => {
    // Signal handlers alone do not keep a program running.
    const alive = setInterval(() => undefined, 60_000);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        clearInterval(alive);
        resolve();
      });
    }
  });
  await down(data);
  process.stdout.write(`\nThe fleet is down; its data stays in ${data}.\n`);
}

/** Progress goes to standard error, with one updating line where that is a terminal. */
export function terminalOutput(): Pick<FleetOptions, 'log' | 'replaceLine'> {
  const { stderr } = process;
  if (!canRedraw(stderr)) return { log: (line) => void stderr.write(`${line}\n`) };
  return {
    log: (line) => void stderr.write(`\r\x1b[2K${line}\n`),
    replaceLine: (text) => void stderr.write(`\r\x1b[2K${text.slice(0, stderr.columns - 1)}`),
  };
}

function addMember(text: string, before: MemberOptions[] = []): MemberOptions[] {
  const [name = '', labels] = text.split(':', 2);
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) || name === 'hub') {
    throw new InvalidArgumentError(`"${name}" cannot be a member's name: use lower-case letters, digits and "-".`);
  }
  if (before.some((member) => member.name === name)) throw new InvalidArgumentError(`"${name}" is given twice.`);
  return [...before, { name, labels: parseLabels(labels?.split(',') ?? []) }];
}

function addPort(text: string, before: Record<string, number> = {}): Record<string, number> {
  const [name = '', number] = text.split('=', 2);
  const port = Number(number);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError(`"${text}" is not NAME=NUMBER with a port number.`);
  }
  return { ...before, [name]: port };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
