import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { memberKubeconfig } from '../../../local/memberKubeconfig.ts';

let folder: string;
let path: string;

const file = {
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'one',
  clusters: [
    { name: 'c1', cluster: { server: 'https://one', 'certificate-authority': 'ca.crt' } },
    { name: 'c2', cluster: { server: 'https://two', 'certificate-authority-data': 'aW5saW5l' } },
  ],
  users: [
    { name: 'u1', user: { 'client-certificate': 'me.crt', 'client-key': 'me.key' } },
    { name: 'u2', user: { tokenFile: 'token' } },
  ],
  contexts: [
    { name: 'one', context: { cluster: 'c1', user: 'u1' } },
    { name: 'two', context: { cluster: 'c2', user: 'u2', namespace: 'apps' } },
    { name: 'broken', context: { cluster: 'c3', user: 'u2' } },
  ],
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flotilla-kubeconfig-'));
  path = join(folder, 'config');
  await writeFile(path, stringify(file));
  for (const name of ['ca.crt', 'me.crt', 'me.key']) await writeFile(join(folder, name), name);
  await writeFile(join(folder, 'token'), 'secret\n');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('keeps the current context alone, with the content of its files', async () => {
  expect(parse(await memberKubeconfig(path))).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'one',
    clusters: [{ name: 'c1', cluster: { server: 'https://one', 'certificate-authority-data': 'Y2EuY3J0' } }],
    users: [{ name: 'u1', user: { 'client-certificate-data': 'bWUuY3J0', 'client-key-data': 'bWUua2V5' } }],
    contexts: [{ name: 'one', context: { cluster: 'c1', user: 'u1' } }],
  });
});

test('takes another context by name, and reads its token', async () => {
  expect(parse(await memberKubeconfig(path, 'two'))).toMatchObject({
    'current-context': 'two',
    clusters: [{ name: 'c2', cluster: { server: 'https://two', 'certificate-authority-data': 'aW5saW5l' } }],
    users: [{ name: 'u2', user: { token: 'secret' } }],
    contexts: [{ name: 'two', context: { cluster: 'c2', user: 'u2', namespace: 'apps' } }],
  });
});

test.each([
  ['an unknown context', 'three', 'has no context "three"'],
  ['a context without its cluster', 'broken', 'has no cluster "c3"'],
])('names %s', async (_, context, message) => {
  await expect(memberKubeconfig(path, context)).rejects.toThrow(message);
});

test('says so if the file is missing or something else', async () => {
  await expect(memberKubeconfig(join(folder, 'nothing'))).rejects.toThrow('cannot be read');
  await writeFile(path, 'a: [');
  await expect(memberKubeconfig(path)).rejects.toThrow('is not a kubeconfig');
});
