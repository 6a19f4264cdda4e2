/** Tokens, keys and kubeconfigs of a local fleet. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { clusterFolder, kubeconfigPath, writePrivate, type ClusterState, type FleetState } from './state.ts';

/** A new bearer token. */
export function newToken(): string {
  return randomBytes(24).toString('hex');
}

/** Files of one cluster that must exist before its API server starts. */
export async function writeClusterFiles(data: string, cluster: ClusterState): Promise<void> {
  const folder = clusterFolder(data, cluster.name);
  await writePrivate(join(folder, 'tokens.csv'), `${cluster.token},admin,admin,"system:masters"\n`);
  await writePrivate(join(folder, 'audit-policy.yaml'), auditPolicy);
  const key = join(folder, 'service-accounts.key');
  if (existsSync(key)) return;
  const pair = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'sec1', format: 'pem' },
  });
  await writePrivate(join(folder, 'service-accounts.pub'), pair.publicKey);
  await writePrivate(key, pair.privateKey);
}

/** Kubeconfig of one cluster alone, as its controller manager and the hub's Secret for a member need it. */
export async function clusterKubeconfig(data: string, cluster: ClusterState): Promise<string> {
  return kubeconfig(data, [cluster]);
}

/** Path of the kubeconfig that holds one cluster alone. */
export function clusterKubeconfigPath(data: string, cluster: string): string {
  return join(clusterFolder(data, cluster), 'kubeconfig');
}

/** Writes the kubeconfig of the whole fleet. The API servers must have made their certificates. */
export async function writeFleetKubeconfig(data: string, state: FleetState): Promise<void> {
  await writePrivate(kubeconfigPath(data), await kubeconfig(data, [state.hub, ...state.members]));
}

/** Self-signed certificate that an API server makes at its first start, and so its own authority. */
export function certificatePath(data: string, cluster: string): string {
  return join(clusterFolder(data, cluster), 'apiserver.crt');
}

/** The first cluster's context is the current one. */
async function kubeconfig(data: string, clusters: readonly ClusterState[]): Promise<string> {
  const authorities = await Promise.all(clusters.map((cluster) => readFile(certificatePath(data, cluster.name))));
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': clusters[0]?.name,
    clusters: clusters.map(({ name, port }, index) => ({
      name,
      cluster: {
        server: `https://127.0.0.1:${String(port)}`,
        'certificate-authority-data': authorities[index]?.toString('base64'),
      },
    })),
    users: clusters.map(({ name, token }) => ({ name, user: { token } })),
    contexts: clusters.map(({ name }) => ({ name, context: { cluster: name, user: name } })),
  });
}

/** Who wrote what and when, without content: content may hold secrets. */
const auditPolicy = stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] }, { level: 'None' }],
});
