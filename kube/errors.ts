/** What can go wrong between Flotilla and an API server, in the few classes that a caller decides by. */

/**
 * - `notFound`: the object, its namespace or its kind (reason `KindNotServed`) is not there
 * - `alreadyExists`: create of a name that is taken
 * - `conflict`: the resourceVersion or uid is no longer the object's, or another field manager owns a field
 * - `rejected`: the server understood and says no; the same request will not succeed by itself
 * - `unauthorised`: credentials are missing, wrong, expired or lack a right
 * - `throttled`: the server asks to come back later, see `retryAfterMs`
 * - `gone`: the resourceVersion of a list or watch is too old
 * - `unreachable`: no connection, no answer in time, or a proxy that has no server behind it
 * - `server`: the server failed (5xx) or sent something that cannot be read
 */
export type KubernetesErrorClass =
  | 'notFound'
  | 'alreadyExists'
  | 'conflict'
  | 'rejected'
  | 'unauthorised'
  | 'throttled'
  | 'gone'
  | 'unreachable'
  | 'server';

/** Everything of a {@link KubernetesError} but its message. */
export interface KubernetesErrorFields {
  errorClass: KubernetesErrorClass;
  /** The cluster's name in Flotilla: `hub` or the member's name. */
  cluster: string;
  /** HTTP status; absent when there was no answer. */
  status?: number;
  /** `reason` of the server's Status, such as `Invalid`, or a reason of ours such as `KindNotServed`. */
  reason?: string;
  /** How long the server asks to wait. */
  retryAfterMs?: number;
  /** Paths of the fields that the server complains about, such as `spec.replicas`. Holds no values. */
  fields?: string[];
  /** The server's own text. It may quote values, even of a Secret, so it must not reach logs or Temporal. */
  detail?: string;
  cause?: unknown;
}

/** A failed request. `message` is one sentence that names cluster, request and object, and quotes nothing from either. */
export class KubernetesError extends Error {
  override readonly name = 'KubernetesError';
  readonly errorClass: KubernetesErrorClass;
  readonly cluster: string;
  readonly status?: number;
  readonly reason?: string;
  readonly retryAfterMs?: number;
  readonly fields: string[];
  /** See {@link KubernetesErrorFields.detail}; not enumerable, so that loggers and serializers pass it by. */
  declare readonly detail?: string;

  constructor(message: string, fields: KubernetesErrorFields) {
    super(message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.errorClass = fields.errorClass;
    this.cluster = fields.cluster;
    this.status = fields.status;
    this.reason = fields.reason;
    this.retryAfterMs = fields.retryAfterMs;
    this.fields = fields.fields ?? [];
    Object.defineProperty(this, 'detail', { value: fields.detail, enumerable: false });
  }
}

export function isNotFound(error: unknown): error is KubernetesError {
  return hasClass(error, 'notFound');
}

/** The cluster does not serve the kind at all: its CustomResourceDefinition is missing. */
export function isKindNotServed(error: unknown): error is KubernetesError {
  return hasClass(error, 'notFound') && error.reason === kindNotServed;
}

export function isAlreadyExists(error: unknown): error is KubernetesError {
  return hasClass(error, 'alreadyExists');
}

export function isConflict(error: unknown): error is KubernetesError {
  return hasClass(error, 'conflict');
}

export function isRejected(error: unknown): error is KubernetesError {
  return hasClass(error, 'rejected');
}

export function isUnauthorised(error: unknown): error is KubernetesError {
  return hasClass(error, 'unauthorised');
}

export function isThrottled(error: unknown): error is KubernetesError {
  return hasClass(error, 'throttled');
}

export function isGone(error: unknown): error is KubernetesError {
  return hasClass(error, 'gone');
}

export function isUnreachable(error: unknown): error is KubernetesError {
  return hasClass(error, 'unreachable');
}

export function isServerFailure(error: unknown): error is KubernetesError {
  return hasClass(error, 'server');
}

/** Reason of a `notFound` that concerns the whole kind. */
export const kindNotServed = 'KindNotServed';

function hasClass(error: unknown, errorClass: KubernetesErrorClass): error is KubernetesError {
  return error instanceof KubernetesError && error.errorClass === errorClass;
}
