/** A real Kubernetes API server for one test file: etcd and kube-apiserver in a temporary folder, no controllers. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { locate } from '../../local/binaries/locate.ts';
import { pins, type BinaryName } from '../../local/binaries/pins.ts';
import { loopbackRequest } from '../../local/loopbackRequest.ts';
import { findFreePorts } from '../../local/ports.ts';
import { startGuarded, type GuardedProcess } from './guardedProcess.ts';

/** How to reach a running API server. */
export interface ApiServer {
  /** `https://127.0.0.1:PORT`. */
  url: string;
  /** Bearer token of a cluster administrator. */
  token: string;
  /** PEM file with the server's own certificate. */
  caFile: string;
  /** Path of a kubeconfig file whose only context, also the current one, is called `test`. */
  kubeconfig: string;
  /** Path of the kubectl that belongs to the server. */
  kubectl: string;
  /** Ends both processes and removes everything that they have written. */
  stop(): Promise<void>;
}

const readyWithinMs = 60_000;
const attempts = 3;

/** Starts an API server and returns once it is ready; throws with the end of its log if it does not get there. */
export async function startApiServer(): Promise<ApiServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start();
    } catch (error) {
      // Between finding a free port and listening on it, somebody else may have taken it.
      const taken = error instanceof Error && error.message.includes('address already in use');
      if (!taken || attempt === attempts) throw error;
    }
  }
}

async function start(): Promise<ApiServer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flotilla-api-server-'));
  const processes: GuardedProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(processes.map((guarded) => guarded.kill()));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const [clientPort, peerPort, apiPort] = (await findFreePorts(3)) as [number, number, number];
    const etcdUrl = `http://127.0.0.1:${String(clientPort)}`;
    const url = `https://127.0.0.1:${String(apiPort)}`;
    const token = randomBytes(16).toString('hex');
    const kubeconfig = await writeFiles(folder, url, token);

    const etcd = await startGuarded(
      await binary('etcd'),
      etcdFlags(folder, etcdUrl, peerPort),
      path.join(folder, 'etcd.log'),
    );
    processes.push(etcd);
    const apiServer = await startGuarded(
      await binary('kube-apiserver'),
      apiServerFlags(folder, etcdUrl, apiPort),
      path.join(folder, 'kube-apiserver.log'),
    );
    processes.push(apiServer);

    await whenReady(`${url}/readyz`, token, { etcd, 'kube-apiserver': apiServer });
    return { url, token, caFile: certificateFile(folder), kubeconfig, kubectl: await binary('kubectl'), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function binary(name: BinaryName): Promise<string> {
  const found = await locate(pins[name]);
  if (found === undefined) throw new Error(`${name} is not on this machine yet; run "npm run setup".`);
  return found;
}

function certificateFile(folder: string): string {
  return path.join(folder, 'certificates', 'apiserver.crt');
}

/** Writes key, token list and kubeconfig; returns the path of the latter. */
async function writeFiles(folder: string, url: string, token: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const kubeconfig = path.join(folder, 'kubeconfig');
  await writeFile(path.join(folder, 'service-account.pem'), privateKey, { mode: 0o600 });
  await writeFile(path.join(folder, 'tokens.csv'), `${token},admin,admin,"system:masters"\n`, { mode: 0o600 });
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': certificateFile(folder) } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  };
  await writeFile(kubeconfig, JSON.stringify(content), { mode: 0o600 });
  return kubeconfig;
}

function etcdFlags(folder: string, clientUrl: string, peerPort: number): string[] {
  const peerUrl = `http://127.0.0.1:${String(peerPort)}`;
  return [
    `--data-dir=${path.join(folder, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--unsafe-no-fsync',
  ];
}

function apiServerFlags(folder: string, etcdUrl: string, port: number): string[] {
  const key = path.join(folder, 'service-account.pem');
  return [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${String(port)}`,
    `--cert-dir=${path.join(folder, 'certificates')}`,
    `--token-auth-file=${path.join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://localhost',
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--disable-admission-plugins=ServiceAccount',
    '--endpoint-reconciler-type=none',
    '--enable-priority-and-fairness=false',
  ];
}

async function whenReady(url: string, token: string, processes: Record<string, GuardedProcess>): Promise<void> {
  const deadline = Date.now() + readyWithinMs;
  const ended: string[] = [];
  for (const [name, guarded] of Object.entries(processes)) void guarded.ended.then(() => ended.push(name));
  while (ended.length === 0 && Date.now() < deadline) {
    const answer = await loopbackRequest({ url, token, timeoutMs: 2000 }).catch(() => undefined);
    if (answer?.status === 200) return;
    await delay(50);
  }
  const name = ended[0] ?? 'kube-apiserver';
  const what = ended.length > 0 ? 'ended' : `was not ready within ${String(readyWithinMs / 1000)} s`;
  const log = (await processes[name]?.output()) ?? '';
  throw new Error(`${name} ${what}; the end of its log:\n${log.slice(-2000)}`);
}
