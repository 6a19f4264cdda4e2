/** One request to a server of the fleet on this machine. */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';

/** Answer with its whole body as text. */
export interface LoopbackAnswer {
  status: number;
  body: string;
}

/** What to ask and where; `token` goes out as a bearer token. */
export interface LoopbackRequest {
  url: string;
  method?: 'GET' | 'POST';
  token?: string;
  body?: string;
  timeoutMs?: number;
}

/**
 * Sends one request on a connection of its own.
 * Certificates are not checked: the address is this machine's, and a server that makes its own certificate
 * at its first start has none that could be known before it answers.
 */
export async function loopbackRequest(options: LoopbackRequest): Promise<LoopbackAnswer> {
  const headers: Record<string, string> = {};
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`;
  if (options.body !== undefined) headers['content-type'] = 'application/json';
  const settings = { method: options.method ?? 'GET', headers, agent: false as const, rejectUnauthorized: false };
  return await new Promise<LoopbackAnswer>((resolve, reject) => {
    const send = options.url.startsWith('https:') ? httpsRequest : httpRequest;
    const request = send(options.url, settings as RequestOptions, (response) => {
      readAll(response).then(resolve, reject);
    });
    request.on('error', reject);
    if (options.timeoutMs !== undefined) {
      request.setTimeout(options.timeoutMs, () => request.destroy(new Error(`no answer from ${options.url}`)));
    }
    request.end(options.body);
  });
}

async function readAll(response: IncomingMessage): Promise<LoopbackAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
}
