/** Turns answers and network failures into {@link KubernetesError}s. */
import { KubernetesError, kindNotServed } from './errors.ts';
import type { KubernetesErrorClass } from './errors.ts';

/** The request that failed. */
export interface Attempt {
  /** The cluster's name in Flotilla. */
  cluster: string;
  /** Verb and object, such as `apply Deployment web/front`. */
  purpose: string;
}

/** `metav1.Status`, as far as it is read here. */
interface Status {
  kind?: string;
  code?: number;
  reason?: string;
  message?: string;
  details?: {
    name?: string;
    kind?: string;
    retryAfterSeconds?: number;
    causes?: { reason?: string; message?: string; field?: string }[];
  };
}

/** Error of an answer that is not 2xx. */
export function responseError(attempt: Attempt, status: number, body: string, retryAfter?: string): KubernetesError {
  return statusError(attempt, status, parseStatus(body), body, retryAfter);
}

/** Error of an `ERROR` event in a watch. */
export function watchError(attempt: Attempt, object: unknown): KubernetesError {
  const status = (object ?? {}) as Status;
  return statusError(attempt, status.code ?? 500, status, '');
}

/** Error of a request that got no answer. */
export function networkError(attempt: Attempt, server: string, cause: unknown): KubernetesError {
  const code = networkErrorCode(cause);
  const words =
    networkErrorWords[code] ??
    (/CERT|SIGNED|SIGNATURE/.test(code) ? untrusted(code) : `the connection failed (${code})`);
  return new KubernetesError(
    `Cluster ${attempt.cluster} could not be reached at ${server} to ${attempt.purpose}: ${words}.`,
    { errorClass: 'unreachable', cluster: attempt.cluster, reason: code, cause },
  );
}

/**
 * Error of a request that took too long.
 * @param reason `Timeout` when no answer came at all, `Silence` when an answer broke off
 */
export function timeoutError(
  attempt: Attempt,
  timeoutMs: number,
  reason: 'Timeout' | 'Silence' = 'Timeout',
): KubernetesError {
  return new KubernetesError(
    `Cluster ${attempt.cluster} did not answer within ${String(timeoutMs / 1000)} s to ${attempt.purpose}.`,
    { errorClass: 'unreachable', cluster: attempt.cluster, reason },
  );
}

/** Error of an answer that is not what it should be. Says nothing of its content, which may be a Secret. */
export function unreadableError(attempt: Attempt): KubernetesError {
  return new KubernetesError(`Cluster ${attempt.cluster} sent an answer that cannot be read to ${attempt.purpose}.`, {
    errorClass: 'server',
    cluster: attempt.cluster,
    reason: 'Unreadable',
  });
}

/** Node's or undici's code of a failure, `UNKNOWN` where there is none. */
export function networkErrorCode(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

/** Milliseconds that a `Retry-After` header asks for, in either of its two forms. */
export function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined || header === '') {
    return undefined;
  }
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

const networkErrorWords: Record<string, string> = {
  CONNECTION_SILENT: 'the connection fell silent',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  ENOTFOUND: 'the host name is unknown',
  EAI_AGAIN: 'the host name could not be looked up',
  EPIPE: 'the connection was closed',
  ETIMEDOUT: 'no connection could be made in time',
  UND_ERR_CONNECT_TIMEOUT: 'no connection could be made in time',
  UND_ERR_SOCKET: 'the connection was closed',
  UND_ERR_INFO: 'the connection was closed',
  UND_ERR_DESTROYED: 'the connection was closed on our side',
  UND_ERR_CLOSED: 'the connection was closed on our side',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
};

function untrusted(code: string): string {
  return `its certificate is not trusted (${code})`;
}

function parseStatus(body: string): Status | undefined {
  try {
    const parsed = JSON.parse(body) as Status | null;
    return parsed?.kind === 'Status' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function statusError(
  attempt: Attempt,
  code: number,
  status: Status | undefined,
  body: string,
  retryAfter?: string,
): KubernetesError {
  const errorClass = classOf(code, status);
  const missingKind = errorClass === 'notFound' && status?.details?.name === undefined;
  const causes = status?.details?.causes ?? [];
  const fields = [...new Set(causes.flatMap(({ field }) => (field === undefined || field === '' ? [] : [field])))];
  const reason = missingKind ? kindNotServed : status?.reason;
  return new KubernetesError(
    `Cluster ${attempt.cluster} could not ${attempt.purpose}: ${words(errorClass, code, reason, fields, status)}.`,
    {
      errorClass,
      cluster: attempt.cluster,
      status: code,
      reason,
      fields,
      retryAfterMs: retryAfterMs(retryAfter) ?? secondsToMs(status?.details?.retryAfterSeconds),
      detail: status?.message ?? body.slice(0, 4096),
    },
  );
}

function classOf(code: number, status: Status | undefined): KubernetesErrorClass {
  switch (code) {
    case 401:
      return 'unauthorised';
    case 403:
      // Quotas, terminating namespaces and admission webhooks answer 403 as well; only the authoriser names the user.
      return status === undefined || /User "[^"]*" cannot /.test(status.message ?? '') ? 'unauthorised' : 'rejected';
    case 404:
      return 'notFound';
    case 409:
      return status?.reason === 'AlreadyExists' ? 'alreadyExists' : 'conflict';
    case 410:
      return 'gone';
    case 429:
      return 'throttled';
    case 502:
    case 503:
    case 504:
      // Without a Status it is a proxy that speaks, and the API server behind it is away.
      return status === undefined ? 'unreachable' : 'server';
    case 500:
      // Server-side apply answers so to a field that the kind does not have.
      return status?.message?.startsWith('failed to create typed patch object') === true ? 'rejected' : 'server';
    default:
      return code >= 400 && code < 500 ? 'rejected' : 'server';
  }
}

function words(
  errorClass: KubernetesErrorClass,
  code: number,
  reason: string | undefined,
  fields: string[],
  status: Status | undefined,
): string {
  const answer = `HTTP ${String(code)}${reason === undefined ? '' : ` ${reason}`}`;
  const at = fields.length === 0 ? '' : ` at ${fields.slice(0, 5).join(', ')}${fields.length > 5 ? ', …' : ''}`;
  switch (errorClass) {
    case 'notFound':
      return reason === kindNotServed
        ? 'it does not serve this kind'
        : `${status?.details?.kind ?? 'object'} ${status?.details?.name ?? ''} does not exist`;
    case 'alreadyExists':
      return 'the name is taken';
    case 'conflict':
      return fields.length === 0 ? 'it was changed meanwhile' : `another field manager owns what it changes${at}`;
    case 'rejected':
      return `the server rejects it (${answer}${at})`;
    case 'unauthorised':
      return code === 401 ? 'the credentials are not accepted' : 'the credentials lack the right';
    case 'throttled':
      return 'the server is too busy';
    case 'gone':
      return 'the resource version is too old';
    case 'unreachable':
      return `the API server is away (HTTP ${String(code)})`;
    case 'server':
      return `the server failed (${answer})`;
  }
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
