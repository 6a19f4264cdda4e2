/** Kubeconfigs that are read without the Kubernetes library, against what the library makes of the same files. */
import { generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { KubeconfigCredentials } from '../../../kube/kubeconfigCredentials.ts';
import { loadKubeconfig, parseKubeconfig, type Kubeconfig } from '../../../kube/kubeconfig.ts';
import { LibraryCredentials } from '../../../kube/libraryCredentials.ts';
import type { Credentials } from '../../../kube/credentials.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const { privateKey } = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'sec1', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
});
const server = 'https://hub.example.com:6443';
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flotilla-kubeconfig-'));
  await mkdir(path.join(folder, 'keys'));
  await writeFile(path.join(folder, 'keys', 'ca.crt'), 'an authority');
  await writeFile(path.join(folder, 'keys', 'client.crt'), 'a certificate');
  await writeFile(path.join(folder, 'keys', 'client.key'), privateKey);
  await writeFile(path.join(folder, 'keys', 'token'), 'token-of-a-file\n');
  await program('login', { status: { token: 'token-of-a-program' } });
  await program('certificates', { status: { clientCertificateData: 'from exec', clientKeyData: privateKey } });
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A program that logs in: it prints an answer. */
async function program(name: string, answer: unknown): Promise<void> {
  const file = path.join(folder, name);
  await writeFile(file, `#!/bin/sh\ncat <<END\n${JSON.stringify(answer)}\nEND\n`);
  await chmod(file, 0o755);
}

interface Parts {
  cluster?: Record<string, unknown>;
  user?: Record<string, unknown>;
}

async function write(name: string, { cluster, user }: Parts, context = name): Promise<string> {
  const file = path.join(folder, name);
  const content = {
    'current-context': context,
    clusters: [{ name, cluster: { server, ...cluster } }],
    users: [{ name, user: user ?? {} }],
    contexts: [{ name: context, context: { cluster: name, user: name } }],
  };
  await writeFile(file, JSON.stringify(content), { mode: 0o600 });
  return file;
}

async function read(file: string): Promise<Credentials> {
  const kubeconfig = await loadKubeconfig({ KUBECONFIG: file });
  return new KubeconfigCredentials('hub', kubeconfig, kubeconfig.currentContext ?? '').read();
}

async function readByLibrary(file: string): Promise<Credentials> {
  const config = new KubeConfig();
  config.loadFromFile(file);
  return new LibraryCredentials('hub', config).read();
}

/** A token that has a year left, which the library does not renew. */
const idToken = [{ alg: 'none' }, { exp: 4_102_444_800 }].map((part) => base64(JSON.stringify(part))).join('.');

const inline = { 'client-certificate-data': base64('a certificate'), 'client-key-data': base64(privateKey) };

describe('the same as by the library', () => {
  const cases: [string, () => Parts][] = [
    ['token', () => ({ user: { token: 'secret' } })],
    ['password', () => ({ user: { username: 'ana', password: 'secret' } })],
    ['certificate', () => ({ cluster: { 'certificate-authority-data': base64('an authority') }, user: inline })],
    [
      'files beside it',
      () => ({
        cluster: { 'certificate-authority': 'keys/ca.crt' },
        user: { 'client-certificate': 'keys/client.crt', 'client-key': 'keys/client.key' },
      }),
    ],
    ['impersonation', () => ({ user: { token: 'secret', as: 'bo' } })],
    ['server-name', () => ({ cluster: { 'tls-server-name': 'other' }, user: { token: 'secret' } })],
    ['unverified', () => ({ cluster: { 'insecure-skip-tls-verify': true }, user: { token: 'secret' } })],
    ['proxy', () => ({ cluster: { 'proxy-url': 'http://proxy:3128' }, user: { token: 'secret' } })],
    ['path', () => ({ cluster: { server: `${server}/k8s/clusters/c-1/` }, user: { token: 'secret' } })],
    ['exec', () => ({ user: { exec: { command: path.join(folder, 'login') } } })],
    ['exec-certificates', () => ({ user: { exec: { command: path.join(folder, 'certificates') } } })],
    [
      'oidc',
      () => ({ user: { 'auth-provider': { name: 'oidc', config: { 'id-token': `${idToken}.x`, 'client-id': 'a' } } } }),
    ],
    ['nobody', () => ({})],
  ];

  test.each(cases)('%s', async (name, parts) => {
    const file = await write(name, parts());
    const [own, library] = await Promise.all([read(file), readByLibrary(file)]);
    expect(JSON.parse(JSON.stringify(own))).toEqual(JSON.parse(JSON.stringify(library)));
  });
});

describe('more than by the library', () => {
  test('a token in a file beside the kubeconfig', async () => {
    const file = await write('token-file', { user: { token: 'old', tokenFile: 'keys/token' } });
    expect((await read(file)).headers).toEqual({ authorization: 'Bearer token-of-a-file' });
  });

  test('impersonation with groups', async () => {
    const user = { token: 'secret', as: 'bo', 'as-groups': ['one', 'two'], 'as-user-extra': { 'a/b': ['c'] } };
    expect((await read(await write('groups', { user }))).headers).toMatchObject({
      'impersonate-user': 'bo',
      'impersonate-group': ['one', 'two'],
      'impersonate-extra-a%2Fb': ['c'],
    });
  });

  test('a program that wants to know for which cluster, found from the folder of the kubeconfig', async () => {
    const file = path.join(folder, 'asks');
    await writeFile(
      file,
      '#!/bin/sh\nserver=$(echo "$KUBERNETES_EXEC_INFO" | sed \'s/.*"server":"\\([^"]*\\)".*/\\1/\')\n' +
        'echo "{\\"status\\":{\\"token\\":\\"$PREFIX-$server\\"}}"\n',
    );
    await chmod(file, 0o755);
    const exec = { command: './asks', provideClusterInfo: true, env: [{ name: 'PREFIX', value: 'for' }] };
    expect((await read(await write('asked', { user: { exec } }))).headers).toEqual({
      authorization: `Bearer for-${server}`,
    });
  });

  test('HTTP without TLS, as of kubectl proxy', async () => {
    const file = await write('plain', { cluster: { server: 'http://127.0.0.1:8001' } });
    expect((await read(file)).server.href).toBe('http://127.0.0.1:8001/');
  });
});

describe('several files', () => {
  test('of two entries with one name the first counts; files that are not there are left out', async () => {
    const first = await write('first', { user: { token: 'of-first' } });
    const second = await write('second', { user: { token: 'of-second' } });
    const both = await write('both', { cluster: { server: 'https://other' } }, 'first');
    const merged = await loadKubeconfig({ KUBECONFIG: ['none', second, first, both].join(path.delimiter) });
    expect(merged.currentContext).toBe('second');
    expect([...merged.contexts.keys()].sort()).toEqual(['first', 'second']);
    expect(merged.contexts.get('first')?.cluster).toBe('first');
  });

  test('the usual file, and none at all', async () => {
    const home = path.join(folder, 'home');
    await expect(loadKubeconfig({ HOME: home })).rejects.toThrow(
      `There is no kubeconfig: neither KUBECONFIG is set nor is there ${home}/.kube/config; KUBECONFIG has to name one.`,
    );
    await mkdir(path.join(home, '.kube'), { recursive: true });
    await writeFile(path.join(home, '.kube', 'config'), 'current-context: usual\n');
    expect((await loadKubeconfig({ HOME: home })).currentContext).toBe('usual');
    await expect(loadKubeconfig({ KUBECONFIG: path.join(folder, 'none') })).rejects.toThrow(
      `There is no kubeconfig: KUBECONFIG names ${path.join(folder, 'none')}, which is not there.`,
    );
  });
});

describe('what is wrong is said, and nothing of the file', () => {
  test('no kubeconfig', async () => {
    const file = path.join(folder, 'broken');
    await writeFile(file, '{ "token": "very secret"');
    await expect(loadKubeconfig({ KUBECONFIG: file })).rejects.toThrow(
      `${file} is not a kubeconfig: it is neither YAML nor JSON.`,
    );
    expect(() => parseKubeconfig({ clusters: 'secret' }, 'file')).toThrow(
      'file is not a kubeconfig: clusters, users and contexts have to be lists.',
    );
    expect(parseKubeconfig(undefined, 'file').contexts.size).toBe(0);
  });

  test.each([
    ['no-command', { exec: {} }, 'its exec names no command'],
    ['missing', { exec: { command: 'flotilla-no-such-login', installHint: 'get it' } }, 'is not installed (get it)'],
    ['fails', { exec: { command: 'false' } }, 'false ended with code 1'],
    ['chatters', { exec: { command: 'echo', args: ['very secret'] } }, 'echo printed no ExecCredential with a status'],
    ['no-file', { 'client-certificate': 'nowhere.crt' }, 'no such file or directory'],
  ])('%s', async (name, user, clause) => {
    const error = await read(await write(name, { user })).catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ errorClass: 'unauthorised' });
    expect((error as Error).message).toContain(clause);
    expect((error as Error).message).not.toContain('very secret');
  });

  test('a context without a cluster, or with a user that is not there', async () => {
    const lonely: Kubeconfig = { clusters: new Map(), users: new Map(), contexts: new Map([['a', { cluster: 'b' }]]) };
    await expect(new KubeconfigCredentials('hub', lonely, 'a').read()).rejects.toThrow(
      'Context a of the kubeconfig names no cluster with a server that can be meant.',
    );
    const without = {
      ...lonely,
      clusters: new Map([['b', { server }]]),
      contexts: new Map([['a', { cluster: 'b', user: 'c' }]]),
    };
    await expect(new KubeconfigCredentials('hub', without, 'a').read()).rejects.toThrow('there is no user c');
  });
});
