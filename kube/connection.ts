/** The one connection to a cluster: HTTP/2 where the server offers it, a pool of HTTP/1.1 connections where not. */
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { Client, Pool, ProxyAgent, buildConnector } from 'undici';
import type { Dispatcher } from 'undici';
import type { Credentials } from './credentials.ts';
import './lateResponses.ts';

/** Options of {@link openConnection}. */
export interface ConnectionOptions {
  connectTimeoutMs: number;
  /** See `TransportLimits` in `transport.ts`. */
  pingIntervalMs: number;
  /** How many HTTP/1.1 connections at most. Watches hold one each. */
  maxHttp1Connections: number;
}

/** A dispatcher for one server, see {@link openConnection}. */
export interface Connection {
  readonly dispatcher: Dispatcher;
  /** What to do when the server turns out to speak only HTTP/1.1: nothing was sent yet. */
  downgrade(): Connection;
  /** Ends the connection; requests in flight fail. */
  close(): Promise<void>;
}

/** Error with which requests fail before they are sent, because the server does not speak HTTP/2. */
export class Http1OnlyError extends Error {
  readonly code = 'HTTP1_ONLY';
}

/**
 * Prepares a connection; it is made with the first request and again after it was lost.
 *
 * HTTP/2 uses a single `Client` rather than an `Agent` or `Pool`, because these open a second connection while
 * the first is being made, and because they let requests that wait for an unreachable server fail one after another.
 */
export function openConnection(credentials: Credentials, options: ConnectionOptions): Connection {
  const { server, proxyUrl, tls } = credentials;
  if (proxyUrl !== undefined) {
    return http1(
      credentials,
      options,
      new ProxyAgent({ uri: proxyUrl, requestTls: { ...tls, timeout: options.connectTimeoutMs }, ...timeouts }),
    );
  }
  return server.protocol === 'https:' ? http2(credentials, options) : http1(credentials, options);
}

/** Code of the error of requests that were under way on a connection which fell silent. */
export const connectionSilent = 'CONNECTION_SILENT';

/** How long an unused connection is kept. Member clusters are touched in bursts; a new TLS handshake costs about 5 ms. */
const idleMs = 60_000;

/** Requests and watches have deadlines of their own, so the dispatcher's are off. */
const timeouts = { headersTimeout: 0, bodyTimeout: 0, keepAliveTimeout: idleMs } as const;

function http2(credentials: Credentials, options: ConnectionOptions): Connection {
  const connect = buildConnector({ ...connectOptions(credentials, options), allowH2: true });
  let endWatch = (): void => undefined;
  const client = new Client(credentials.server.origin, {
    ...timeouts,
    allowH2: true,
    pipelining: 1000,
    h2Options: { maxConcurrentStreams: 1000, pingInterval: options.pingIntervalMs },
    connect: (target, callback) => {
      connect(target, (...[error, socket]) => {
        if (error !== null) {
          callback(error, null);
          return;
        }
        if ((socket as TLSSocket).alpnProtocol !== 'h2') {
          socket.destroy();
          callback(new Http1OnlyError('The server speaks only HTTP/1.1.'), null);
          return;
        }
        endWatch();
        endWatch = destroyWhenSilent(socket, options.pingIntervalMs);
        callback(null, socket);
      });
    },
  });
  return {
    dispatcher: client,
    downgrade: () => http1(credentials, options),
    async close() {
      endWatch();
      await client.destroy();
    },
  };
}

function http1(credentials: Credentials, options: ConnectionOptions, dispatcher?: Dispatcher): Connection {
  const pool =
    dispatcher ??
    new Pool(credentials.server.origin, {
      ...timeouts,
      allowH2: false,
      connections: options.maxHttp1Connections,
      connect: connectOptions(credentials, options),
    });
  const connection: Connection = {
    dispatcher: pool,
    downgrade: () => connection,
    close: () => pool.destroy(),
  };
  return connection;
}

function connectOptions({ tls }: Credentials, { connectTimeoutMs }: ConnectionOptions): buildConnector.BuildOptions {
  // 30 s as client-go: some load balancers drop connections that are silent for 60 s.
  return { ...(tls as buildConnector.BuildOptions), timeout: connectTimeoutMs, keepAliveInitialDelay: 30_000 };
}

/**
 * A connection whose other end vanished without a word would swallow every request until TCP gives up, a quarter of
 * an hour later. The dispatcher sends pings but does not miss their answers, so that is done here. The dispatcher
 * makes a new connection by itself.
 * @returns a function that ends the watch
 */
function destroyWhenSilent(socket: Socket, pingMs: number): () => void {
  let bytesRead = socket.bytesRead;
  let lastSign = Date.now();
  let lastLook = lastSign;
  const timer = setInterval(() => {
    const now = Date.now();
    // A process that was held up has not read the answers yet: it starts to wait anew.
    if (socket.bytesRead !== bytesRead || now - lastLook > 2 * pingMs) {
      lastSign = now;
      bytesRead = socket.bytesRead;
    } else if (now - lastSign > 2.5 * pingMs) {
      socket.destroy(Object.assign(new Error('The server does not answer pings.'), { code: connectionSilent }));
    }
    lastLook = now;
  }, pingMs / 2).unref();
  const end = (): void => {
    clearInterval(timer);
  };
  socket.once('close', end);
  return end;
}
