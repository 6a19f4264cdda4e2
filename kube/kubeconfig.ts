/**
 * Kubeconfigs, found, merged and read as kubectl does it. The Kubernetes library can do most of that as well, but it
 * takes longer to load than most commands to run.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

/** Entry of `clusters`, in the words of the file. */
export interface ClusterEntry {
  server?: string;
  'certificate-authority'?: string;
  /** Base64. */
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'tls-server-name'?: string;
  'proxy-url'?: string;
}

/** Entry of `users`. Fields that end in `-data` are base64. */
export interface UserEntry {
  token?: string;
  tokenFile?: string;
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  username?: string;
  password?: string;
  as?: string;
  'as-uid'?: string;
  'as-groups'?: string[];
  'as-user-extra'?: Record<string, string[]>;
  exec?: ExecEntry;
  'auth-provider'?: unknown;
}

/** A program that prints credentials. */
export interface ExecEntry {
  apiVersion?: string;
  command?: string;
  args?: string[] | null;
  env?: { name: string; value: string }[] | null;
  installHint?: string;
  provideClusterInfo?: boolean;
  interactiveMode?: 'Never' | 'IfAvailable' | 'Always';
}

/** Entry of `contexts`. */
export interface ContextEntry {
  cluster?: string;
  user?: string;
  namespace?: string;
}

/** One or several files as one. Names of files in it are absolute. */
export interface Kubeconfig {
  /** Undefined where no file names one. */
  currentContext?: string;
  clusters: ReadonlyMap<string, ClusterEntry>;
  users: ReadonlyMap<string, UserEntry>;
  contexts: ReadonlyMap<string, ContextEntry>;
}

/** There is no kubeconfig, or what is there is none. `message` is one sentence and quotes nothing of a file. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
}

/**
 * The files that `KUBECONFIG` lists, else `~/.kube/config`, else the service account of the pod this runs in. Of two
 * entries with one name the first counts, and so does the first current context; files that are not there are left out.
 * @throws KubeconfigError
 */
export async function loadKubeconfig(environment: Readonly<Record<string, string | undefined>>): Promise<Kubeconfig> {
  const listed = (environment.KUBECONFIG ?? '').split(delimiter).filter((file) => file !== '');
  const usual = join(environment.HOME ?? homedir(), '.kube', 'config');
  const present = (listed.length > 0 ? listed : [usual]).filter((file) => existsSync(file));
  if (present.length > 0) return merged(await Promise.all(present.map(readFileOf)));
  if (listed.length > 0) {
    const which = listed.length === 1 ? `${listed.join()}, which is not there` : `files of which none is there`;
    throw new KubeconfigError(`There is no kubeconfig: KUBECONFIG names ${which}.`);
  }
  const inPod = serviceAccount(environment);
  if (inPod !== undefined) return inPod;
  throw new KubeconfigError(
    `There is no kubeconfig: neither KUBECONFIG is set nor is there ${usual}; KUBECONFIG has to name one.`,
  );
}

/** A file as it is written. */
interface KubeconfigFile {
  'current-context'?: string;
  clusters?: Named<'cluster', ClusterEntry>[] | null;
  users?: Named<'user', UserEntry>[] | null;
  contexts?: Named<'context', ContextEntry>[] | null;
}

type Named<Key extends string, Entry> = { name?: string } & Partial<Record<Key, Entry | null>>;

async function readFileOf(file: string): Promise<Kubeconfig> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KubeconfigError(`The kubeconfig ${file} cannot be read: ${reason}.`);
  });
  return parseKubeconfig(await contentOf(file, text), file);
}

/** @throws KubeconfigError. The parser's own message would quote the file. */
async function contentOf(file: string, text: string): Promise<unknown> {
  try {
    if (text.trimStart().startsWith('{')) return JSON.parse(text) as unknown;
    const { parse } = await import('yaml');
    return parse(text) as unknown;
  } catch {
    throw new KubeconfigError(`${file} is not a kubeconfig: it is neither YAML nor JSON.`);
  }
}

/** @param file where the content is from: what it names is found from there. @throws KubeconfigError */
export function parseKubeconfig(content: unknown, file: string): Kubeconfig {
  // An empty file is what some programs leave when they take the last context away.
  const parts = (content ?? {}) as KubeconfigFile;
  const lists = [parts.clusters ?? [], parts.users ?? [], parts.contexts ?? []];
  if (typeof parts !== 'object' || !lists.every((list) => Array.isArray(list))) {
    throw new KubeconfigError(`${file} is not a kubeconfig: clusters, users and contexts have to be lists.`);
  }
  const folder = dirname(resolve(file));
  const { 'current-context': currentContext } = parts;
  return {
    ...((currentContext ?? '') !== '' && { currentContext }),
    clusters: new Map(entries(parts.clusters, 'cluster').map(([name, entry]) => [name, absolute(entry, folder)])),
    users: new Map(entries(parts.users, 'user').map(([name, entry]) => [name, absolute(entry, folder)])),
    contexts: new Map(entries(parts.contexts, 'context')),
  };
}

function entries<Key extends string, Entry extends object>(
  list: Named<Key, Entry>[] | null | undefined,
  key: Key,
): [string, Entry][] {
  return (list ?? []).flatMap((named): [string, Entry][] => {
    const { name } = named;
    const entry: Entry | null | undefined = named[key];
    // A user without anything is written as `user: {}` or not at all.
    return name === undefined ? [] : [[name, entry ?? ({} as Entry)]];
  });
}

const fileFields = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'] as const;

/** Names of files are meant from the folder of the kubeconfig. */
function absolute<Entry extends ClusterEntry & UserEntry>(entry: Entry, folder: string): Entry {
  const named = fileFields.flatMap((field) => {
    const file = entry[field];
    return file === undefined || file === '' ? [] : [[field, resolve(folder, file)] as const];
  });
  return { ...entry, ...Object.fromEntries(named), ...(entry.exec && { exec: absoluteCommand(entry.exec, folder) }) };
}

/** A bare name is looked for in PATH. */
function absoluteCommand(exec: ExecEntry, folder: string): ExecEntry {
  const { command } = exec;
  return command?.includes('/') === true ? { ...exec, command: resolve(folder, command) } : exec;
}

function merged(files: readonly Kubeconfig[]): Kubeconfig {
  const currentContext = files.find((file) => file.currentContext !== undefined)?.currentContext;
  // Of a Map's entries with one key the last one stays.
  const last = files.toReversed();
  return {
    ...(currentContext !== undefined && { currentContext }),
    clusters: new Map(last.flatMap(({ clusters }) => [...clusters])),
    users: new Map(last.flatMap(({ users }) => [...users])),
    contexts: new Map(last.flatMap(({ contexts }) => [...contexts])),
  };
}

const serviceAccountFolder = '/var/run/secrets/kubernetes.io/serviceaccount';

function serviceAccount({
  KUBERNETES_SERVICE_HOST: host,
  KUBERNETES_SERVICE_PORT: port = '443',
}: Readonly<Record<string, string | undefined>>): Kubeconfig | undefined {
  const tokenFile = `${serviceAccountFolder}/token`;
  if (host === undefined || !existsSync(tokenFile)) return undefined;
  const name = 'in-cluster';
  const server = `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return {
    currentContext: name,
    clusters: new Map([[name, { server, 'certificate-authority': `${serviceAccountFolder}/ca.crt` }]]),
    users: new Map([[name, { tokenFile }]]),
    contexts: new Map([[name, { cluster: name, user: name }]]),
  };
}
