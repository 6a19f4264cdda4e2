/** References to objects on the hub, of both scopes, and the one text form that keys, logs and workflow ids use. */

/** Names an object within its kind. Without a namespace it is a cluster-scoped one. */
export interface ObjectReference {
  name: string;
  namespace?: string;
}

/** Which of two scopes something belongs to: that of the cluster, or a namespace. */
export type Scope = Pick<ObjectReference, 'namespace'>;

/** The reference of an object, from its `metadata`. */
export function referenceOf({ metadata }: { metadata: ObjectReference }): ObjectReference {
  return inScopeOf(metadata, metadata.name);
}

/** The object called `name` in the scope of another one: runs, placements and strategies refer to each other so. */
export function inScopeOf({ namespace }: Scope, name: string): ObjectReference {
  return namespace === undefined ? { name } : { name, namespace };
}

/** The scope alone, for requests and `metadata` of new objects; empty for the cluster's. */
export function scopeOf({ namespace }: Scope): Scope {
  return namespace === undefined ? {} : { namespace };
}

/** `name`, or `namespace/name`. Names hold no slash, so it can be read back. */
export function formatReference({ name, namespace }: ObjectReference): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** Reads what {@link formatReference} wrote. */
export function parseReference(text: string): ObjectReference {
  const slash = text.indexOf('/');
  return slash === -1 ? { name: text } : { namespace: text.slice(0, slash), name: text.slice(slash + 1) };
}

/** An object's name for people: {@link formatReference} of its reference. */
export function nameOf(object: { metadata: ObjectReference }): string {
  return formatReference(object.metadata);
}
