/**
 * The objects of one simulated member, with what an API server and its controllers make of writes: versions,
 * generations, status that only its own path changes, dependants that go with their owner, Deployments that are ready
 * at once. Finalizers, validation, defaults and admission are left out.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { apiVersionOf } from '../../api/meta.ts';
import { rfc3339 } from '../../domain/time.ts';
import { initialObjects, settled } from './controllers.ts';
import { kindAt, servedKinds, type ServedKind } from './kinds.ts';
import { matches, type Selection } from './selection.ts';
import { applyFields } from './serverSideApply.ts';
import { alreadyExists, badRequest, conflict, invalid, notFound } from './statusError.ts';
import type { StoredObject } from './storedObject.ts';
import { Watchers, type OnWatchEvent } from './watchers.ts';

/** Result of a write: whether it made a new object. */
export interface Written {
  object: StoredObject;
  created: boolean;
}

/** What must hold for a deletion. */
export interface Preconditions {
  uid?: string;
  resourceVersion?: string;
}

interface Collection {
  objects: Map<string, StoredObject>;
  /** What each field manager applied last, by object and manager. */
  applied: Map<string, Record<string, unknown>>;
  watchers: Watchers;
}

/** All objects of one member. */
export class ObjectStore {
  readonly #collections = new Map<ServedKind, Collection>();
  #version = 1;

  constructor() {
    for (const object of initialObjects) {
      const kind = servedKinds.find((candidate) => candidate.kind === object.kind);
      if (kind !== undefined) this.#insert(kind, object);
    }
  }

  /** @throws StatusError 404 */
  get(kind: ServedKind, name: string, namespace?: string): StoredObject {
    const object = this.#collection(kind).objects.get(keyOf(name, namespace));
    if (object === undefined) throw notFound(kind, name);
    return object;
  }

  list(kind: ServedKind, selection: Selection): { items: StoredObject[]; resourceVersion: string } {
    const items = [...this.#collection(kind).objects.values()].filter((object) => matches(object, selection));
    return { items, resourceVersion: String(this.#version) };
  }

  /** @param since resourceVersion; without one, what is there comes first. @returns a function that ends the watch */
  watch(kind: ServedKind, selection: Selection, since: string, onEvent: OnWatchEvent): () => void {
    const isFromNow = since === '' || since === '0';
    if (isFromNow) for (const object of this.list(kind, selection).items) onEvent('ADDED', object);
    return this.#collection(kind).watchers.follow(isFromNow ? this.#version : Number(since), selection, onEvent);
  }

  /** @throws StatusError 409 AlreadyExists, 404 for a missing namespace */
  create(kind: ServedKind, object: StoredObject): StoredObject {
    const { name, namespace } = object.metadata;
    if (name === '') throw badRequest('name is required');
    if (this.#collection(kind).objects.has(keyOf(name, namespace))) throw alreadyExists(kind, name);
    return this.#insert(kind, object);
  }

  /** @throws StatusError 404; 409 when the version or uid is another one; 422 where the version is missing */
  replace(kind: ServedKind, object: StoredObject): StoredObject {
    const present = this.#presentFor(kind, object);
    const { status: _ignored, ...wanted } = object;
    return this.#store(kind, present, kind.hasStatus ? { ...wanted, status: present.status } : object);
  }

  /** Replaces the status and nothing else, see {@link replace}. */
  replaceStatus(kind: ServedKind, object: StoredObject): StoredObject {
    const present = this.#presentFor(kind, object);
    return this.#store(kind, present, { ...present, status: object.status });
  }

  /** Server-side apply; makes the object where there is none. */
  apply(kind: ServedKind, object: StoredObject, manager: string): Written {
    const { name, namespace } = object.metadata;
    const { applied, objects } = this.#collection(kind);
    const { status: _ignored, ...wanted } = object;
    const key = keyOf(name, namespace);
    const present = objects.get(key);
    const result =
      present === undefined
        ? this.#insert(kind, wanted)
        : this.#store(kind, present, merged(present, applied.get(`${key} ${manager}`) ?? {}, wanted));
    applied.set(`${key} ${manager}`, wanted);
    return { object: result, created: present === undefined };
  }

  /** Deletes an object and what it owns. @throws StatusError 404, 409 */
  delete(kind: ServedKind, name: string, namespace?: string, preconditions: Preconditions = {}): StoredObject {
    const present = this.get(kind, name, namespace);
    const { uid = present.metadata.uid, resourceVersion = present.metadata.resourceVersion } = preconditions;
    if (uid !== present.metadata.uid || resourceVersion !== present.metadata.resourceVersion) {
      throw conflict(kind, name);
    }
    this.#deleteDependants(present);
    return this.#remove(kind, present);
  }

  #insert(kind: ServedKind, object: StoredObject): StoredObject {
    const { name, namespace } = object.metadata;
    if (namespace !== undefined) this.#requireNamespace(namespace);
    const { status: _ignored, ...wanted } = object;
    const metadata = {
      ...object.metadata,
      uid: randomUUID(),
      creationTimestamp: rfc3339(Date.now()),
      ...(kind.hasGeneration && { generation: 1 }),
    };
    const stored = this.#withVersion(settled({ ...(kind.hasStatus ? wanted : object), metadata }));
    this.#collection(kind).objects.set(keyOf(name, namespace), stored);
    this.#collection(kind).watchers.tell('ADDED', stored);
    return stored;
  }

  /** Stores what differs from what is there; without a difference nothing happens, not even a new version. */
  #store(kind: ServedKind, present: StoredObject, wanted: StoredObject): StoredObject {
    const { uid, creationTimestamp, generation, resourceVersion } = present.metadata;
    const metadata = { ...wanted.metadata, uid, creationTimestamp, resourceVersion };
    if (kind.hasGeneration) metadata.generation = generation;
    const next: StoredObject = { ...wanted, metadata };
    if (isDeepStrictEqual(withoutAbsent(next), withoutAbsent(present))) return present;
    if (kind.hasGeneration && !isDeepStrictEqual(next.spec, present.spec)) metadata.generation = (generation ?? 0) + 1;
    const stored = this.#withVersion(settled(next));
    this.#collection(kind).objects.set(keyOf(metadata.name, metadata.namespace), stored);
    this.#collection(kind).watchers.tell('MODIFIED', stored);
    return stored;
  }

  #remove(kind: ServedKind, present: StoredObject): StoredObject {
    const { objects, applied, watchers } = this.#collection(kind);
    const key = keyOf(present.metadata.name, present.metadata.namespace);
    objects.delete(key);
    for (const known of applied.keys()) if (known.startsWith(`${key} `)) applied.delete(known);
    const removed = this.#withVersion(present);
    watchers.tell('DELETED', removed);
    return removed;
  }

  #deleteDependants({ kind: ownerKind, metadata: owner }: StoredObject): void {
    for (const [kind, { objects }] of this.#collections) {
      for (const object of objects.values()) {
        const isOwned = object.metadata.ownerReferences?.some(({ uid }) => uid === owner.uid) === true;
        const isInside = ownerKind === 'Namespace' && object.metadata.namespace === owner.name;
        if (isOwned || isInside) this.delete(kind, object.metadata.name, object.metadata.namespace);
      }
    }
  }

  #presentFor(kind: ServedKind, object: StoredObject): StoredObject {
    const { name, namespace, uid, resourceVersion } = object.metadata;
    const present = this.get(kind, name, namespace);
    if (resourceVersion === undefined && kind.needsVersion) {
      throw invalid(kind, name, 'metadata.resourceVersion: Invalid value: 0x0: must be specified for an update');
    }
    const isSame = (uid ?? present.metadata.uid) === present.metadata.uid;
    const isCurrent = (resourceVersion ?? present.metadata.resourceVersion) === present.metadata.resourceVersion;
    if (!isSame || !isCurrent) throw conflict(kind, name);
    return present;
  }

  #requireNamespace(namespace: string): void {
    const kind = kindAt('', 'v1', 'namespaces');
    if (kind !== undefined) this.get(kind, namespace);
  }

  #withVersion(object: StoredObject): StoredObject {
    this.#version += 1;
    return { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
  }

  #collection(kind: ServedKind): Collection {
    let collection = this.#collections.get(kind);
    if (collection === undefined) {
      collection = { objects: new Map(), applied: new Map(), watchers: new Watchers() };
      this.#collections.set(kind, collection);
    }
    return collection;
  }
}

function merged(present: StoredObject, before: Record<string, unknown>, wanted: Record<string, unknown>): StoredObject {
  return applyFields(present, before, wanted) as StoredObject;
}

/** A key whose value is `undefined` is not there, as far as JSON goes. */
function withoutAbsent(object: StoredObject): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}

function keyOf(name: string, namespace: string | undefined): string {
  return `${namespace ?? ''}/${name}`;
}

/** Fields that a list leaves out of its items. */
export function listed({ apiVersion: _apiVersion, kind: _kind, ...rest }: StoredObject): object {
  return rest;
}

/** `apiVersion` and `kind` of a list. */
export function listType(kind: ServedKind): { apiVersion: string; kind: string } {
  return { apiVersion: apiVersionOf(kind), kind: `${kind.kind}List` };
}
