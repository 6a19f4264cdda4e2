/** Whether what was just written on the hub has been noticed, and what it waits for where it has not. */
import { kindsIn } from '../../api/kinds.ts';
import { scopeOf } from '../../api/references.ts';
import type { ClusterStagedUpdateRun } from '../../api/types/clusterstagedupdaterun.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { Informer } from '../../kube/informer.ts';
import { workerState } from '../workerLease.ts';

/** A run is noticed within a fraction of a second where everything is up. */
const patienceMs = 3_000;

/** @returns undefined once its workflow has noticed the run as it is; else one sentence on why that comes later */
export async function whyNotNoticed(
  hub: KubernetesClient,
  { metadata }: ClusterStagedUpdateRun,
): Promise<string | undefined> {
  const { name, uid, generation = 1 } = metadata;
  const fieldSelector = `metadata.name=${name}`;
  const informer = new Informer(hub, kindsIn(metadata).run, { ...scopeOf(metadata), fieldSelector });
  informer.start();
  try {
    await informer.waitFor((run) => run.metadata.uid === uid && observedGeneration(run) >= generation, patienceMs);
    return undefined;
  } catch {
    const worker = await workerState(hub, Date.now());
    return worker.state === 'missing'
      ? 'No worker is running: it is stored on the hub and takes effect when one runs.'
      : 'The worker has not noticed it yet, as when Temporal does not answer: it is stored on the hub and takes effect then.';
  } finally {
    informer.stop();
  }
}

/** Generation of the run that its workflow has last looked at; 0 before it was taken up. */
export function observedGeneration({ status }: ClusterStagedUpdateRun): number {
  return Math.max(0, ...(status?.conditions ?? []).map((condition) => condition.observedGeneration ?? 0));
}
