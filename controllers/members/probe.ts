/** One look at a member's API server. */
import type { Observation, Probe } from '../../domain/members/index.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { isUnauthorised, isUnreachable } from '../../kube/errors.ts';
import type { MemberPool } from '../../kube/pool.ts';

export interface ProbeOptions {
  /** What else is looked at once the member answers. Never throws. */
  observe(client: KubernetesClient, signal: AbortSignal): Promise<Observation | undefined>;
  timeoutMs: number;
}

/** Never throws: what goes wrong is what the probe has found. */
export async function probeMember(pool: MemberPool, cluster: string, options: ProbeOptions): Promise<Probe> {
  const signal = AbortSignal.timeout(options.timeoutMs);
  try {
    const client = await pool.client(cluster, signal);
    const trouble = await troubleOf(client, signal);
    const observed = await options.observe(client, signal);
    return { reached: true, ...(trouble !== undefined && { trouble }), ...(observed && { observed }) };
  } catch (error) {
    if (!signal.aborted) return { reached: false, trouble: sentence(error) };
    const seconds = String(options.timeoutMs / 1000);
    return { reached: false, trouble: `Member cluster ${cluster} did not answer within ${seconds} s.` };
  }
}

/** What is wrong with an API server that answers. Throws if it does not, or will not talk to us. */
async function troubleOf(client: KubernetesClient, signal: AbortSignal): Promise<string | undefined> {
  try {
    await client.probe('/readyz', signal);
    return undefined;
  } catch (error) {
    if (signal.aborted || isUnreachable(error) || isUnauthorised(error)) throw error;
    return sentence(error);
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
