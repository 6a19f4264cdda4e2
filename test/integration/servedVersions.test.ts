/** `deploy/serve-v1` on a real API server: the kinds of a rollout as `v1` beside `v1beta1`, and the way back. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { startApiServer, type ApiServer } from '../support/apiServer.ts';
import { kubectlOn } from '../support/apiServerKubectl.ts';
import { withoutAges } from '../support/kubectl.ts';

const root = path.join(import.meta.dirname, '../..');
const group = 'placement.kubernetes-fleet.io';

let server: ApiServer;

beforeAll(async () => {
  server = await startApiServer();
  await apply('-f', 'api/crds');
  await create('v1beta1', 'ClusterStagedUpdateRun', 'earlier', runSpec);
  await apply('-k', 'deploy/serve-v1');
  await v1Preferred();
}, 120_000);

afterAll(async () => {
  await (server as ApiServer | undefined)?.stop();
});

async function apply(flag: '-f' | '-k', folder: string): Promise<void> {
  await kubectlOn(server, ['apply', '--server-side', flag, path.join(root, folder)]);
  await kubectlOn(server, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
}

/** A definition that was established before stays so, while its new version may take a moment to appear. */
async function v1Preferred(): Promise<void> {
  const deadline = Date.now() + 30_000;
  const expected = kinds.map(([kind]) => `${group}/v1 false ${kind}`);
  for (;;) {
    const text = await kubectlOn(server, ['api-resources', `--api-group=${group}`, '--no-headers']);
    const lines = text.split('\n').map((line) => line.split(/\s+/).join(' ').trim());
    const missing = expected.filter((end) => !lines.some((line) => line.endsWith(end)));
    if (missing.length === 0) return;
    if (Date.now() > deadline) throw new Error(`Still not served after 30 s: ${missing.join(', ')}.`);
    await delay(50);
  }
}

async function create(version: string, kind: string, name: string, spec: unknown): Promise<void> {
  const object = { apiVersion: `${group}/${version}`, kind, metadata: { name }, spec };
  await kubectlOn(server, ['create', '-f', '-'], JSON.stringify(object));
}

interface Read {
  apiVersion: string;
  spec: unknown;
}

async function read(resource: string, name: string): Promise<Read> {
  return JSON.parse(await kubectlOn(server, ['get', resource, name, '-o', 'json'])) as Read;
}

const runSpec = { placementName: 'example-placement', stagedRolloutStrategyName: 'example-strategy', state: 'Stop' };
const kinds = [
  ['ClusterApprovalRequest', 'careq', 'clusterapprovalrequests', { parentStageRollout: 'run', targetStage: 'canary' }],
  [
    'ClusterResourcePlacement',
    'crp',
    'clusterresourceplacements',
    {
      resourceSelectors: [{ group: '', version: 'v1', kind: 'Namespace', name: 'test-namespace' }],
      strategy: { type: 'External' },
      revisionHistoryLimit: 10,
    },
  ],
  ['ClusterStagedUpdateRun', 'csur', 'clusterstagedupdateruns', runSpec],
  [
    'ClusterStagedUpdateStrategy',
    'csus',
    'clusterstagedupdatestrategies',
    { stages: [{ name: 'canary', maxConcurrency: '25%', beforeStageTasks: [{ type: 'Approval' }] }] },
  ],
] as const;

test('lists every definition that there is', async () => {
  const { resources } = parse(await readFile(path.join(root, 'api/kustomization.yaml'), 'utf8')) as {
    resources: string[];
  };
  const files = (await readdir(path.join(root, 'api/crds'))).map((file) => `crds/${file}`);
  expect(resources.sort()).toEqual(files.sort());
});

test.each(kinds)('%s made as v1 is the same as v1beta1, and kubectl prints v1', async (kind, short, plural, spec) => {
  await create('v1', kind, 'made-as-v1', spec);
  const older = await read(`${plural}.v1beta1.${group}`, 'made-as-v1');
  expect(older).toMatchObject({ apiVersion: `${group}/v1beta1`, spec });
  await create('v1beta1', kind, 'made-as-v1beta1', spec);
  expect(await read(short, 'made-as-v1beta1')).toMatchObject({ apiVersion: `${group}/v1`, spec });
  const [columns, olderColumns] = await Promise.all(
    ['v1', 'v1beta1'].map((version) => kubectlOn(server, ['get', `${plural}.${version}.${group}`])),
  );
  expect(withoutAges(columns!)).toBe(withoutAges(olderColumns!));
});

test('what v1beta1 refuses, v1 refuses', async () => {
  await expect(
    create('v1', 'ClusterStagedUpdateStrategy', 'refused', { stages: [{ name: 'canary', maxConcurrency: 0 }] }),
  ).rejects.toThrow('maxConcurrency must be at least 1');
  const patch = ['patch', `clusterstagedupdateruns.v1.${group}`, 'earlier', '--type=merge', '-p'];
  await expect(kubectlOn(server, [...patch, '{"spec":{"state":"Initialize"}}'])).rejects.toThrow(
    'invalid state transition: cannot transition from Stop to Initialize',
  );
});

test('an object from before is served as v1, and without v1 everything is still there', async () => {
  expect(await read('csur', 'earlier')).toEqual({
    ...(await read(`clusterstagedupdateruns.v1beta1.${group}`, 'earlier')),
    apiVersion: `${group}/v1`,
  });
  await create('v1', 'ClusterStagedUpdateRun', 'stays', runSpec);
  await apply('-f', 'api/crds');
  const text = await kubectlOn(server, ['get', 'crd', `clusterstagedupdateruns.${group}`, '-o', 'json']);
  const definition = JSON.parse(text) as {
    spec: { versions: { name: string }[] };
    status: { storedVersions: string[] };
  };
  expect(definition.spec.versions.map(({ name }) => name)).toEqual(['v1beta1']);
  expect(definition.status.storedVersions).toEqual(['v1beta1']);
  const stays = await read(`clusterstagedupdateruns.v1beta1.${group}`, 'stays');
  expect(stays).toMatchObject({ apiVersion: `${group}/v1beta1`, spec: runSpec });
});
