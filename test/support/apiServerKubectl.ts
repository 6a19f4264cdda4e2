/** The real kubectl against the API server of one test file. */
import type { ApiServer } from './apiServer.ts';
import { run, type CommandResult } from './command.ts';

/** Runs kubectl; `input` goes to its standard input. Does not throw when kubectl fails. */
export function tryKubectl(server: ApiServer, typed: readonly string[], input?: string): Promise<CommandResult> {
  return run(server.kubectl, typed, { environment: environmentFor(server), input, mayFail: true });
}

/** Runs kubectl and returns what it prints; throws with everything it has printed when it fails. */
export async function kubectlOn(server: ApiServer, typed: readonly string[], input?: string): Promise<string> {
  return (await run(server.kubectl, typed, { environment: environmentFor(server), input })).stdout;
}

/** A cache of its own for each server: ports are used again, and an old server's kinds must not be remembered. */
function environmentFor(server: ApiServer): Record<string, string> {
  return { KUBECONFIG: server.kubeconfig, KUBECACHEDIR: `${server.kubeconfig}-cache` };
}
