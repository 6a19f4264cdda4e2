/** HTTP to one cluster: authentication, limits, deadlines and retries. Knows nothing of kinds. */
import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { backoffDelay, delay } from './backoff.ts';
import { Http1OnlyError, connectionSilent, openConnection } from './connection.ts';
import type { Connection } from './connection.ts';
import { sameConnection, sameCredentials } from './credentials.ts';
import type { Credentials, CredentialSource } from './credentials.ts';
import { KubernetesError } from './errors.ts';
import { networkError, networkErrorCode, responseError, retryAfterMs, timeoutError } from './failures.ts';
import { Slots } from './slots.ts';

/** Limits of one cluster's traffic. */
export interface TransportLimits {
  /** Requests in flight; further ones wait. Watches do not count. */
  maxInFlight: number;
  connectTimeoutMs: number;
  /** Between pings; a connection on which nothing comes for two and a half intervals is given up. HTTP/2 only. */
  pingIntervalMs: number;
  /** From the call to the end of the answer: waiting for a slot and retries included. */
  requestTimeoutMs: number;
}

/** One request. */
export interface TransportRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query. */
  path: string;
  /** Verb and object for errors, such as `apply Deployment web/front`. */
  purpose: string;
  /** Whether sending it twice does what sending it once does. */
  repeatable: boolean;
  accept?: string;
  contentType?: string;
  body?: string;
  signal?: AbortSignal;
}

/** Sends requests to one cluster over one connection. */
export class Transport {
  readonly cluster: string;
  readonly #source: CredentialSource;
  readonly #limits: TransportLimits;
  readonly #slots: Slots;
  readonly #closed = new AbortController();
  #access: Promise<Access> | undefined;
  #lastRefresh = 0;

  constructor(cluster: string, source: CredentialSource, limits: TransportLimits) {
    this.cluster = cluster;
    this.#source = source;
    this.#limits = limits;
    this.#slots = new Slots(limits.maxInFlight);
  }

  /**
   * Sends a request and reads the answer whole.
   * @returns the body of a 2xx answer
   * @throws KubernetesError; or the reason of `request.signal`
   */
  async request(request: TransportRequest): Promise<string> {
    const deadline = new Deadline(this.#limits.requestTimeoutMs, [request.signal, this.#closed.signal]);
    try {
      return await this.#attempts(request, deadline);
    } catch (error) {
      throw this.#explain(request, deadline, error);
    } finally {
      deadline.end();
    }
  }

  /**
   * Sends a GET and hands over the body as it comes, for watches. The body must be read to its end or destroyed.
   * @param request its `signal` ends the body too
   * @throws KubernetesError; or the reason of `request.signal`
   */
  async stream(request: TransportRequest & { signal: AbortSignal }): Promise<Readable> {
    const deadline = new Deadline(this.#limits.requestTimeoutMs, [request.signal, this.#closed.signal]);
    try {
      const answer = await this.#authorised(request, deadline.signal);
      if (answer.statusCode >= 300) {
        throw this.#responseError(request, answer, await answer.body.text());
      }
      deadline.onlySignals();
      answer.body.once('close', () => {
        deadline.end();
      });
      return answer.body;
    } catch (error) {
      deadline.end();
      throw this.#explain(request, deadline, error);
    }
  }

  /** Explains why a body of {@link stream} broke off. */
  networkError(purpose: string, cause: unknown): KubernetesError {
    return networkError({ cluster: this.cluster, purpose }, this.#source.server, cause);
  }

  /** Ends the connection. Requests in flight and later ones fail with class `unreachable`. */
  async close(): Promise<void> {
    this.#closed.abort(
      new KubernetesError(`The client of cluster ${this.cluster} was closed.`, {
        errorClass: 'unreachable',
        cluster: this.cluster,
        reason: 'Closed',
      }),
    );
    const access = await this.#access?.catch(() => undefined);
    await access?.connection.close();
  }

  async #attempts(request: TransportRequest, deadline: Deadline): Promise<string> {
    for (let attempt = 1; ; attempt++) {
      let wait: number | undefined;
      await this.#slots.take(deadline.signal);
      try {
        const answer = await this.#authorised(request, deadline.signal);
        const text = await answer.body.text();
        if (answer.statusCode < 300) {
          return text;
        }
        wait = retryDelay(request, answer, attempt, deadline);
        if (wait === undefined) {
          throw this.#responseError(request, answer, text);
        }
      } catch (error) {
        if (attempt > 1 || request.method !== 'GET' || deadline.signal.aborted || !wasConnected(error)) {
          throw error;
        }
        wait = 0;
      } finally {
        this.#slots.release();
      }
      await delay(wait, deadline.signal);
    }
  }

  /** Sends once; with fresh credentials a second time when the server does not accept the ones at hand. */
  async #authorised(request: TransportRequest, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const access = await this.#getAccess();
    const answer = await this.#send(request, access, signal);
    if (answer.statusCode !== 401) {
      return answer;
    }
    const fresh = await this.#refresh(access);
    if (fresh === access) {
      return answer;
    }
    await answer.body.dump();
    return this.#send(request, fresh, signal);
  }

  async #send(request: TransportRequest, access: Access, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { server, headers } = access.credentials;
    const { accept = 'application/json', contentType } = request;
    const options: Dispatcher.RequestOptions = {
      origin: server.origin,
      path: server.pathname === '/' ? request.path : server.pathname + request.path,
      method: request.method,
      headers: { ...headers, accept, 'user-agent': userAgent, ...(contentType && { 'content-type': contentType }) },
      body: request.body,
    };
    const { connection } = access;
    try {
      return await this.#dispatch(connection.dispatcher, options, signal);
    } catch (error) {
      if (!(error instanceof Http1OnlyError)) {
        throw error;
      }
      if (access.connection === connection) {
        access.connection = connection.downgrade();
        void connection.close();
      }
      return this.#dispatch(access.connection.dispatcher, options, signal);
    }
  }

  /**
   * A request with a body is not taken back when nobody waits for it any more: it is left to its own end, which the time
   * limit bounds. Hundreds of them that are aborted in one moment on one HTTP/2 connection, as when a run over many
   * clusters is cancelled, can make Node write resets for ever. What was sent may have had its effect anyway.
   */
  #dispatch(
    dispatcher: Dispatcher,
    options: Dispatcher.RequestOptions,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    if (options.body === undefined) return dispatcher.request({ ...options, signal });
    signal.throwIfAborted();
    const limit = AbortSignal.timeout(this.#limits.requestTimeoutMs);
    return untilAborted(dispatcher.request({ ...options, signal: limit }), signal);
  }

  #getAccess(): Promise<Access> {
    if (this.#access === undefined) {
      this.#access = this.#source.read().then((credentials) => this.#connect(credentials));
      this.#access.catch(() => {
        this.#access = undefined;
      });
    }
    return this.#access;
  }

  /** Reads the credentials anew, once for all requests that were refused together and at most every few seconds. */
  async #refresh(used: Access): Promise<Access> {
    const current = await this.#getAccess();
    if (current !== used || Date.now() - this.#lastRefresh < refreshIntervalMs) {
      return current;
    }
    this.#lastRefresh = Date.now();
    this.#access = this.#source.read().then((credentials) => {
      if (sameCredentials(credentials, used.credentials)) {
        return used;
      }
      if (sameConnection(credentials, used.credentials)) {
        return { ...used, credentials };
      }
      // Requests under way finish on the old connection, which then closes by itself as unused.
      return this.#connect(credentials);
    });
    const refreshed = this.#access;
    refreshed.catch(() => {
      this.#access = Promise.resolve(used);
    });
    return refreshed;
  }

  #connect(credentials: Credentials): Access {
    this.#closed.signal.throwIfAborted();
    const connection = openConnection(credentials, {
      connectTimeoutMs: this.#limits.connectTimeoutMs,
      pingIntervalMs: this.#limits.pingIntervalMs,
      maxHttp1Connections: this.#limits.maxInFlight + watchConnections,
    });
    return { credentials, connection };
  }

  #responseError(request: TransportRequest, answer: Dispatcher.ResponseData, text: string): KubernetesError {
    const attempt = { cluster: this.cluster, purpose: request.purpose };
    return responseError(attempt, answer.statusCode, text, headerOf(answer, 'retry-after'));
  }

  #explain(request: TransportRequest, deadline: Deadline, error: unknown): unknown {
    const attempt = { cluster: this.cluster, purpose: request.purpose };
    if (deadline.expired) {
      return timeoutError(attempt, this.#limits.requestTimeoutMs);
    }
    if (deadline.signal.aborted) {
      return deadline.signal.reason;
    }
    return error instanceof KubernetesError ? error : this.networkError(request.purpose, error);
  }
}

/** Credentials in use and the connection made with them. */
interface Access {
  credentials: Credentials;
  connection: Connection;
}

/** What field managers of plain updates and audit logs show. */
const userAgent = 'flotilla';

/** HTTP/1.1 connections for watches, on top of those for requests. */
const watchConnections = 64;

/** An exec plugin is a process: wrong credentials must not start one for every request. */
const refreshIntervalMs = 5_000;

const retryBackoff = { firstMs: 100, maxMs: 2_000 };
const maxAttempts = 5;

/** How long to wait before sending again; `undefined` when the answer stands. */
function retryDelay(
  request: TransportRequest,
  answer: Dispatcher.ResponseData,
  attempt: number,
  deadline: Deadline,
): number | undefined {
  const asked = retryAfterMs(headerOf(answer, 'retry-after'));
  if (attempt >= maxAttempts || !mayHelp(request, answer.statusCode, asked !== undefined)) {
    return undefined;
  }
  const wait = Math.max(asked ?? 0, backoffDelay(retryBackoff, attempt));
  return wait < deadline.remainingMs ? wait : undefined;
}

/** Whether sending again is safe and promises something. */
function mayHelp(request: TransportRequest, status: number, serverAsks: boolean): boolean {
  if (status === 429) {
    // Nothing was done, so even a create may be sent again.
    return true;
  }
  if (!request.repeatable || status < 500) {
    return false;
  }
  // A write that fails with a plain 500 fails again: a webhook is down, or the object cannot be merged.
  return status !== 500 || serverAsks || request.method === 'GET';
}

/** The connection broke under a request; as opposed to: could not be made. */
function wasConnected(error: unknown): boolean {
  return [connectionSilent, 'UND_ERR_SOCKET', 'UND_ERR_INFO', 'ECONNRESET', 'EPIPE'].includes(networkErrorCode(error));
}

function headerOf(answer: Dispatcher.ResponseData, name: string): string | undefined {
  const value = answer.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The answer, unless `signal` is aborted before it comes; then it is read for nobody. */
function untilAborted(answer: Promise<Dispatcher.ResponseData>, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  return new Promise((resolve, reject) => {
    const abandon = (): void => {
      reject(signal.reason as Error);
      answer.then((late) => late.body.dump()).catch(() => undefined);
    };
    signal.addEventListener('abort', abandon, { once: true });
    answer.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', abandon);
    });
  });
}

/** One signal out of a time limit and the signals of others. */
class Deadline {
  readonly #controller = new AbortController();
  readonly #sources: AbortSignal[];
  readonly #end: number;
  readonly #timer: NodeJS.Timeout;
  /** The time was up before anything else ended the request. */
  expired = false;

  constructor(timeoutMs: number, signals: (AbortSignal | undefined)[]) {
    this.#end = Date.now() + timeoutMs;
    this.#sources = signals.filter((signal) => signal !== undefined);
    this.#timer = setTimeout(() => {
      this.expired = true;
      this.#controller.abort();
    }, timeoutMs);
    for (const source of this.#sources) {
      if (source.aborted) {
        this.#controller.abort(source.reason);
      }
      source.addEventListener('abort', this.#forward, { once: true });
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get remainingMs(): number {
    return this.#end - Date.now();
  }

  /** Drops the time limit. */
  onlySignals(): void {
    clearTimeout(this.#timer);
  }

  /** Must be called when the request is over: lets go of timer and listeners. */
  end(): void {
    clearTimeout(this.#timer);
    for (const source of this.#sources) {
      source.removeEventListener('abort', this.#forward);
    }
  }

  readonly #forward = (): void => {
    this.#controller.abort(this.#sources.find((source) => source.aborted)?.reason);
  };
}
