/** The hub cluster as the worker finds it in its surroundings. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import type { Environment } from './configuration.ts';

/** A kubeconfig in which the hub's context is the current one. */
export interface HubAccess {
  kubeconfig: KubeConfig;
  /** Origin of its API server, such as `https://127.0.0.1:6443`. */
  origin: string;
}

/**
 * Finds the hub: KUBECONFIG, else ~/.kube/config, else the service account of the pod.
 * @param context name of the hub's context; empty for the current one
 * @throws Error whose message is a sentence for the user
 */
export function readHubAccess(environment: Environment, context: string): HubAccess {
  const { kubeconfig, source } = loadKubeconfig(environment);
  if (context !== '') {
    const names = kubeconfig.getContexts().map(({ name }) => name);
    if (!names.includes(context)) {
      throw new Error(`${source} has no context "${context}", only ${names.join(', ')}: correct FLOTILLA_HUB_CONTEXT.`);
    }
    kubeconfig.setCurrentContext(context);
  }
  const server = kubeconfig.getCurrentCluster()?.server;
  const origin = URL.parse(server ?? '')?.origin;
  if (origin === undefined) {
    throw new Error(`${source} names no server in its current context: set FLOTILLA_HUB_CONTEXT to the hub's context.`);
  }
  return { kubeconfig, origin };
}

function loadKubeconfig(environment: Environment): { kubeconfig: KubeConfig; source: string } {
  const kubeconfig = new KubeConfig();
  const path = environment.KUBECONFIG ?? '';
  const standard = join(homedir(), '.kube/config');
  if (path === '' && !existsSync(standard) && environment.KUBERNETES_SERVICE_HOST !== undefined) {
    kubeconfig.loadFromCluster();
    return { kubeconfig, source: "The pod's service account" };
  }
  const files = path === '' ? [standard] : path.split(':').filter((file) => file !== '');
  const missing = files.find((file) => !existsSync(file));
  if (missing !== undefined) {
    throw new Error(`There is no kubeconfig at ${missing}: set KUBECONFIG to the file that holds the hub.`);
  }
  try {
    const [first, ...others] = files;
    kubeconfig.loadFromFile(first ?? '');
    for (const file of others) {
      const other = new KubeConfig();
      other.loadFromFile(file);
      kubeconfig.mergeConfig(other, true);
    }
  } catch {
    // The parser's message may quote a credential.
    throw new Error(`${files.join(':')} is not a kubeconfig that can be read: correct it or set KUBECONFIG.`);
  }
  return { kubeconfig, source: files.join(':') };
}
