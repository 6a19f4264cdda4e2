/** The requests by which simulated members are compared with a real API server: those that the product makes. */
import { randomBytes } from 'node:crypto';
import { kinds } from '../../api/kinds.ts';
import { apiVersionOf } from '../../api/meta.ts';
import type { KubernetesObject, ResourceDefinition } from '../../api/meta.ts';
import { prepareManifest } from '../../domain/apply/manifest.ts';
import { goJson } from '../../domain/snapshots/goJson.ts';
import type { KubernetesClient } from '../../kube/client.ts';
import { KubernetesError } from '../../kube/errors.ts';
import { Outcomes } from './checkOutcomes.ts';
import { servedKinds } from './kinds.ts';

/** Takes note of what came of a request. */
export type Note = (request: string, outcome: string) => void;

type AnyObject = KubernetesObject & Record<string, unknown>;

const configMaps: ResourceDefinition<AnyObject> = coreKind('ConfigMap', 'configmaps', true);
const namespaces: ResourceDefinition<AnyObject> = coreKind('Namespace', 'namespaces', false);
const works: ResourceDefinition<AnyObject> = { ...kinds.appliedWork, objectType: undefined };
const deployments: ResourceDefinition<AnyObject> = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};
const apply = { fieldManager: 'check', force: true };

/** Whether every kind that is simulated is served under the same path by both, and both say that they are ready. */
export async function checkDiscovery(client: KubernetesClient, note: Note): Promise<void> {
  const discovery = await client.discover();
  for (const { group, version, kind } of servedKinds) {
    const found = discovery.find(group, version, kind);
    note(
      `discover ${kind}`,
      `${found?.plural ?? 'nothing'}, ${found?.namespaced === true ? 'in namespaces' : 'cluster'}`,
    );
  }
  note('readyz', await client.probe('/readyz'));
  note('version', (await client.version()).gitVersion.replace(/^v\d+\.\d+\..*$/, 'a version'));
}

/** Every kind of write in each of its outcomes, on objects of its own. */
export async function checkObjects(client: KubernetesClient, note: Note): Promise<void> {
  const name = `check-${randomBytes(4).toString('hex')}`;
  const outcomes = new Outcomes(note, name);
  await checkInventory(client, name, outcomes);
  await checkContent(client, name, outcomes);
  await checkDeletion(client, name, outcomes);
}

async function checkInventory(client: KubernetesClient, name: string, { of }: Outcomes): Promise<void> {
  const work = newWork(name);
  await of('get a missing work', () => client.get(works, name));
  const created = await of('create a work', () => client.create(works, { ...work, status: { contentHash: 'lost' } }));
  await of('create it again', () => client.create(works, work));
  const status = {
    contentHash: 'a',
    appliedResources: [{ ordinal: 0, version: 'v1', kind: 'K', resource: 'k', name }],
  };
  const written = await of('replace its status', () => client.replaceStatus(works, { ...created, status }));
  await of('replace its status with the same', () => client.replaceStatus(works, { ...written, status }));
  await of('replace its status from an old version', () => client.replaceStatus(works, { ...created, status: {} }));
  await of('replace its status with another spec', () =>
    client.replaceStatus(works, { ...written, spec: { workName: 'other', workNamespace: 'other' } }),
  );
  const current = await of('get it', () => client.get(works, name));
  const spec = { workName: name, workNamespace: 'changed' };
  await of('replace its spec and status', () => client.replace(works, { ...current, spec, status: {} }));
  await of('replace it from an old version', () => client.replace(works, { ...current, spec }));
  await of('replace it from no version', () => client.replace(works, newWork(name)));
  await of('replace a missing one', () =>
    client.replaceStatus(works, { ...current, metadata: { ...current.metadata, name: `${name}-missing` } }),
  );
}

async function checkContent(client: KubernetesClient, name: string, { of }: Outcomes): Promise<void> {
  const work = await client.get(works, name);
  const owner = { name, uid: work.metadata.uid ?? '' };
  const applied = (object: AnyObject): AnyObject => prepareManifest(object, owner) as AnyObject;
  await of('apply a ConfigMap without its namespace', () => client.apply(configMaps, newConfigMap(name, {}), apply));
  await of('apply a Namespace', () => client.apply(namespaces, applied(newNamespace(name)), apply));
  await of('apply it again', () => client.apply(namespaces, applied(newNamespace(name)), apply));
  const first = applied(newConfigMap(name, { kept: '1', dropped: '1' }));
  await of('apply a ConfigMap', () => client.apply(configMaps, first, apply));
  await of('apply it again', () => client.apply(configMaps, first, apply));
  const second = applied(newConfigMap(name, { kept: '2', added: '1' }));
  await of('apply it changed', () => client.apply(configMaps, second, apply));
  await of('apply it as somebody else', () =>
    client.apply(configMaps, newConfigMap(name, { others: '1' }), { fieldManager: 'other', force: true }),
  );
  await of('apply it changed back', () => client.apply(configMaps, first, apply));
  await of('replace it without a version', () => client.replace(configMaps, newConfigMap(name, { only: '1' })));
  await of('get it', () => client.get(configMaps, name, name));
  await of('apply a Deployment', () => client.apply(deployments, applied(newDeployment(name, 1)), apply));
  await of('apply it again', () => client.apply(deployments, applied(newDeployment(name, 1)), apply));
  await of('apply it changed', () => client.apply(deployments, applied(newDeployment(name, 2)), apply));
  await of('get an unknown kind', () => client.get({ ...configMaps, group: 'no.such' }, name, name));
  await of('list by name', async () => {
    const { items } = await client.list(configMaps, { namespace: name, fieldSelector: `metadata.name=${name}` });
    return items[0] ?? newNamespace('nothing');
  });
}

async function checkDeletion(client: KubernetesClient, name: string, { of, done }: Outcomes): Promise<void> {
  const { uid } = (await client.get(configMaps, name, name)).metadata;
  const inNamespace = { namespace: name };
  await done('delete another uid', () =>
    client.delete(configMaps, name, { ...inNamespace, uid: `${uid ?? ''}-other` }),
  );
  await done('delete another version', () => client.delete(configMaps, name, { ...inNamespace, resourceVersion: '1' }));
  await done('delete it', () => client.delete(configMaps, name, { ...inNamespace, uid }));
  await done('delete it again', () => client.delete(configMaps, name, { ...inNamespace, uid }));
  await of('get it', () => client.get(configMaps, name, name));
  await done('delete the Deployment', () => client.delete(deployments, name, inNamespace));
  await done('delete the work', () => client.delete(works, name, { propagationPolicy: 'Background' }));
  await of('get the work', () => client.get(works, name));
  await client.delete(namespaces, name);
}

/** What a watch tells of an object, from a version on. */
export async function checkWatch(client: KubernetesClient, note: Note): Promise<void> {
  const name = `check-watch-${randomBytes(4).toString('hex')}`;
  const { resourceVersion } = await client.list(works, { fieldSelector: `metadata.name=${name}` });
  const created = await client.create(works, newWork(name));
  await client.create(works, newWork(`${name}-other`));
  const ending = new AbortController();
  const options = { timeoutSeconds: 30, idleTimeoutMs: 10_000, signal: ending.signal };
  const events = client.watch(works, { ...options, fieldSelector: `metadata.name=${name}`, resourceVersion });
  const written = await client.replaceStatus(works, { ...created, status: { contentHash: 'a' } });
  await client.replaceStatus(works, { ...written, status: { contentHash: 'a' } });
  await client.delete(works, name, { propagationPolicy: 'Background' });
  await client.delete(works, `${name}-other`, { propagationPolicy: 'Background' });
  try {
    for await (const { type, object } of events) {
      const { status, metadata } = object;
      const isNewer = Number(metadata.resourceVersion) > Number(resourceVersion);
      note('watch a work', `${type} ${goJson(status ?? {})} ${isNewer ? 'newer' : 'older'}`);
      if (type === 'DELETED') break;
    }
  } catch (error) {
    note('watch a work', error instanceof KubernetesError ? error.errorClass : String(error));
  } finally {
    ending.abort();
  }
}

function coreKind(kind: string, plural: string, namespaced: boolean): ResourceDefinition<AnyObject> {
  return { group: '', version: 'v1', kind, plural, namespaced };
}

function newWork(name: string): AnyObject {
  const spec = { workName: name, workNamespace: 'check' };
  return { apiVersion: apiVersionOf(works), kind: works.kind, metadata: { name }, spec };
}

function newNamespace(name: string): AnyObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { check: 'yes' } } };
}

function newConfigMap(name: string, data: Record<string, string>): AnyObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: name }, data };
}

function newDeployment(name: string, replicas: number): AnyObject {
  const labels = { app: 'check' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'check', image: 'check' }] } };
  const spec = { replicas, selector: { matchLabels: labels }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: name }, spec };
}
