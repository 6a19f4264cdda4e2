/**
 * Whether simulated members behave as a real API server does, in everything that the product reads of their answers:
 * the same requests go to both, and what came of each is compared.
 */
import type { KubernetesClient } from '../../kube/client.ts';
import { checkDiscovery, checkObjects, checkWatch } from './checkScript.ts';

/** What came of one request, in words that must be the same for both. */
export interface Observed {
  request: string;
  outcome: string;
}

/** One request of which the two servers made different things. */
export interface Difference {
  request: string;
  real: string;
  simulated: string;
}

/** Plays the script on both; leaves nothing behind on either. */
export async function compareMembers(real: KubernetesClient, simulated: KubernetesClient): Promise<Difference[]> {
  const [expected, actual] = await Promise.all([play(real), play(simulated)]);
  return expected.flatMap(({ request, outcome }, index) => {
    const found = actual[index]?.outcome ?? 'nothing';
    return found === outcome ? [] : [{ request, real: outcome, simulated: found }];
  });
}

/** Plays the script on one server. It must serve the kind AppliedWork. */
export async function play(client: KubernetesClient): Promise<Observed[]> {
  const observed: Observed[] = [];
  const note = (request: string, outcome: string): void => {
    observed.push({ request, outcome });
  };
  await checkDiscovery(client, note);
  await checkObjects(client, note);
  await checkWatch(client, note);
  return observed;
}
