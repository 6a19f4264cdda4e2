/** The simulated members of the benchmarks against a real API server. */
import { readFileSync } from 'node:fs';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { compareMembers, play } from '../../bench/simulated/check.ts';
import { startSimulatedMembers, type SimulatedMembers } from '../../bench/simulated/process.ts';
import { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import { kinds } from '../../api/kinds.ts';
import { installDefinitions, memberDefinitions } from '../../local/definitions.ts';
import { startApiServer, type ApiServer } from '../support/apiServer.ts';

let server: ApiServer;
let members: SimulatedMembers;
const clients: KubernetesClient[] = [];

beforeAll(async () => {
  server = await startApiServer();
  const keyFile = server.caFile.replace(/\.crt$/, '.key');
  members = await startSimulatedMembers({
    certificate: readFileSync(server.caFile, 'utf8'),
    key: readFileSync(keyFile, 'utf8'),
  });
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await members.stop();
  await server.stop();
});

function open(name: string, load: (kubeconfig: KubeConfig) => void): KubernetesClient {
  const kubeconfig = new KubeConfig();
  load(kubeconfig);
  const client = KubernetesClient.fromKubeconfig({ name, kubeconfig });
  clients.push(client);
  return client;
}

function openMember(name: string): KubernetesClient {
  return open(name, (kubeconfig) => kubeconfig.loadFromString(members.kubeconfig(name)));
}

test('a simulated member answers as a real API server does, in what the product reads', async () => {
  const real = open('real', (kubeconfig) => kubeconfig.loadFromFile(server.kubeconfig));
  await installDefinitions(real, memberDefinitions);
  expect(await compareMembers(real, openMember('member-1'))).toEqual([]);
});

test('the script of the comparison sees something', async () => {
  const observed = await play(openMember('member-2'));
  expect(observed.length).toBeGreaterThan(40);
  expect(new Set(observed.map(({ outcome }) => outcome)).size).toBeGreaterThan(20);
});

test('members share nothing', async () => {
  const [one, other] = [openMember('member-3'), openMember('member-4')];
  await one.create(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mine' } });
  expect(await one.find(kinds.namespace, 'mine')).toBeDefined();
  expect(await other.find(kinds.namespace, 'mine')).toBeUndefined();
});

test('requests are counted by verb and resource', async () => {
  const member = openMember('member-5');
  await member.version();
  await members.takeCounts();
  await member.create(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'counted' } });
  await member.get(kinds.namespace, 'counted');
  await member.list(kinds.namespace);
  expect(await members.takeCounts()).toEqual({ 'create namespaces': 1, 'get namespaces': 1, 'list namespaces': 1 });
});

test('an informer follows a simulated member', async () => {
  const member = openMember('member-6');
  const informer = new Informer(member, kinds.namespace);
  informer.start();
  try {
    await informer.synced;
    await member.create(kinds.namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'followed' } });
    await informer.waitFor(({ metadata }) => metadata.name === 'followed', 5_000);
    await member.delete(kinds.namespace, 'followed');
    await informer.waitUntilGone('followed', undefined, 5_000);
  } finally {
    informer.stop();
  }
});
