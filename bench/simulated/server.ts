/** One HTTP/2 server for all simulated members: each is a path prefix, and is there with the first request to it. */
import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { MemberApi, describe, type MemberRequest, type WatchAnswer } from './memberApi.ts';
import type { StoredObject } from './storedObject.ts';

export interface SimulatedServerOptions {
  /** PEM. Must be valid for 127.0.0.1. */
  certificate: string;
  key: string;
  /** Bearer token that every request must carry. */
  token: string;
  /** Whether {@link SimulatedServer.takeWrites} tells of every write. @default false */
  recordWrites?: boolean;
}

/** A write that a member has carried out. */
export interface MemberWrite {
  member: string;
  /** Verb and resource, such as `patch configmaps`. */
  request: string;
  name: string;
  /** Version of the object afterwards: the same as before when the write has changed nothing. */
  version: string;
  /** When it was answered, in milliseconds since the epoch. */
  time: number;
}

/** Path prefix of a member, which stands behind the origin in its kubeconfig. */
export function memberPath(member: string): string {
  return `/members/${member}`;
}

/** The server and what it has counted. */
export class SimulatedServer {
  readonly #server: Http2SecureServer;
  readonly #authorization: string;
  readonly #members = new Map<string, MemberApi>();
  readonly #counts = new Map<string, number>();
  readonly #recordWrites: boolean;
  #writes: MemberWrite[] = [];

  constructor({ certificate, key, token, recordWrites = false }: SimulatedServerOptions) {
    this.#recordWrites = recordWrites;
    this.#authorization = `Bearer ${token}`;
    this.#server = createSecureServer({ cert: certificate, key });
    this.#server.on('stream', (stream, headers) => {
      // A client that goes away in the middle is no failure of this server.
      stream.on('error', () => undefined);
      this.#serve(stream, headers);
    });
    this.#server.on('sessionError', () => undefined);
  }

  /** @returns the port on 127.0.0.1 */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', 4_096, resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  /** Requests since the last call, by verb and resource. */
  takeCounts(): Record<string, number> {
    const counts = Object.fromEntries(this.#counts);
    this.#counts.clear();
    return counts;
  }

  /** Writes since the last call, in the order in which they came. */
  takeWrites(): MemberWrite[] {
    const writes = this.#writes;
    this.#writes = [];
    return writes;
  }

  #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    let body = '';
    stream.setEncoding('utf8');
    stream.on('data', (chunk: string) => {
      body += chunk;
    });
    stream.on('end', () => {
      this.#answer(stream, headers, body);
    });
  }

  #answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, body: string): void {
    if (headers.authorization !== this.#authorization) {
      send(stream, 401, { kind: 'Status', status: 'Failure', reason: 'Unauthorized', code: 401 });
      return;
    }
    const url = new URL(headers[':path'] ?? '/', 'https://members');
    const [, prefix, member = '', ...rest] = url.pathname.split('/');
    if (prefix !== 'members') {
      send(stream, 404, '404 page not found\n');
      return;
    }
    const path = `/${rest.join('/')}`;
    const { accept = '' } = headers;
    const request: MemberRequest = { method: headers[':method'] ?? '', path, query: url.searchParams, accept, body };
    this.#count(request);
    const answer = this.#member(member).answer(request);
    if ('begin' in answer) {
      serveWatch(stream, answer);
      return;
    }
    if (this.#recordWrites && request.method !== 'GET' && answer.code < 300) {
      const { name, resourceVersion = '' } = (answer.body as StoredObject).metadata;
      const time = Date.now();
      this.#writes.push({ member, request: describe(request), name, version: resourceVersion, time });
    }
    send(stream, answer.code, answer.body);
  }

  #count(request: MemberRequest): void {
    const what = describe(request);
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  #member(name: string): MemberApi {
    const member = this.#members.get(name) ?? new MemberApi();
    this.#members.set(name, member);
    return member;
  }
}

function send(stream: ServerHttp2Stream, status: number, body: unknown): void {
  if (stream.destroyed) return;
  const isText = typeof body === 'string';
  stream.respond({ ':status': status, 'content-type': isText ? 'text/plain' : 'application/json' });
  stream.end(isText ? body : JSON.stringify(body));
}

/** There are no bookmarks: nobody watches a member for longer than an object needs to become available. */
function serveWatch(stream: ServerHttp2Stream, { timeoutSeconds, begin }: WatchAnswer): void {
  stream.respond({ ':status': 200, 'content-type': 'application/json' });
  const end = begin((type, object) => {
    if (!stream.destroyed) stream.write(`${JSON.stringify({ type, object })}\n`);
  });
  const timer = setTimeout(() => {
    stream.end();
  }, timeoutSeconds * 1_000);
  stream.once('close', () => {
    clearTimeout(timer);
    end();
  });
}
