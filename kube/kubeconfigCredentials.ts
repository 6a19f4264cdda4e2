/** Credentials of one context of a kubeconfig, without the Kubernetes library wherever that can be. */
import { readFile } from 'node:fs/promises';
import { parseServerUrl, type CredentialSource, type Credentials, type TlsMaterial } from './credentials.ts';
import { KubernetesError } from './errors.ts';
import { runExecCredential } from './execCredential.ts';
import type { ClusterEntry, Kubeconfig, UserEntry } from './kubeconfig.ts';

/** A second {@link KubeconfigCredentials.read} runs programs and reads files anew. */
export class KubeconfigCredentials implements CredentialSource {
  readonly #name: string;
  readonly #kubeconfig: Kubeconfig;
  readonly #context: string;

  /** @param name the cluster's name in Flotilla, for errors */
  constructor(name: string, kubeconfig: Kubeconfig, context: string) {
    this.#name = name;
    this.#kubeconfig = kubeconfig;
    this.#context = context;
  }

  get server(): string {
    return this.#cluster?.server ?? '';
  }

  /** @throws KubernetesError of class `unauthorised` */
  async read(): Promise<Credentials> {
    const cluster = this.#cluster;
    const server = parseServerUrl(cluster?.server);
    if (cluster === undefined || server === undefined) {
      throw this.#error(`Context ${this.#context} of the kubeconfig names no cluster with a server that can be meant.`);
    }
    const { 'proxy-url': proxyUrl } = cluster;
    try {
      const user = this.#user;
      if (user['auth-provider'] !== undefined) return await this.#withLibrary(cluster, user);
      const { headers, tls } = await materialOf(user, cluster);
      return { server, headers, tls: { ...(await trustOf(cluster)), ...tls }, ...(proxyUrl && { proxyUrl }) };
    } catch (error) {
      const reason = error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
      throw this.#error(
        `The credentials of context ${this.#context} could not be read: ${reason}; correct its user in the kubeconfig.`,
      );
    }
  }

  get #cluster(): ClusterEntry | undefined {
    return this.#kubeconfig.clusters.get(this.#kubeconfig.contexts.get(this.#context)?.cluster ?? '');
  }

  get #user(): UserEntry {
    const { user } = this.#kubeconfig.contexts.get(this.#context) ?? {};
    if (user === undefined || user === '') return {};
    const entry = this.#kubeconfig.users.get(user);
    if (entry === undefined) throw new Error(`there is no user ${user}`);
    return entry;
  }

  /** Ways to log in that only the library knows: they were built into kubectl once and are rare by now. */
  async #withLibrary(cluster: ClusterEntry, user: UserEntry): Promise<Credentials> {
    const [{ KubeConfig }, { LibraryCredentials }] = await Promise.all([
      import('@kubernetes/client-node'),
      import('./libraryCredentials.ts'),
    ]);
    const name = this.#context;
    const config = new KubeConfig();
    config.loadFromString(
      JSON.stringify({
        'current-context': name,
        clusters: [{ name, cluster }],
        users: [{ name, user }],
        contexts: [{ name, context: { cluster: name, user: name } }],
      }),
    );
    return new LibraryCredentials(this.#name, config).read();
  }

  #error(message: string): KubernetesError {
    return new KubernetesError(message, {
      errorClass: 'unauthorised',
      cluster: this.#name,
      reason: 'BadKubeconfig',
    });
  }
}

/** How the server is told from another one. */
async function trustOf(cluster: ClusterEntry): Promise<TlsMaterial> {
  const ca = await content(cluster['certificate-authority-data'], cluster['certificate-authority']);
  const { 'tls-server-name': servername } = cluster;
  return {
    ...(ca !== undefined && { ca }),
    ...((servername ?? '') !== '' && { servername }),
    ...(cluster['insecure-skip-tls-verify'] === true && { rejectUnauthorized: false }),
  };
}

/** How the user shows who it is. */
async function materialOf(
  user: UserEntry,
  cluster: ClusterEntry,
): Promise<{ headers: Credentials['headers']; tls: TlsMaterial }> {
  const given = user.exec === undefined ? {} : await runExecCredential(user.exec, cluster);
  const cert =
    given.clientCertificateData ?? (await content(user['client-certificate-data'], user['client-certificate']));
  const key = given.clientKeyData ?? (await content(user['client-key-data'], user['client-key']));
  const token = given.token ?? (await tokenOf(user));
  const { username, password = '' } = user;
  const authorization =
    token !== undefined
      ? `Bearer ${token}`
      : username === undefined
        ? undefined
        : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return {
    headers: { ...(authorization !== undefined && { authorization }), ...impersonation(user) },
    tls: { ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) },
  };
}

async function tokenOf({ token, tokenFile }: UserEntry): Promise<string | undefined> {
  // A file is renewed from time to time, so it counts where both are given.
  const text = tokenFile === undefined ? token : await readFile(tokenFile, 'utf8');
  return text === undefined || text.trim() === '' ? undefined : text.trim();
}

/** What is in the file itself counts where both are given. */
async function content(data: string | undefined, file: string | undefined): Promise<Buffer | undefined> {
  if (data !== undefined && data !== '') return Buffer.from(data, 'base64');
  return file === undefined || file === '' ? undefined : readFile(file);
}

function impersonation(user: UserEntry): Record<string, string | string[]> {
  const { as, 'as-uid': uid, 'as-groups': groups = [], 'as-user-extra': extra = {} } = user;
  return {
    ...(as !== undefined && { 'impersonate-user': as }),
    ...(uid !== undefined && { 'impersonate-uid': uid }),
    ...(groups.length > 0 && { 'impersonate-group': groups }),
    ...Object.fromEntries(
      Object.entries(extra).map(([key, values]) => [`impersonate-extra-${encodeURIComponent(key)}`, values]),
    ),
  };
}
