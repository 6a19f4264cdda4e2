/** An HTTP server that plays an API server from a script, for answers that a real one gives too rarely to wait for. */
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { findFreePorts } from '../../../local/ports.ts';

/** Answers one request; `body` is the request's. */
export type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface PlainServer {
  url: string;
  kubeconfig: KubeConfig;
  /** Method and path of every request so far. */
  requests: string[];
  close(): Promise<void>;
}

export async function startPlainServer(answer: Answer): Promise<PlainServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request, response, Buffer.concat(chunks).toString());
    });
  });
  const [port] = (await findFreePorts(1)) as [number];
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${String(port)}`;
  return {
    url,
    kubeconfig: kubeconfigFor(url, { token: 'secret-token' }),
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A kubeconfig with one context; `user` as in a kubeconfig file. */
export function kubeconfigFor(url: string, user: Record<string, unknown>): KubeConfig {
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromString(kubeconfigText(url, user));
  return kubeconfig;
}

export function kubeconfigText(url: string, user: Record<string, unknown>): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  });
}

export function sendJson(response: ServerResponse, value: unknown, status = 200, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

/** A `metav1.Status` as an API server sends it with an error. */
export function failure(code: number, reason: string, details: object = {}): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: `text of ${reason}`, details };
}
