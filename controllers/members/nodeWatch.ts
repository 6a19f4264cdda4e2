/** The nodes of one member, kept up to date by a watch for as long as the member answers. */
import type { ResourceDefinition } from '../../api/meta.ts';
import { instanceTypeLabel, type Node } from '../../domain/members/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isNotFound, isUnauthorised } from '../../kube/errors.ts';
import { Informer, type InformerEvent } from '../../kube/informer.ts';
import { sameJson } from '../sameJson.ts';

const nodeKind: ResourceDefinition<Node> = {
  group: '',
  version: 'v1',
  kind: 'Node',
  plural: 'nodes',
  namespaced: false,
};

export class NodeWatch {
  readonly #onChange: () => void;
  #client: KubernetesClient | undefined;
  #informer: Informer<Node> | undefined;
  #refusal: unknown;

  /** @param onChange called when a node has come, gone or changed in what counts, not for its heartbeats */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /**
   * Makes sure that the watch runs over this client, and waits for the first list.
   * @throws what the list has failed with, or the signal's reason
   */
  async follow(client: KubernetesClient, signal: AbortSignal): Promise<Node[]> {
    if (this.#informer === undefined || this.#client !== client) this.#start(client);
    const informer = this.#informer;
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => {
      aborted.reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      signal.throwIfAborted();
      await Promise.race([informer?.synced, aborted.promise]);
    } catch (error) {
      throw this.#refusal ?? error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
    return informer?.items() ?? [];
  }

  /** The nodes as they are known; undefined while no watch runs. */
  get nodes(): Node[] | undefined {
    return this.#informer?.items();
  }

  /** Ends the watch; the next {@link follow} begins a new one. */
  stop(): void {
    this.#informer?.stop();
    this.#informer = undefined;
    this.#client = undefined;
  }

  #start(client: KubernetesClient): void {
    this.stop();
    this.#refusal = undefined;
    this.#client = client;
    const informer = new Informer(client, nodeKind, {
      keep: whatCounts,
      onEvent: (event) => {
        if (concernsUs(event)) this.#onChange();
      },
      onError: (error) => {
        // Asking a member again and again for what it does not give is left to the next heartbeat.
        if (!isUnauthorised(error) && !isNotFound(error)) return;
        this.#refusal = error;
        if (this.#informer === informer) this.stop();
      },
    });
    this.#informer = informer;
    informer.start();
  }
}

/** Nodes list every image that they hold; a thousand members have tens of thousands of nodes. */
function whatCounts({ apiVersion, kind, metadata, status }: Node): Node {
  const { name, uid, resourceVersion, labels } = metadata;
  const type = labels?.[instanceTypeLabel];
  return {
    apiVersion,
    kind,
    metadata: { name, uid, resourceVersion, ...(type !== undefined && { labels: { [instanceTypeLabel]: type } }) },
    status: { capacity: room(status?.capacity), allocatable: room(status?.allocatable) },
  };
}

function room(amounts: Record<string, string> | undefined): Record<string, string> {
  const { cpu, memory } = amounts ?? {};
  return { ...(cpu !== undefined && { cpu }), ...(memory !== undefined && { memory }) };
}

function concernsUs({ type, object, previous }: InformerEvent<Node>): boolean {
  if (type !== 'modified' || previous === undefined) return true;
  return !sameJson([object.status, object.metadata.labels], [previous.status, previous.metadata.labels]);
}
