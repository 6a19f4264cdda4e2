/** Clients of member clusters, from the kubeconfigs that the hub keeps. */
import { createHash } from 'node:crypto';
import { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { kinds } from '../api/kinds.ts';
import type { Secret } from '../api/kinds.ts';
import { memberNamespace, memberSecretName } from '../api/names.ts';
import { KubernetesClient } from './client.ts';
import { KubernetesError, isServerFailure, isThrottled, isUnreachable } from './errors.ts';
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

  /** Lets go of a member that is none any more. Whoever still holds its client has a while to finish. */
  forget(cluster: string): void {
    const entry = this.#entries.get(cluster);
    if (entry === undefined) {
      return;
    }
    this.#entries.delete(cluster);
    this.#retire(entry);
    // A check that is under way would leave a client that nobody closes.
    void entry.checking?.then(
      () => this.#retire(entry),
      () => undefined,
    );
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
    const present = entry.client;
    try {
      const kubeconfig = await this.#kubeconfigOf(cluster, entry);
      const hash = createHash('sha256').update(kubeconfig).digest('hex');
      if (entry.client === undefined || entry.hash !== hash) {
        const client = this.#newClient(cluster, kubeconfig, entry);
        this.#retire(entry);
        entry.client = client;
        entry.hash = hash;
      }
    } catch (error) {
      // A hub that is away says nothing about the member: what worked goes on.
      if (present === undefined || entry.client !== present || !isPassing(error)) {
        throw error;
      }
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
    const kubeconfig = this.#parse(cluster, text);
    return KubernetesClient.fromKubeconfig({
      name: cluster,
      kubeconfig,
      ...this.#options.limits,
      onTrouble: () => {
        entry.checkedAt = 0;
      },
    });
  }

  #parse(cluster: string, text: string): KubeConfig {
    const kubeconfig = new KubeConfig();
    try {
      const content: unknown = parse(text);
      if (this.#options.trustKubeconfigs !== true) {
        requireSelfContained(cluster, content);
      }
      // What was checked is what is loaded, however another parser would read the text.
      kubeconfig.loadFromString(JSON.stringify(content));
    } catch (error) {
      if (error instanceof KubernetesError) {
        throw error;
      }
      // The parser's message quotes the text.
      throw poolError(
        cluster,
        'BadKubeconfig',
        `The kubeconfig of member cluster ${cluster} cannot be read: join it again with a valid one.`,
      );
    }
    return kubeconfig;
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

/** The parts of a kubeconfig that may refer to something outside of it. */
interface KubeconfigContent {
  clusters?: { cluster?: Record<string, unknown> }[];
  users?: { user?: Record<string, unknown> }[];
}

/**
 * A kubeconfig from the hub must stand for itself. Loading one reads its token files, so this comes first.
 * @param content the parsed file
 * @throws KubernetesError of class `unauthorised`
 */
export function requireSelfContained(cluster: string, content: unknown): void {
  const { clusters = [], users = [] } = (content ?? {}) as KubeconfigContent;
  const keys = [...clusters.map((entry) => entry.cluster), ...users.map((entry) => entry.user)].flatMap((entry) =>
    Object.keys(entry ?? {}),
  );
  const program = keys.find((key) => ['exec', 'auth-provider'].includes(key));
  if (program !== undefined) {
    throw poolError(
      cluster,
      'BadKubeconfig',
      `The kubeconfig of member cluster ${cluster} logs in with a program (${program}): join it again with a token or a client certificate.`,
    );
  }
  const file = keys.find((key) => fileKeys.includes(key));
  if (file !== undefined) {
    throw poolError(
      cluster,
      'BadKubeconfig',
      `The kubeconfig of member cluster ${cluster} refers to a file (${file}): join it again with what kubectl config view --raw --flatten prints.`,
    );
  }
}

const fileKeys = ['certificate-authority', 'client-certificate', 'client-key', 'token-file', 'tokenFile'];

function isPassing(error: unknown): boolean {
  return isUnreachable(error) || isThrottled(error) || isServerFailure(error);
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
