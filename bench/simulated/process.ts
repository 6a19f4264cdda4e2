/** The simulated members in a process of their own, so that what they cost can be told from what the product costs. */
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { FromSimulated, ToSimulated } from './main.ts';
import { memberPath, type MemberWrite, type SimulatedServerOptions } from './server.ts';

/** PEM texts of a server on 127.0.0.1; the certificate is its own authority. */
export interface ServerCertificate {
  certificate: string;
  key: string;
}

/** Running simulated members. */
export interface SimulatedMembers {
  pid: number;
  /** Kubeconfig of a member; any name will do. */
  kubeconfig(member: string): string;
  /** Requests to all members since the last call, by verb and resource, such as `patch configmaps`. */
  takeCounts(): Promise<Record<string, number>>;
  /** Writes to all members since the last call; none unless they are recorded. */
  takeWrites(): Promise<MemberWrite[]>;
  stop(): Promise<void>;
}

/** Starts the process; it ends with this one, however this one ends. */
export async function startSimulatedMembers(
  { certificate, key }: ServerCertificate,
  { recordWrites }: Pick<SimulatedServerOptions, 'recordWrites'> = {},
): Promise<SimulatedMembers> {
  const token = randomBytes(16).toString('hex');
  const child = fork(fileURLToPath(new URL('main.ts', import.meta.url)), { execArgv: [] });
  const { port } = (await ask(child, { start: { certificate, key, token, recordWrites } })) as { port: number };
  return {
    pid: child.pid ?? 0,
    kubeconfig: (member) => kubeconfigOf(member, port, certificate, token),
    takeCounts: async () => {
      const { counts } = (await ask(child, { takeCounts: true })) as { counts: Record<string, number> };
      return counts;
    },
    takeWrites: async () => {
      const { writes } = (await ask(child, { takeWrites: true })) as { writes: MemberWrite[] };
      return writes;
    },
    stop: async () => {
      const ended = once(child, 'exit');
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}

/** One question at a time. */
async function ask(child: ChildProcess, message: ToSimulated): Promise<FromSimulated> {
  const failed = new AbortController();
  const died = once(child, 'exit', { signal: failed.signal }).then(() => {
    throw new Error('The process of the simulated members has ended.');
  });
  died.catch(() => undefined);
  try {
    const answered = once(child, 'message', { signal: failed.signal });
    child.send(message);
    const [answer] = (await Promise.race([answered, died])) as [FromSimulated];
    return answer;
  } finally {
    failed.abort();
  }
}

function kubeconfigOf(member: string, port: number, certificate: string, token: string): string {
  const authority = Buffer.from(certificate).toString('base64');
  const server = `https://127.0.0.1:${String(port)}${memberPath(member)}`;
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': member,
    clusters: [{ name: member, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name: member, user: { token } }],
    contexts: [{ name: member, context: { cluster: member, user: member } }],
  });
}
