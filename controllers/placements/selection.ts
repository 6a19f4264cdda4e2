/** What placements select, read from watch caches of exactly the kinds in use. */
import { kinds } from '../../api/kinds.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { formatReference, parseReference, referenceOf, type ObjectReference } from '../../api/references.ts';
import type { ClusterResourcePlacement } from '../../api/types/clusterresourceplacement.ts';
import {
  cleanForSnapshot,
  kindsToRead,
  propagationRules,
  selectorsConcern,
  selectResources,
  type PropagationRules,
  type ResourceSource,
  type Selection,
} from '../../domain/selection/index.ts';
import { goJson } from '../../domain/snapshots/index.ts';
import { isKindNotServed, isUnreachable } from '../../kube/errors.ts';
import type { InformerEvent } from '../../kube/informer.ts';
import type { PlacementControllerDependencies } from './dependencies.ts';
import { groupsUnknown } from './neededKinds.ts';
import { ResourceCaches } from './resourceCaches.ts';
import { ResourceTypes } from './resourceTypes.ts';

export interface PlacementSelectionOptions extends Pick<
  PlacementControllerDependencies,
  'hub' | 'caches' | 'settings' | 'log'
> {
  /** An object that the placement may select was created, changed or deleted. */
  onChange(placement: ObjectReference): void;
  /** A selection that could not be read may be readable now. */
  onReady(placement: ObjectReference): void;
}

/**
 * Selection, or the kinds that cannot be read yet. `silent` are those of the missing ones that are whole groups, as
 * `group/version`, whose API servers do not answer the hub.
 */
export type SelectionAttempt =
  { ready: true; selection: Selection } | { ready: false; missing: string[]; silent: string[] };

/** See the head of this file. */
export class PlacementSelection {
  readonly #options: PlacementSelectionOptions;
  readonly #rules: PropagationRules;
  readonly #types: ResourceTypes;
  readonly #resources: ResourceCaches;
  /** Placements that have asked, by reference; a new kind may concern each of them. */
  readonly #asked = new Set<string>();
  /** Plurals of kinds that the log has called unreadable. */
  readonly #failing = new Set<string>();
  /** Group versions of which the log has said that their API servers do not answer. */
  #silent = new Set<string>();

  constructor(options: PlacementSelectionOptions) {
    const { hub, log, settings } = options;
    this.#options = options;
    this.#rules = propagationRules(settings);
    this.#types = new ResourceTypes({
      hub,
      onChange: () => {
        for (const placement of this.#asked) options.onChange(parseReference(placement));
      },
      onError: (error) => {
        log.warn({ err: error }, 'Cannot read which kinds the hub serves; trying again.');
      },
      ...(settings.discoveryRepairMs === undefined ? {} : { repairIntervalMs: settings.discoveryRepairMs }),
    });
    this.#resources = new ResourceCaches({
      hub,
      onEvent: (_definition, event, users) => {
        this.#changed(event, users);
      },
      onSynced: (definition, users) => {
        this.#failing.delete(definition.plural);
        for (const placement of users) options.onReady(parseReference(placement));
      },
      onError: (definition, error) => {
        this.#cannotWatch(definition, error);
        // An API server publishes the end of a kind a moment after it has ended.
        if (isKindNotServed(error)) this.#types.look();
      },
    });
  }

  /** Resolves once it is known which kinds the hub serves. */
  get synced(): Promise<void> {
    return this.#types.synced;
  }

  start(): void {
    this.#types.start();
  }

  /** Evaluates a placement's selectors, unless something that they need cannot be read yet. */
  async select(placement: ClusterResourcePlacement): Promise<SelectionAttempt> {
    const reference = referenceOf(placement);
    const user = formatReference(reference);
    this.#asked.add(user);
    const { resourceSelectors } = placement.spec;
    const needed = kindsToRead(reference, resourceSelectors, this.#types.all(), this.#rules);
    const missing = this.#resources.use(user, needed).map(({ plural }) => plural);
    const unknown = groupsUnknown(placement, this.#types.all(), this.#types.unknown(), this.#rules);
    this.#noteSilent(unknown);
    missing.push(...unknown);
    if (missing.length > 0) return { ready: false, missing, silent: unknown };
    const source: ResourceSource = {
      kinds: this.#types.all(),
      find: (kind, scope) => this.#find(kind, scope),
    };
    return { ready: true, selection: await selectResources(reference, resourceSelectors, source, this.#rules) };
  }

  /** The placement is gone: what only it needed is closed. */
  forget(placement: ObjectReference): void {
    const user = formatReference(placement);
    this.#asked.delete(user);
    this.#resources.release(user);
  }

  stop(): void {
    this.#types.stop();
    this.#resources.stop();
  }

  /** Once for each group version, until its API server answers again. */
  #noteSilent(groupVersions: readonly string[]): void {
    const news = groupVersions.filter((groupVersion) => !this.#silent.has(groupVersion));
    const still = new Set(this.#types.unknown());
    this.#silent = new Set([...this.#silent, ...news].filter((groupVersion) => still.has(groupVersion)));
    if (news.length === 0) return;
    const text =
      'The API servers of these groups do not answer the hub; no snapshot that may need them is taken until they do. ' +
      'Repair them, or remove their APIServices.';
    this.#options.log.warn({ groupVersions: news }, text);
  }

  /** Once for each kind. That the hub as a whole is away is said elsewhere. */
  #cannotWatch({ plural }: ResourceDefinition, error: unknown): void {
    const isNews = !isUnreachable(error) && !this.#failing.has(plural);
    if (!isUnreachable(error)) this.#failing.add(plural);
    const text = `Cannot watch ${plural} on the hub; no snapshot that may need them is taken until this works.`;
    this.#options.log[isNews ? 'warn' : 'debug']({ err: error }, text);
  }

  #find(kind: ResourceDefinition, { namespace, name }: { namespace?: string; name?: string }): KubernetesObject[] {
    if (name !== undefined) {
      const object = this.#resources.get(kind, name, namespace);
      return object === undefined ? [] : [object];
    }
    const items = this.#resources.items(kind);
    return namespace === undefined ? items : items.filter(({ metadata }) => metadata.namespace === namespace);
  }

  #changed({ type, object, previous }: InformerEvent<KubernetesObject>, users: ReadonlySet<string>): void {
    if (type === 'modified' && previous !== undefined && copyOf(previous) === copyOf(object)) return;
    const states = previous === undefined ? [object] : [object, previous];
    const namespaceLabels = (namespace: string) => this.#resources.get(kinds.namespace, namespace)?.metadata.labels;
    for (const user of users) {
      const placement = this.#options.caches.get('placement', parseReference(user));
      if (
        placement !== undefined &&
        states.some((state) => selectorsConcern(placement, state, namespaceLabels, this.#rules))
      ) {
        this.#options.onChange(parseReference(user));
      }
    }
  }
}

/** What a snapshot would hold of an object, and what takes it out of a selection. Status changes do not show here. */
function copyOf(object: KubernetesObject): string {
  const { deletionTimestamp, ownerReferences } = object.metadata;
  const leaves = `${String(deletionTimestamp !== undefined)} ${String((ownerReferences ?? []).length > 0)} `;
  return leaves + goJson(cleanForSnapshot(object));
}
