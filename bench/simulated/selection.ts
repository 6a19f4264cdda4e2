/** Which objects a list or watch is about. */
import { badRequest } from './statusError.ts';
import type { StoredObject } from './storedObject.ts';

/** The namespace of a path, and the field selector of its query. */
export interface Selection {
  namespace?: string;
  /** Such as `metadata.name=front,status.phase!=Failed`. */
  fieldSelector?: string;
}

const fields: Record<string, ((object: StoredObject) => unknown) | undefined> = {
  'metadata.name': ({ metadata }) => metadata.name,
  'metadata.namespace': ({ metadata }) => metadata.namespace,
  'status.phase': ({ status }) => (status as { phase?: string } | undefined)?.phase,
};

/** @throws StatusError for a field that is not known here */
export function matches(object: StoredObject, { namespace, fieldSelector = '' }: Selection): boolean {
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  return fieldSelector.split(',').every((term) => term === '' || meets(object, term));
}

function meets(object: StoredObject, term: string): boolean {
  const [, name = '', operator, value] = /^([^=!]+)(!=|==?)(.*)$/.exec(term) ?? [];
  const read = fields[name];
  if (read === undefined) throw badRequest(`field selector ${term} is not supported`);
  return (read(object) === value) === (operator !== '!=');
}
