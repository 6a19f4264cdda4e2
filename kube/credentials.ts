/** What an HTTP client needs to know to reach one cluster, wherever it is written. */
import type { RequestOptions } from 'node:https';
import { isDeepStrictEqual } from 'node:util';

/** Where and as whom to connect. */
export interface Credentials {
  /** Scheme, host, port and, behind some proxies, a path without a slash at its end. */
  server: URL;
  /** Sent with every request: `authorization`, impersonation. */
  headers: Record<string, string | string[]>;
  tls: TlsMaterial;
  proxyUrl?: string;
}

/** Options of `tls.connect` that come from a kubeconfig. */
export type TlsMaterial = Pick<
  RequestOptions,
  'ca' | 'cert' | 'key' | 'passphrase' | 'rejectUnauthorized' | 'servername'
>;

/** Where the credentials of one cluster are read, also anew after they were refused. */
export interface CredentialSource {
  /** URL of the server as it is written, for errors. */
  readonly server: string;
  /** @throws KubernetesError of class `unauthorised` */
  read(): Promise<Credentials>;
}

/** @returns undefined for what is no URL */
export function parseServerUrl(text: string | undefined): URL | undefined {
  const url = URL.parse(text ?? '');
  if (url !== null) url.pathname = url.pathname.replace(/\/+$/, '');
  return url ?? undefined;
}

/** Whether a connection made with one can go on being used with the other. */
export function sameConnection(a: Credentials, b: Credentials): boolean {
  return a.server.href === b.server.href && a.proxyUrl === b.proxyUrl && isDeepStrictEqual(a.tls, b.tls);
}

/** Whether nothing at all changed. */
export function sameCredentials(a: Credentials, b: Credentials): boolean {
  return sameConnection(a, b) && isDeepStrictEqual(a.headers, b.headers);
}
