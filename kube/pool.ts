/** Clients of member clusters, from the kubeconfigs that the hub keeps. */
import { createHash } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import { kinds } from '../api/kinds.ts';
import type { Secret } from '../api/kinds.ts';
import { memberNamespace, memberSecretName } from '../api/names.ts';
import { KubernetesClient } from './client.ts';
import { KubernetesError } from './errors.ts';
import type { TransportLimits } from './transport.ts';

export interface MemberPoolOptions {
  /** Limits of each member's client. */
  limits?: Partial<TransportLimits>;
  /**
   * Whether a member's kubeconfig may name a program to run for a token, and files of this machine.
   * Whoever may write the Secret could then run and read things here.
   * @default false
   */
  trustKubeconfigs?: boolean;
  /** A changed Secret is noticed after this time at the latest, at once after trouble with the member. @default 30000 */
  recheckMs?: number;
}

/**
 * One client for each member cluster, made from Secret `kubeconfig` in the member's hub namespace. A new Secret makes
 * a new client; requests under way finish on the old one.
 */
export class MemberPool {
  readonly #hub: KubernetesClient;
  readonly #options: MemberPoolOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #retired = new Set<KubernetesClient>();
  #closed = false;

  constructor(hub: KubernetesClient, options: MemberPoolOptions = {}) {
    this.#hub = hub;
    this.#options = options;
  }

  /**
   * The client of a member.
   * @throws KubernetesError of class `unauthorised` when the member's Secret is missing or unusable, or what reading it
   * from the hub throws
   */
  client(cluster: string, signal?: AbortSignal): Promise<KubernetesClient> {
    const entry = this.#entries.get(cluster) ?? { checkedAt: 0 };
    this.#entries.set(cluster, entry);
    if (entry.client !== undefined && Date.now() - entry.checkedAt < (this.#options.recheckMs ?? 30_000)) {
      return Promise.resolve(entry.client);
    }
    entry.checking ??= this.#check(cluster, entry).finally(() => {
      entry.checking = undefined;
    });
    return untilAborted(entry.checking, signal);
  }

  /** Has the member's Secret looked at with the next call of {@link client}: for callers that watch the Secrets. */
  recheck(cluster: string): void {
    const entry = this.#entries.get(cluster);
    if (entry !== undefined) {
      entry.checkedAt = 0;
    }
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    this.#closed = true;
    const clients = [...this.#entries.values()].flatMap(({ client }) => (client === undefined ? [] : [client]));
    await Promise.all([...clients, ...this.#retired].map((client) => client.close()));
    this.#entries.clear();
    this.#retired.clear();
  }

  async #check(cluster: string, entry: Entry): Promise<KubernetesClient> {
    const kubeconfig = await this.#kubeconfigOf(cluster, entry);
    const hash = createHash('sha256').update(kubeconfig).digest('hex');
    if (entry.client === undefined || entry.hash !== hash) {
      const client = this.#newClient(cluster, kubeconfig, entry);
      this.#retire(entry);
      entry.client = client;
      entry.hash = hash;
    }
    entry.checkedAt = Date.now();
    return entry.client;
  }

  async #kubeconfigOf(cluster: string, entry: Entry): Promise<string> {
    if (this.#closed) {
      throw poolError(cluster, 'Closed', `The clients of the member clusters were closed.`);
    }
    const namespace = memberNamespace(cluster);
    const secret: Secret | undefined = await this.#hub.find(kinds.secret, memberSecretName, namespace);
    const encoded = secret?.data?.[memberSecretKey];
    if (encoded !== undefined) {
      return Buffer.from(encoded, 'base64').toString();
    }
    this.#retire(entry);
    const lacks =
      secret === undefined
        ? `no Secret ${memberSecretName}`
        : `no key ${memberSecretKey} in Secret ${memberSecretName}`;
    throw poolError(
      cluster,
      'NoKubeconfig',
      `Member cluster ${cluster} has ${lacks} in namespace ${namespace} on the hub: run flotilla join ${cluster} --kubeconfig FILE.`,
    );
  }

  #newClient(cluster: string, text: string, entry: Entry): KubernetesClient {
    const kubeconfig = new KubeConfig();
    try {
      kubeconfig.loadFromString(text);
    } catch {
      // The parser's message quotes the text.
      throw poolError(
        cluster,
        'BadKubeconfig',
        `The kubeconfig of member cluster ${cluster} cannot be read: join it again with a valid one.`,
      );
    }
    if (this.#options.trustKubeconfigs !== true) {
      refuseForeignMeans(cluster, kubeconfig);
    }
    return KubernetesClient.fromKubeconfig({
      name: cluster,
      kubeconfig,
      ...this.#options.limits,
      onTrouble: () => {
        entry.checkedAt = 0;
      },
    });
  }

  /** Takes a client out of use. Whoever still holds it has a while to finish. */
  #retire(entry: Entry): void {
    const { client } = entry;
    if (client === undefined) {
      return;
    }
    entry.client = undefined;
    entry.hash = undefined;
    this.#retired.add(client);
    setTimeout(() => {
      if (this.#retired.delete(client)) {
        void client.close();
      }
    }, retiredMs).unref();
  }
}

interface Entry {
  client?: KubernetesClient;
  /** SHA-256 of the kubeconfig that the client was made from. */
  hash?: string;
  checkedAt: number;
  checking?: Promise<KubernetesClient>;
}

/** Key of the member's Secret. */
const memberSecretKey = 'kubeconfig';

const retiredMs = 60_000;

/** A kubeconfig from the hub must stand for itself. */
function refuseForeignMeans(cluster: string, kubeconfig: KubeConfig): void {
  for (const user of kubeconfig.getUsers()) {
    if (user.exec !== undefined || user.authProvider !== undefined) {
      throw poolError(
        cluster,
        'BadKubeconfig',
        `The kubeconfig of member cluster ${cluster} names a program to log in with: join it again with a token or a client certificate.`,
      );
    }
  }
  const files = [
    ...kubeconfig.getClusters().map(({ caFile }) => caFile),
    ...kubeconfig.getUsers().flatMap(({ certFile, keyFile }) => [certFile, keyFile]),
  ];
  if (files.some((file) => file !== undefined)) {
    throw poolError(
      cluster,
      'BadKubeconfig',
      `The kubeconfig of member cluster ${cluster} refers to files: join it again with what kubectl config view --raw --flatten prints.`,
    );
  }
}

function poolError(cluster: string, reason: string, message: string): KubernetesError {
  return new KubernetesError(message, { errorClass: 'unauthorised', cluster, reason });
}

function untilAborted<R>(promise: Promise<R>, signal: AbortSignal | undefined): Promise<R> {
  if (signal === undefined) {
    return promise;
  }
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => {
    aborted.reject(signal.reason as Error);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([promise, aborted.promise]).finally(() => {
    signal.removeEventListener('abort', onAbort);
  });
}
