/** What a controller manager does with namespaces, for API servers without one. */
import { kinds } from '../../api/kinds.ts';
import { kubectlOn } from '../support/apiServerKubectl.ts';
import { waitFor, type TestHub } from './placementsHub.ts';

/** Waits until a namespace is to go, and has it go. What is in it stays behind, out of sight. */
export async function endNamespace(hub: TestHub, name: string): Promise<void> {
  const namespace = await waitFor(
    hub.client,
    kinds.namespace,
    ({ metadata }) => metadata.name === name && metadata.deletionTimestamp !== undefined,
  );
  const ended = JSON.stringify({ ...namespace, apiVersion: 'v1', kind: 'Namespace', spec: { finalizers: [] } });
  await kubectlOn(hub.server, ['replace', '--raw', `/api/v1/namespaces/${name}/finalize`, '-f', '-'], ended);
}
