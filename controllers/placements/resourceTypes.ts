/**
 * Which kinds the hub serves at the moment. New and removed CustomResourceDefinitions are noticed through a watch;
 * kinds of aggregated API servers, for which there is none, at the next repair.
 */
import { kinds } from '../../api/kinds.ts';
import type { Condition, KubernetesObject } from '../../api/meta.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import type { DiscoveredResource, Discovery } from '../../kube/discovery.ts';
import { Informer } from '../../kube/informer.ts';
import { kindsServed } from './neededKinds.ts';

export interface ResourceTypesOptions {
  hub: KubernetesClient;
  /** The set of served kinds is another one now. */
  onChange(): void;
  /** Discovery failed and is tried again. */
  onError(error: unknown): void;
  /** Milliseconds between two looks at discovery when no watch asks for one. @default 300000 */
  repairIntervalMs?: number;
}

/** The part of a CustomResourceDefinition that says what it serves. */
interface CustomResourceDefinition extends KubernetesObject {
  spec?: { group?: string; names?: { kind?: string }; versions?: { name: string; served?: boolean }[] };
  status?: { conditions?: Condition[] };
}

const firstRetryMs = 100;
const longestRetryMs = 5_000;

/** Discovery of the hub, kept fresh. */
export class ResourceTypes {
  /** Resolves once discovery has answered for the first time. */
  readonly synced: Promise<void>;
  readonly #options: ResourceTypesOptions;
  readonly #definitions: Informer<KubernetesObject>;
  #discovery: Discovery | undefined;
  #resources: DiscoveredResource[] = [];
  #fingerprint = '';
  #refreshing = false;
  #askedAgain = false;
  #retryMs = firstRetryMs;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #resolveSynced: () => void = () => undefined;

  constructor(options: ResourceTypesOptions) {
    this.#options = options;
    this.synced = new Promise((resolve) => (this.#resolveSynced = resolve));
    this.#definitions = new Informer(options.hub, kinds.customResourceDefinition, {
      onEvent: ({ object, previous }) => {
        if (previous === undefined || servedKinds(object).join() !== servedKinds(previous).join()) this.#ask();
      },
      onError: (error) => {
        options.onError(error);
      },
    });
  }

  start(): void {
    this.#definitions.start();
    this.#ask();
  }

  /** The kind as served, or `undefined` if the hub does not know it (yet). */
  find(group: string, version: string, kind: string): DiscoveredResource | undefined {
    return this.#discovery?.find(group, version, kind);
  }

  /** See {@link kindsServed}. */
  all(): DiscoveredResource[] {
    return this.#resources;
  }

  /** Group versions, as `group/version`, whose kinds are unknown because the API server behind them does not answer. */
  unknown(): readonly string[] {
    return this.#discovery?.incomplete ?? [];
  }

  /** Asks the hub again: something does not fit what it said last. */
  look(): void {
    this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#definitions.stop();
  }

  #ask(): void {
    if (this.#stopped) return;
    if (this.#refreshing) this.#askedAgain = true;
    else void this.#refresh();
  }

  async #refresh(): Promise<void> {
    if (this.#stopped) return;
    this.#refreshing = true;
    clearTimeout(this.#timer);
    let complete = false;
    try {
      this.#accept(await this.#options.hub.discover({ refresh: true }));
      complete = this.#servesAllDefinitions() && this.unknown().length === 0;
    } catch (error) {
      this.#options.onError(error);
    }
    this.#refreshing = false;
    if (this.#askedAgain) {
      this.#askedAgain = false;
      this.#ask();
    } else {
      this.#sleep(complete);
    }
  }

  #accept(discovery: Discovery): void {
    this.#discovery = discovery;
    this.#resources = kindsServed(discovery);
    const fingerprint = discovery.resources
      .map(({ group, version, kind, verbs }) => `${group}/${version}/${kind}:${verbs.join()}`)
      .concat(discovery.incomplete)
      .sort()
      .join('\n');
    const changed = fingerprint !== this.#fingerprint;
    this.#fingerprint = fingerprint;
    this.#resolveSynced();
    if (changed) this.#options.onChange();
  }

  /** An API server publishes a new kind a moment after it is established. */
  #servesAllDefinitions(): boolean {
    return this.#definitions
      .items()
      .flatMap(servedKinds)
      .every((served) => {
        const [group = '', version = '', kind = ''] = served.split('/');
        return this.find(group, version, kind) !== undefined;
      });
  }

  #sleep(complete: boolean): void {
    if (this.#stopped) return;
    const repairMs = this.#options.repairIntervalMs ?? 300_000;
    const delayMs = complete ? repairMs : this.#retryMs;
    this.#retryMs = complete ? firstRetryMs : Math.min(this.#retryMs * 2, longestRetryMs);
    this.#timer = setTimeout(() => {
      this.#ask();
    }, delayMs);
  }
}

/** `group/version/Kind` of each version that an established definition serves. */
function servedKinds(object: KubernetesObject): string[] {
  const { spec, status } = object as CustomResourceDefinition;
  const established = status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');
  if (established !== true || object.metadata.deletionTimestamp !== undefined) return [];
  return (spec?.versions ?? [])
    .filter((version) => version.served === true)
    .map((version) => `${spec?.group ?? ''}/${version.name}/${spec?.names?.kind ?? ''}`);
}
