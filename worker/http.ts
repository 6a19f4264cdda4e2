/** One port for those who watch the worker: /metrics, /healthz, /readyz. */
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ListenAddress } from './configuration.ts';
import type { DependencyState } from './health.ts';

export interface HttpOptions {
  address: ListenAddress;
  /** Text in the Prometheus exposition format. */
  metrics(): Promise<string>;
  /** State of each dependency; the worker is ready when all are. */
  readiness(): Promise<DependencyState[]>;
}

/** A listening server. */
export interface HttpEndpoint {
  /** For example `http://127.0.0.1:9464`. */
  url: string;
  close(): Promise<void>;
}

/** Starts to listen; rejects with a sentence when the port is taken. */
export async function serveHttp(options: HttpOptions): Promise<HttpEndpoint> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://worker').pathname;
    answer(path, options, response).catch((error: unknown) => {
      send(response, 500, 'text/plain', `${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
  await listen(server, options.address);
  const { port } = server.address() as AddressInfo;
  const host = options.address.host.includes(':') ? `[${options.address.host}]` : options.address.host;
  return {
    url: `http://${host}:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(path: string, options: HttpOptions, response: ServerResponse): Promise<void> {
  switch (path) {
    case '/healthz':
      send(response, 200, 'text/plain', 'ok\n');
      break;
    case '/readyz': {
      const dependencies = await options.readiness();
      const ready = dependencies.every((dependency) => dependency.ready);
      send(response, ready ? 200 : 503, 'application/json', `${JSON.stringify({ ready, dependencies })}\n`);
      break;
    }
    case '/metrics':
      send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await options.metrics());
      break;
    default:
      send(response, 404, 'text/plain', 'There are /metrics, /healthz and /readyz here.\n');
  }
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType }).end(body);
}

function listen(server: Server, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const place = `${host}:${String(port)}`;
      const reason =
        error.code === 'EADDRINUSE'
          ? `${place} is taken by another program; stop it or set FLOTILLA_HTTP_ADDRESS to another place.`
          : `Cannot listen on ${place} (${error.code ?? error.message}); set FLOTILLA_HTTP_ADDRESS to another place.`;
      reject(new Error(reason));
    });
    server.listen(port, host, resolve);
  });
}
