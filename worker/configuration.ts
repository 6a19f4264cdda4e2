/**
 * Configuration of the worker. One table says what there is: it drives parsing, `--help` and docs/configuration.md.
 * A flag wins over the environment, the environment over the default.
 */
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { statusProfiles } from '../domain/placements/profile.ts';
import { parseApiPatterns, parseNamespaces, type ApiPattern, type ParsedList } from '../domain/selection/index.ts';

/**
 * How a setting's text becomes a value. `parse` throws an Error whose message completes "NAME must be …", or an
 * AggregateError of several such.
 */
interface Syntax<T> {
  /** Placeholder in `--help`. */
  placeholder: string;
  parse(text: string): T;
}

interface Setting<T> extends Syntax<T> {
  /** Environment variable; the flag is derived from it, see {@link flagOf}. */
  variable: string;
  /** Text of the default, parsed like any other. A function where it depends on the machine. */
  default: string | ((environment: Environment) => string);
  /** What the documentation shows when the default depends on the machine. */
  defaultDescription?: string;
  description: string;
}

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const text: Syntax<string> = { placeholder: 'TEXT', parse: (value) => value };

const folder: Syntax<string> = {
  placeholder: 'FOLDER',
  parse(value) {
    if (value === '') throw new Error('the path of a folder, but is empty');
    return value;
  },
};

function wholeNumber(placeholder: string, minimum: number, maximum: number): Syntax<number> {
  return {
    placeholder,
    parse(value) {
      const parsed = /^\d{1,12}$/.test(value) ? Number(value) : Number.NaN;
      if (!(parsed >= minimum && parsed <= maximum)) {
        throw new Error(`a whole number from ${String(minimum)} to ${String(maximum)}, but is "${value}"`);
      }
      return parsed;
    },
  };
}

function milliseconds(minimum: number, maximum: number): Syntax<number> {
  return wholeNumber('MS', minimum, maximum);
}

function oneOf<const T extends string>(...values: T[]): Syntax<T> {
  return {
    placeholder: values.join('|'),
    parse(value) {
      const found = values.find((candidate) => candidate === value);
      if (found === undefined) throw new Error(`one of ${values.join(', ')}, but is "${value}"`);
      return found;
    },
  };
}

/** @param example completes "a list such as" */
function listOf<T>(placeholder: string, example: string, read: (text: string) => ParsedList<T>): Syntax<T[]> {
  return {
    placeholder,
    parse(value) {
      const { entries, mistakes } = read(value);
      if (mistakes.length === 0) return entries;
      throw new AggregateError(mistakes.map((mistake) => new Error(`a list such as ${example}, but ${mistake}`)));
    },
  };
}

const apiPatterns: Syntax<ApiPattern[]> = listOf('APIS', '"batch;apps/v1;v1/Secret,ConfigMap"', parseApiPatterns);
const namespaces: Syntax<string[]> = listOf('NAMES', '"one,two"', parseNamespaces);

/** A place to listen on. Port 0 lets the system choose. */
export interface ListenAddress {
  host: string;
  port: number;
}

const listenAddress: Syntax<ListenAddress> = {
  placeholder: 'HOST:PORT',
  parse(value) {
    const match = /^(?:\[(?<six>[0-9a-fA-F:]+)\]|(?<four>[^:\s[\]]+)):(?<port>\d{1,5})$/.exec(value);
    const host = match?.groups?.six ?? match?.groups?.four;
    const port = Number(match?.groups?.port ?? Number.NaN);
    if (host === undefined || !(port <= 65_535)) {
      throw new Error(`a host and a port such as 127.0.0.1:9464 or [::1]:9464, but is "${value}"`);
    }
    return { host, port };
  },
};

function setting<T>(
  variable: string,
  syntax: Syntax<T>,
  rest: Pick<Setting<T>, 'default' | 'defaultDescription' | 'description'>,
): Setting<T> {
  return { variable, ...syntax, ...rest };
}

const hour = 3_600_000;

/** Every setting of the worker by its name in {@link Configuration}. */
export const settings = {
  hubContext: setting('FLOTILLA_HUB_CONTEXT', text, {
    default: '',
    defaultDescription: "the kubeconfig's current context",
    description: 'Context of the hub cluster in the kubeconfig.',
  }),
  httpAddress: setting('FLOTILLA_HTTP_ADDRESS', listenAddress, {
    default: '127.0.0.1:9464',
    description: 'Where /metrics, /healthz and /readyz are served.',
  }),
  logLevel: setting('FLOTILLA_LOG_LEVEL', oneOf('trace', 'debug', 'info', 'warn', 'error'), {
    default: 'info',
    description: 'Lowest level that is logged.',
  }),
  logFormat: setting('FLOTILLA_LOG_FORMAT', oneOf('auto', 'json', 'pretty'), {
    default: 'auto',
    description: 'Format of the log; "auto" is pretty in a terminal and JSON elsewhere.',
  }),
  identity: setting('FLOTILLA_IDENTITY', text, {
    default: '',
    defaultDescription: 'host name and FLOTILLA_HTTP_ADDRESS',
    description:
      'Name under which this worker holds the Lease and activities. The same after a restart, so that the worker takes ' +
      'over at once from its killed predecessor; ' +
      'different for two workers that run at the same time.',
  }),
  leaseNamespace: setting('FLOTILLA_LEASE_NAMESPACE', text, {
    default: 'fleet-system',
    description: 'Namespace on the hub of the Lease "flotilla"; created when missing.',
  }),
  leaseDurationMs: setting('FLOTILLA_LEASE_DURATION_MS', milliseconds(1_000, 60_000), {
    default: '5000',
    description: 'How long the Lease outlives a worker that died without giving it back.',
  }),
  snapshotQuietMs: setting('FLOTILLA_SNAPSHOT_QUIET_MS', milliseconds(0, hour), {
    default: '1000',
    description: 'A resource snapshot is taken when nothing selected has changed for so long.',
  }),
  snapshotMaxDelayMs: setting('FLOTILLA_SNAPSHOT_MAX_DELAY_MS', milliseconds(0, hour), {
    default: '15000',
    description: 'A resource snapshot is taken at the latest so long after the first change that it holds.',
  }),
  snapshotMinIntervalMs: setting('FLOTILLA_SNAPSHOT_MIN_INTERVAL_MS', milliseconds(0, hour), {
    default: '5000',
    description: 'Shortest time between two resource snapshots of a placement.',
  }),
  statusProfile: setting('FLOTILLA_PLACEMENT_STATUS_PROFILE', oneOf(...statusProfiles), {
    default: 'documented',
    description:
      'Placements that roll out by themselves. "documented": their conditions are those of the documents and those of ' +
      "today's KubeFleet, and a cluster keeps its place among maxUnavailable for unavailablePeriodSeconds after its " +
      'update. "upstream": the latter conditions alone, and so do only clusters of which nobody can tell whether their ' +
      'objects are available.',
  }),
  skippedPropagatingApis: setting('FLOTILLA_SKIPPED_PROPAGATING_APIS', apiPatterns, {
    default: '',
    defaultDescription: 'none',
    description:
      'Kinds that placements leave out besides those that are never placed: "group", "group/version" or ' +
      '"group/version/Kind,Kind", separated by ";". Kinds of the core group are "v1/Kind,Kind".',
  }),
  allowedPropagatingApis: setting('FLOTILLA_ALLOWED_PROPAGATING_APIS', apiPatterns, {
    default: '',
    defaultDescription: 'all but those that are never placed',
    description:
      'The only kinds that placements take, written the same way. Where namespaces are placed, "v1/Namespace" belongs ' +
      'to them. Excludes FLOTILLA_SKIPPED_PROPAGATING_APIS.',
  }),
  skippedPropagatingNamespaces: setting('FLOTILLA_SKIPPED_PROPAGATING_NAMESPACES', namespaces, {
    default: '',
    defaultDescription: 'none',
    description:
      'Namespaces that may not be placed, separated by ",", besides default and those that begin with fleet- or kube-.',
  }),
  stuckAfterMs: setting('FLOTILLA_STUCK_AFTER_MS', milliseconds(1, 24 * hour), {
    default: '300000',
    description: 'A run says that it is stuck when a cluster has been in work for so long.',
  }),
  usageIntervalMs: setting('FLOTILLA_USAGE_INTERVAL_MS', milliseconds(1_000, 24 * hour), {
    default: '600000',
    description:
      "How often a member's pods are read, for what it has left; with every heartbeat while a placement asks for that.",
  }),
  prices: setting('FLOTILLA_PRICES', text, {
    default: '',
    defaultDescription: 'none',
    description:
      'File with hourly prices of instance types, from which the costs of members follow; see docs/members.md.',
  }),
  maxMemberActivities: setting('FLOTILLA_MAX_MEMBER_ACTIVITIES', wholeNumber('COUNT', 1, 20_000), {
    default: '2000',
    description: 'How many members this worker works on at once; waiting for one costs next to nothing.',
  }),
  maxHubActivities: setting('FLOTILLA_MAX_HUB_ACTIVITIES', wholeNumber('COUNT', 1, 2_000), {
    default: '100',
    description: 'How many activities on the hub this worker runs at once.',
  }),
  maxCachedWorkflows: setting('FLOTILLA_MAX_CACHED_WORKFLOWS', wholeNumber('COUNT', 20, 10_000), {
    default: '500',
    description: 'How many running workflows this worker keeps in memory; the others are replayed when they go on.',
  }),
  shutdownGraceMs: setting('FLOTILLA_SHUTDOWN_GRACE_MS', milliseconds(0, hour), {
    default: '5000',
    description:
      'How long a stopping worker lets activities finish; then they are interrupted and tried again elsewhere.',
  }),
  cacheFolder: setting('FLOTILLA_CACHE', folder, {
    default: (environment) => join(environment.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'flotilla'),
    defaultDescription: '$XDG_CACHE_HOME/flotilla or ~/.cache/flotilla',
    description: 'Folder that keeps the bundled workflow code, so that a restart need not build it.',
  }),
  temporalMetricsPort: setting('FLOTILLA_TEMPORAL_METRICS_PORT', wholeNumber('PORT', 0, 65_535), {
    default: '0',
    defaultDescription: '0: any free port',
    description: "Port on 127.0.0.1 through which the Temporal SDK's metrics reach /metrics.",
  }),
};

/** What the worker runs with: each setting's parsed value. */
export type Configuration = { [K in keyof typeof settings]: ReturnType<(typeof settings)[K]['parse']> };

/** Variables that are read by the clients of Kubernetes and Temporal themselves. */
export const foreignVariables = [
  {
    variable: 'KUBECONFIG',
    description: 'Path of the kubeconfig that holds the hub; else ~/.kube/config, else the service account of the pod.',
  },
  { variable: 'TEMPORAL_ADDRESS', description: 'Host and port of Temporal. Default: localhost:7233.' },
  { variable: 'TEMPORAL_NAMESPACE', description: 'Temporal namespace, one for each hub. Default: default.' },
  { variable: 'TEMPORAL_API_KEY', description: 'Key for Temporal Cloud.' },
  {
    variable: 'TEMPORAL_TLS_*',
    description: 'Certificates, see the page on environment configuration in the documentation of Temporal.',
  },
  {
    variable: 'TEMPORAL_CONFIG_FILE, TEMPORAL_PROFILE',
    description: 'A temporal.toml and the profile in it that holds all of these.',
  },
] as const;

/** What came out of reading flags and environment: mistakes are sentences; the configuration is absent if there are any. */
export interface ConfigurationResult {
  help: boolean;
  mistakes: string[];
  /** Sentences about what is odd but does no harm. */
  warnings: string[];
  configuration?: Configuration;
}

/** Reads flags (`process.argv.slice(2)`) and environment. Never throws; every mistake is listed. */
export function readConfiguration(args: readonly string[], environment: Environment): ConfigurationResult {
  const flags = readFlags(args);
  const mistakes = [...flags.mistakes];
  const values: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(settings) as [string, Setting<unknown>][]) {
    const given = flags.values.get(entry.variable) ?? fromEnvironment(entry, environment);
    try {
      values[name] = entry.parse(given?.value ?? defaultOf(entry, environment));
    } catch (error) {
      const errors = (error instanceof AggregateError ? error.errors : [error]) as Error[];
      mistakes.push(...errors.map(({ message }) => `${given?.source ?? entry.variable} must be ${message}.`));
    }
  }
  const configuration = values as Configuration;
  if (mistakes.length === 0) mistakes.push(...contradictions(configuration));
  return {
    help: flags.help,
    mistakes,
    warnings: unknownVariables(environment),
    configuration: mistakes.length === 0 ? configuration : undefined,
  };
}

/** The flag of an environment variable: `FLOTILLA_HUB_CONTEXT` is `--hub-context`. */
export function flagOf(variable: string): string {
  return `--${variable
    .replace(/^FLOTILLA_/, '')
    .toLowerCase()
    .replaceAll('_', '-')}`;
}

/** The name under which this worker holds the Lease: the same after a restart on the same host. */
export function identityOf(configuration: Pick<Configuration, 'identity' | 'httpAddress'>): string {
  if (configuration.identity !== '') return configuration.identity;
  return `${hostname()}/${configuration.httpAddress.host}:${String(configuration.httpAddress.port)}`;
}

interface Given {
  value: string;
  /** How the user wrote it, for error messages. */
  source: string;
}

function fromEnvironment(entry: Setting<unknown>, environment: Environment): Given | undefined {
  const value = environment[entry.variable];
  return value === undefined || value === '' ? undefined : { value, source: entry.variable };
}

function defaultOf(entry: Setting<unknown>, environment: Environment): string {
  return typeof entry.default === 'string' ? entry.default : entry.default(environment);
}

function readFlags(args: readonly string[]): { help: boolean; values: Map<string, Given>; mistakes: string[] } {
  const variableOf = new Map(Object.values(settings).map((entry) => [flagOf(entry.variable), entry.variable]));
  const options = Object.fromEntries(
    [...variableOf.keys()].map((flag) => [flag.slice(2), { type: 'string' as const }]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    strict: false,
    tokens: true,
  });
  const values = new Map<string, Given>();
  const mistakes: string[] = [];
  let help = false;
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push(`The worker takes no argument "${token.value}"; see --help.`);
    if (token.kind !== 'option') continue;
    const variable = variableOf.get(token.rawName);
    if (token.name === 'help') help = true;
    else if (variable === undefined) mistakes.push(`There is no flag ${token.rawName}; see --help.`);
    else if (token.value === undefined || (!token.inlineValue && token.value.startsWith('--'))) {
      mistakes.push(`${token.rawName} needs a value; see --help.`);
    } else values.set(variable, { value: token.value, source: token.rawName });
  }
  return { help, values, mistakes };
}

/**
 * A misspelt variable would silently leave a default in place. Not a mistake: Kubernetes puts variables such as
 * `FLOTILLA_SERVICE_HOST` into the pods beside a Service of that name.
 */
function unknownVariables(environment: Environment): string[] {
  const known = new Set(Object.values(settings).map((entry) => entry.variable));
  const unknown = Object.keys(environment).filter((name) => name.startsWith('FLOTILLA_') && !known.has(name));
  return unknown
    .filter((name) => !isOfOtherPrograms(name))
    .sort()
    .map((name) => `There is no setting ${name}; remove it or correct its name, see --help.`);
}

/** Variables of the local fleet, of the tests and of a Kubernetes Service named flotilla may stand in the same shell. */
function isOfOtherPrograms(name: string): boolean {
  return /^FLOTILLA_(LOCAL|TEST|BENCH|SERVICE|PORT|ETCD|TEMPORAL|KUBECTL|KUBE_APISERVER|KUBE_CONTROLLER_MANAGER)(_|$)/.test(
    name,
  );
}

function contradictions(configuration: Configuration): string[] {
  const found: string[] = [];
  if (configuration.snapshotQuietMs > configuration.snapshotMaxDelayMs) {
    found.push(
      `FLOTILLA_SNAPSHOT_QUIET_MS (${String(configuration.snapshotQuietMs)}) must not be above ` +
        `FLOTILLA_SNAPSHOT_MAX_DELAY_MS (${String(configuration.snapshotMaxDelayMs)}).`,
    );
  }
  if (configuration.skippedPropagatingApis.length > 0 && configuration.allowedPropagatingApis.length > 0) {
    found.push(
      'FLOTILLA_SKIPPED_PROPAGATING_APIS and FLOTILLA_ALLOWED_PROPAGATING_APIS exclude each other: remove one of them.',
    );
  }
  return found;
}
