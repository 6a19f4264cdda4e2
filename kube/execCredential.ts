/** Credentials from a program, as `users[].user.exec` of a kubeconfig asks for (`client.authentication.k8s.io`). */
import { spawn } from 'node:child_process';
import type { ClusterEntry, ExecEntry } from './kubeconfig.ts';

/** What the program answered. Certificate and key are PEM. */
export interface ExecCredential {
  token?: string;
  clientCertificateData?: string;
  clientKeyData?: string;
}

/**
 * Runs the program. What it has to say to a person goes to the terminal, and it may ask there.
 * @throws Error with one clause on what is wrong; it quotes nothing that the program printed
 */
export async function runExecCredential(exec: ExecEntry, cluster: ClusterEntry): Promise<ExecCredential> {
  const { command } = exec;
  if (command === undefined || command === '') throw new Error('its exec names no command');
  const interactive = exec.interactiveMode !== 'Never' && process.stdin.isTTY;
  if (exec.interactiveMode === 'Always' && !interactive) {
    throw new Error(`${command} asks for a terminal, and there is none`);
  }
  const printed = await outputOf(exec, command, {
    stdin: interactive ? 'inherit' : 'ignore',
    environment: { KUBERNETES_EXEC_INFO: JSON.stringify(infoFor(exec, cluster, interactive)) },
  });
  try {
    const { status } = JSON.parse(printed) as { status?: ExecCredential };
    if (status !== undefined) return status;
  } catch {
    // The sentence below says the same.
  }
  throw new Error(`${command} printed no ExecCredential with a status`);
}

interface Running {
  stdin: 'inherit' | 'ignore';
  environment: Record<string, string>;
}

function outputOf(exec: ExecEntry, command: string, { stdin, environment }: Running): Promise<string> {
  const own = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
  const child = spawn(command, exec.args ?? [], {
    env: { ...process.env, ...environment, ...own },
    stdio: [stdin, 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  return new Promise((resolve, reject) => {
    child.on('error', (error: NodeJS.ErrnoException) => {
      const hint = exec.installHint === undefined ? '' : ` (${exec.installHint.trim().replaceAll(/\s+/g, ' ')})`;
      const missing = error.code === 'ENOENT';
      reject(new Error(missing ? `${command} is not installed${hint}` : `${command} cannot be run: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`${command} ended with ${signal ?? `code ${String(code)}`}`));
    });
  });
}

/** What the program may want to know; it is told of the cluster only where the kubeconfig says so. */
function infoFor(exec: ExecEntry, cluster: ClusterEntry, interactive: boolean): unknown {
  const { apiVersion = 'client.authentication.k8s.io/v1', provideClusterInfo } = exec;
  return {
    apiVersion,
    kind: 'ExecCredential',
    spec: {
      interactive,
      ...(provideClusterInfo === true && {
        cluster: {
          server: cluster.server,
          'tls-server-name': cluster['tls-server-name'],
          'insecure-skip-tls-verify': cluster['insecure-skip-tls-verify'],
          'certificate-authority-data': cluster['certificate-authority-data'],
          'proxy-url': cluster['proxy-url'],
        },
      }),
    },
  };
}
