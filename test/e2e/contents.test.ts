/** Content arrives on the members as it was written, and is hashed as the documents' system would hash it. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ClusterResourceSnapshot } from '../../api/types/clusterresourcesnapshot.ts';
import type { Fleet } from '../../local/fleet.ts';
import { getFleet } from '../support/fleet.ts';
import { apply, getObject, kubectl, kubectlLine, waitFor } from '../support/kubectl.ts';
import { configMap, namespace, placement, remove, stage, strategy, updateRun } from '../support/scenario.ts';

/** The next integer after the last one that JavaScript tells from its neighbours. */
const big = '9007199254740993';
const sampleCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'samples.contents.example.com' },
  spec: {
    group: 'contents.example.com',
    names: { kind: 'Sample', plural: 'samples', singular: 'sample' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
/** Written by hand, because JavaScript cannot hold the number. */
const sample = `{"apiVersion":"contents.example.com/v1","kind":"Sample","metadata":{"name":"sample","namespace":"contents"},"spec":{"big":${big}}}`;

let fleet: Fleet;

beforeAll(async () => {
  fleet = await getFleet();
  for (const cluster of [fleet.hub, ...fleet.members]) {
    await apply(fleet, [sampleCrd], ['--context', cluster]);
    await waitFor(fleet, 'condition=Established', `crd/samples.contents.example.com --context ${cluster}`);
  }
  await kubectl(fleet, ['create', '-f', '-'], { input: JSON.stringify(namespace('contents')) });
  const settings = configMap('contents', 'settings', { text: '<&>' });
  await kubectl(fleet, ['create', '-f', '-'], { input: JSON.stringify(settings) });
  await kubectl(fleet, ['create', '-f', '-'], { input: sample });
  await apply(fleet, [placement('contents', 'contents'), strategy('contents', [stage('all')])]);
  await waitFor(fleet, 'create', 'clusterresourcesnapshots/contents-0-snapshot');
  await apply(fleet, [updateRun('contents', 'contents', '0', 'contents')]);
  await waitFor(fleet, 'condition=Succeeded', 'csur/contents');
}, 240_000);

afterAll(async () => {
  await remove(fleet, 'csur/contents csus/contents crp/contents ns/contents crd/samples.contents.example.com');
  for (const member of fleet.members) {
    await kubectlLine(fleet, `delete crd samples.contents.example.com --ignore-not-found --context ${member}`);
  }
}, 120_000);

test('a 64-bit integer and signs that Go escapes arrive unchanged on every member', async () => {
  for (const member of fleet.members) {
    const custom = await kubectlLine(
      fleet,
      `get sample sample -n contents --context ${member} -o jsonpath={.spec.big}`,
    );
    expect(custom.stdout).toBe(big);
    const text = await kubectlLine(fleet, `get cm settings -n contents --context ${member} -o jsonpath={.data.text}`);
    expect(text.stdout).toBe('<&>');
  }
});

test('the snapshot hashes as Go would', async () => {
  const asGoWrites =
    '{"selectedResources":[' +
    '{"apiVersion":"v1","kind":"Namespace","metadata":{"labels":{"kubernetes.io/metadata.name":"contents"},' +
    '"name":"contents"},"spec":{"finalizers":["kubernetes"]}},' +
    '{"apiVersion":"v1","data":{"text":"\\u003c\\u0026\\u003e"},"kind":"ConfigMap",' +
    '"metadata":{"name":"settings","namespace":"contents"}},' +
    `${sample}]}`;
  const snapshot = await getObject<ClusterResourceSnapshot>(fleet, 'clusterresourcesnapshots contents-0-snapshot');
  expect(snapshot.metadata.annotations?.['kubernetes-fleet.io/resource-hash']).toBe(
    createHash('sha256').update(asGoWrites).digest('hex'),
  );
});
