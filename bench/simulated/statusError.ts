/** Refusals as an API server words them. */

/** What a `metav1.Status` says beside its code; absent where the server answers with plain text. */
export interface StatusDetails {
  reason: string;
  /** Name and plural kind of the object concerned. */
  name?: string;
  kind?: string;
  group?: string;
}

/** A request is refused: `code` is the HTTP status. */
export class StatusError extends Error {
  readonly code: number;
  readonly details: StatusDetails | undefined;

  constructor(code: number, message: string, details?: StatusDetails) {
    super(message);
    this.code = code;
    this.details = details;
  }

  /** Body of the answer, also the object of an `ERROR` event of a watch. */
  get body(): unknown {
    if (this.details === undefined) return undefined;
    const { reason, ...details } = this.details;
    const { code, message } = this;
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, details, code };
  }
}

interface Named {
  group: string;
  plural: string;
}

export function notFound({ group, plural }: Named, name: string): StatusError {
  const details = { reason: 'NotFound', name, kind: plural, group };
  return new StatusError(404, `${plural} "${name}" not found`, details);
}

export function alreadyExists({ group, plural }: Named, name: string): StatusError {
  const details = { reason: 'AlreadyExists', name, kind: plural, group };
  return new StatusError(409, `${plural} "${name}" already exists`, details);
}

export function conflict({ group, plural }: Named, name: string): StatusError {
  const details = { reason: 'Conflict', name, kind: plural, group };
  return new StatusError(409, `Operation cannot be fulfilled on ${plural} "${name}": it has been modified`, details);
}

export function invalid({ group, plural }: Named, name: string, message: string): StatusError {
  return new StatusError(422, message, { reason: 'Invalid', name, kind: plural, group });
}

export function badRequest(message: string): StatusError {
  return new StatusError(400, message, { reason: 'BadRequest' });
}

export function methodNotAllowed(): StatusError {
  return new StatusError(405, 'simulated members do not support this', { reason: 'MethodNotAllowed' });
}

export function expired(): StatusError {
  return new StatusError(410, 'too old resource version', { reason: 'Expired' });
}
