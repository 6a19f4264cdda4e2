/** `npm run bench -- rollout --check`: are simulated members like a real one? */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../../kube/client.ts';
import { clusterClients } from '../../local/clusterClients.ts';
import { certificatePath } from '../../local/credentials.ts';
import { down, up, type Fleet } from '../../local/fleet.ts';
import { compareMembers, type Difference } from './check.ts';
import { startSimulatedMembers } from './process.ts';

/** Starts a real member, compares, and prints what differs. */
export async function checkSimulatedMembers(): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'flotilla-bench-'));
  const log = (line: string): void => {
    console.error(line);
  };
  try {
    const members = [{ name: 'real', labels: {} }];
    const fleet = await up({ data, members, worker: false, temporary: true, whileParentLives: true, log });
    const differences = await compareIn(fleet);
    for (const { request, real, simulated } of differences) {
      console.log(`${request}\n  real:      ${real}\n  simulated: ${simulated}`);
    }
    if (differences.length === 0) console.log('Simulated members answer as the real one does.');
    else process.exitCode = 1;
  } finally {
    await down(data);
    await rm(data, { recursive: true, force: true });
  }
}

async function compareIn(fleet: Fleet): Promise<Difference[]> {
  const certificate = certificatePath(fleet.data, 'real');
  const members = await startSimulatedMembers({
    certificate: await readFile(certificate, 'utf8'),
    key: await readFile(certificate.replace(/\.crt$/, '.key'), 'utf8'),
  });
  const clients = clusterClients(fleet);
  const kubeconfig = new KubeConfig();
  kubeconfig.loadFromString(members.kubeconfig('simulated'));
  const simulated = KubernetesClient.fromKubeconfig({ name: 'simulated', kubeconfig });
  try {
    const real = clients.get('real');
    if (real === undefined) throw new Error('The fleet has no member.');
    return await compareMembers(real, simulated);
  } finally {
    await Promise.all([...clients.values(), simulated].map((client) => client.close()));
    await members.stop();
  }
}
