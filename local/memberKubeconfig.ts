/** Making a kubeconfig fit to be kept on the hub: one context, and nothing that stands in another file. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse, stringify } from 'yaml';

interface NamedEntry {
  name: string;
  [part: string]: unknown;
}

interface KubeconfigFile {
  'current-context'?: string;
  clusters?: NamedEntry[];
  users?: NamedEntry[];
  contexts?: NamedEntry[];
}

/** Fields that name a file, and the fields that hold its content in base64 instead. */
const fileFields = [
  ['certificate-authority', 'certificate-authority-data'],
  ['client-certificate', 'client-certificate-data'],
  ['client-key', 'client-key-data'],
] as const;

/**
 * Reads a kubeconfig and keeps what one context needs.
 * @param context the file's current context if absent
 * @returns YAML with that context alone, as current one, certificates and tokens inside
 */
export async function memberKubeconfig(path: string, context?: string): Promise<string> {
  const file = await readKubeconfig(path);
  const name = context ?? file['current-context'];
  if (name === undefined || name === '') throw new Error(`${path} has no current context; name one with --context.`);
  const chosen = partOf(file.contexts, name, 'context', path) as {
    cluster?: string;
    user?: string;
    namespace?: string;
  };
  const cluster = partOf(file.clusters, chosen.cluster, 'cluster', path);
  const user = chosen.user === undefined ? {} : partOf(file.users, chosen.user, 'user', path);
  const folder = dirname(resolve(path));
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [{ name: chosen.cluster, cluster: await withFilesInside(cluster, folder) }],
    users: [{ name: chosen.user ?? 'none', user: await withToken(await withFilesInside(user, folder), folder) }],
    contexts: [{ name, context: { ...chosen, user: chosen.user ?? 'none' } }],
  });
}

async function readKubeconfig(path: string): Promise<KubeconfigFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new Error(`The kubeconfig ${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  try {
    const file = parse(text) as KubeconfigFile | null;
    if (file !== null && typeof file === 'object') return file;
  } catch {
    // The sentence below says the same for a file that is YAML of another kind.
  }
  throw new Error(`${path} is not a kubeconfig.`);
}

/** `clusters`, `users` and `contexts` keep each entry's content under the singular of their own name. */
function partOf(
  entries: NamedEntry[] | undefined,
  name: string | undefined,
  kind: 'cluster' | 'user' | 'context',
  path: string,
): Record<string, unknown> {
  const entry = entries?.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const names = entries?.map((candidate) => candidate.name) ?? [];
    throw new Error(`${path} has no ${kind} "${name ?? ''}"${names.length > 0 ? `, only ${names.join(', ')}` : ''}.`);
  }
  return entry[kind] as Record<string, unknown>;
}

async function withFilesInside(part: Record<string, unknown>, folder: string): Promise<Record<string, unknown>> {
  const contents = await Promise.all(
    fileFields.map(async ([field, dataField]): Promise<Record<string, unknown>> => {
      const file = part[field];
      if (typeof file !== 'string') return {};
      return { [dataField]: (await readFile(resolve(folder, file))).toString('base64') };
    }),
  );
  const kept = Object.entries(part).filter(([field]) => !fileFields.some(([name]) => name === field));
  // Where both are given, the content counts, as it does for kubectl.
  return Object.assign({}, ...contents, Object.fromEntries(kept)) as Record<string, unknown>;
}

async function withToken(user: Record<string, unknown>, folder: string): Promise<Record<string, unknown>> {
  const { tokenFile, ...rest } = user;
  if (typeof tokenFile !== 'string') return user;
  return { ...rest, token: rest.token ?? (await readFile(resolve(folder, tokenFile), 'utf8')).trim() };
}
