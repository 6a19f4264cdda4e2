/** What is rolled out is nobody's business but the clusters': no content in Temporal, none in the log. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import type { Fleet } from '../../local/fleet.ts';
import { getFleet } from '../support/fleet.ts';
import { apply, kubectlLine, waitFor } from '../support/kubectl.ts';
import {
  configMap,
  namespace,
  placement,
  remove,
  stage,
  strategy,
  updateRun,
  type ScenarioObject,
} from '../support/scenario.ts';
import { temporal } from '../support/temporalCommand.ts';

const name = 'secrecy';
const marks = {
  configMap: 'mark-of-the-configmap',
  secret: 'mark-of-the-secret',
  /** Stands in a field that members refuse: their answer quotes it. */
  refused: 'MARK-OF-THE-REFUSED',
};
let fleet: Fleet;

beforeAll(async () => {
  fleet = await getFleet();
}, 180_000);

afterAll(() => remove(fleet, `csur/${name} csus/${name} crp/${name} ns/${name} crd/widgets.secrecy.example`), 120_000);

function secret(): ScenarioObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'hidden', namespace: name },
    stringData: { password: marks.secret },
  };
}

/** On the hub the name may be anything; members are stricter, see {@link definition}. */
function widget(): ScenarioObject {
  return {
    apiVersion: 'secrecy.example/v1',
    kind: 'Widget',
    metadata: { name: 'refused', namespace: name },
    spec: { word: marks.refused },
  };
}

function definition(pattern: string): ScenarioObject {
  const spec = { type: 'object', properties: { word: { type: 'string', pattern } } };
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.secrecy.example' },
    spec: {
      group: 'secrecy.example',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    },
  };
}

test('neither manifests nor Secrets nor what a member quotes of them reach Temporal or the log', async () => {
  await apply(fleet, [definition('.*')]);
  for (const member of fleet.members) await apply(fleet, [definition('^[a-z]*$')], ['--context', member]);
  await waitFor(fleet, 'condition=Established', 'crd/widgets.secrecy.example');
  await apply(fleet, [namespace(name), configMap(name, 'settings', { key: marks.configMap }), secret(), widget()]);
  await apply(fleet, [placement(name, name), strategy(name, [stage('all')])]);
  await waitFor(fleet, 'create', `clusterresourcesnapshots/${name}-0-snapshot`);
  const { stdout: snapshot } = await kubectlLine(fleet, `get clusterresourcesnapshots ${name}-0-snapshot -o json`);
  expect(snapshot).toContain(marks.refused);

  await apply(fleet, [updateRun(name, name, '0', name)]);
  const trouble = 'jsonpath={.status.conditions[?(@.type=="Applied")].status}=False';
  const { stdout: binding } = await kubectlLine(
    fleet,
    `get clusterresourcebindings -l kubernetes-fleet.io/parent-CRP=${name} -o jsonpath={.items[0].metadata.name}`,
  );
  await waitFor(fleet, trouble, `clusterresourcebindings/${binding}`);
  // The one place that may quote it is the binding, which only those read who may read the Secret's placement.
  const { stdout: status } = await kubectlLine(fleet, `get clusterresourcebindings ${binding} -o json`);
  expect(status).toContain(marks.refused);

  for (const member of fleet.members) await apply(fleet, [definition('.*')], ['--context', member]);
  await waitFor(fleet, 'condition=Succeeded', `csur/${name}`);
  const { stdout: history } = await temporal(fleet, ['workflow', 'show', '-w', `csur/${name}`, '-o', 'json']);
  const log = await readFile((await fleet.process('worker').status()).logFile, 'utf8');
  const run = await kubectlLine(fleet, `get csur ${name} -o json`);
  const texts = { history: decodePayloads(history), log, run: run.stdout };
  expect(texts.history).toContain(`${name}-0-snapshot`);
  for (const [place, text] of Object.entries(texts)) {
    for (const mark of Object.values(marks)) {
      for (const form of [mark, Buffer.from(mark).toString('base64')]) {
        expect(`${place}: ${text.includes(form) ? form : 'clean'}`).toBe(`${place}: clean`);
      }
    }
  }
}, 180_000);

/** The history with its base64 payloads in plain text beside it. */
function decodePayloads(history: string): string {
  const payloads = [...history.matchAll(/"data": ?"([A-Za-z0-9+/=]+)"/g)];
  return [history, ...payloads.map(([, data]) => Buffer.from(data ?? '', 'base64').toString())].join('\n');
}
