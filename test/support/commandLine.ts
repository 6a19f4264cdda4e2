/** The `flotilla` command at one prompt: on the fleet of the tests, with settings and files of its own. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import type { Fleet } from '../../local/fleetHandle.ts';
import type { CommandResult } from './command.ts';
import { flotilla, FollowedCommand } from './flotillaCommand.ts';

/** Environment variables by which one command differs from the others at its prompt. */
export type Settings = Readonly<Record<string, string>>;

/** A Temporal that is not there: nothing listens on that port. */
export const noTemporal = { TEMPORAL_ADDRESS: '127.0.0.1:1' };

/** What tests change in a kubeconfig. */
export interface Kubeconfig {
  'current-context': string;
  clusters: { name: string; cluster: { server: string } }[];
  users: { name: string; user: { as?: string } }[];
  contexts: { name: string; context: { namespace?: string } }[];
}

export class CommandLine {
  /** Of every command that is typed here. */
  readonly environment: Record<string, string>;
  /** For files that the commands are to find; {@link close} removes it. */
  readonly folder: string;
  readonly #fleet: Fleet;

  private constructor(fleet: Fleet, folder: string, settings: Settings) {
    this.#fleet = fleet;
    this.folder = folder;
    this.environment = {
      KUBECONFIG: fleet.kubeconfig,
      ...noTemporal,
      LANG: 'C.UTF-8',
      LC_ALL: '',
      TZ: 'UTC',
      ...settings,
    };
  }

  /** At the hub of the fleet. Without `settings` there is no Temporal. */
  static async open(fleet: Fleet, settings: Settings = {}): Promise<CommandLine> {
    return new CommandLine(fleet, await mkdtemp(path.join(tmpdir(), 'flotilla-command-')), settings);
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Types `flotilla LINE`, words separated by spaces; any exit code is an answer. */
  type(line: string, settings: Settings = {}): Promise<CommandResult> {
    return flotilla(line.split(' '), { environment: { ...this.environment, ...settings } });
  }

  /** Starts a command that stays, and ends it however `body` ends. */
  async follow<T>(line: string, body: (command: FollowedCommand) => Promise<T>): Promise<T> {
    const command = new FollowedCommand(line.split(' '), this.environment);
    try {
      return await body(command);
    } finally {
      await command.stop();
    }
  }

  /** A copy of the fleet's kubeconfig with something else in it. @returns its path */
  async changedKubeconfig(file: string, change: (config: Kubeconfig) => void): Promise<string> {
    const config = parse(await readFile(this.#fleet.kubeconfig, 'utf8')) as Kubeconfig;
    change(config);
    const changed = path.join(this.folder, file);
    await writeFile(changed, stringify(config), { mode: 0o600 });
    return changed;
  }

  /** A kubeconfig whose clusters are all away: nothing listens where they should be. */
  awayKubeconfig(file = 'away'): Promise<string> {
    return this.changedKubeconfig(file, ({ clusters }) => {
      for (const { cluster } of clusters) cluster.server = 'https://127.0.0.1:1';
    });
  }
}
