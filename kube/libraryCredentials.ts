/** Credentials that the Kubernetes library reads out of a kubeconfig: it knows every way to authenticate. */
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { parseServerUrl, type CredentialSource, type Credentials, type TlsMaterial } from './credentials.ts';
import { KubernetesError } from './errors.ts';

/** Reads the credentials of one context; a second call runs exec plugins and reads token files anew. */
export class LibraryCredentials implements CredentialSource {
  readonly #cluster: string;
  readonly #kubeconfig: KubeConfig;
  readonly #context: string;

  /** @param cluster the cluster's name in Flotilla, for errors */
  constructor(cluster: string, kubeconfig: KubeConfig, context?: string) {
    this.#cluster = cluster;
    this.#kubeconfig = kubeconfig;
    this.#context = context ?? kubeconfig.getCurrentContext();
  }

  /** URL of the server as the kubeconfig has it, for errors. */
  get server(): string {
    const context = this.#kubeconfig.getContexts().find((candidate) => candidate.name === this.#context);
    return this.#kubeconfig.getClusters().find((candidate) => candidate.name === context?.cluster)?.server ?? '';
  }

  /** @throws KubernetesError of class `unauthorised` */
  async read(): Promise<Credentials> {
    const kubeconfig = await this.#onlyThisContext();
    const options: RequestOptions = {};
    try {
      await kubeconfig.applyToHTTPSOptions(options);
    } catch (error) {
      throw new KubernetesError(
        `The credentials for cluster ${this.#cluster} could not be read: check user and certificates of its kubeconfig context ${this.#context}.`,
        { errorClass: 'unauthorised', cluster: this.#cluster, reason: 'BadKubeconfig', detail: messageOf(error) },
      );
    }
    const cluster = kubeconfig.getCurrentCluster();
    return {
      server: this.#serverUrl(cluster?.server),
      headers: headersOf(options),
      tls: tlsOf(options),
      proxyUrl: cluster?.proxyUrl,
    };
  }

  /** A copy without the caches of the original, which keep exec tokens by user name, and without anybody else's users. */
  async #onlyThisContext(): Promise<KubeConfig> {
    const context = this.#kubeconfig.getContexts().find((candidate) => candidate.name === this.#context);
    const cluster = this.#kubeconfig.getClusters().find((candidate) => candidate.name === context?.cluster);
    if (context === undefined || cluster === undefined) {
      const missing = context === undefined ? `context ${this.#context}` : `cluster ${context.cluster}`;
      throw new KubernetesError(`The kubeconfig for cluster ${this.#cluster} has no ${missing}.`, {
        errorClass: 'unauthorised',
        cluster: this.#cluster,
        reason: 'BadKubeconfig',
      });
    }
    // Without a user the library would leave out the cluster's certificate authority too.
    const user = this.#kubeconfig.getUsers().find((candidate) => candidate.name === context.user) ?? {
      name: context.user,
    };
    // Whoever made the kubeconfig has loaded the library; nobody else waits for it.
    const library = await import('@kubernetes/client-node');
    const copy = new library.KubeConfig();
    copy.loadFromOptions({
      clusters: [cluster],
      users: [user],
      contexts: [{ ...context, user: user.name }],
      currentContext: context.name,
    });
    return copy;
  }

  #serverUrl(server: string | undefined): URL {
    const url = parseServerUrl(server);
    if (url === undefined) {
      throw new KubernetesError(
        `The kubeconfig for cluster ${this.#cluster} has no valid server URL in context ${this.#context}.`,
        { errorClass: 'unauthorised', cluster: this.#cluster, reason: 'BadKubeconfig' },
      );
    }
    return url;
  }
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries((options.headers ?? {}) as Record<string, unknown>)) {
    headers[name.toLowerCase()] = String(value).trim();
  }
  if (typeof options.auth === 'string') {
    headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  return headers;
}

function tlsOf({ ca, cert, key, passphrase, rejectUnauthorized, servername }: RequestOptions): TlsMaterial {
  const material = { ca, cert, key, passphrase, rejectUnauthorized, servername };
  return Object.fromEntries(Object.entries(material).filter(([, value]) => value !== undefined));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
