import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { KubernetesClient } from '../../../kube/client.ts';
import type { KubernetesError } from '../../../kube/errors.ts';
import { MemberPool } from '../../../kube/pool.ts';
import { failure, kubeconfigText, sendJson, startPlainServer } from './plainServer.ts';
import type { PlainServer } from './plainServer.ts';

let hubServer: PlainServer;
let member: PlainServer;
let hub: KubernetesClient;
let pool: MemberPool;
/** Text of the kubeconfig in the Secret of every member; `undefined`: there is no Secret. */
let kubeconfig: string | undefined;
let acceptedToken = 'first';

beforeEach(async () => {
  hubServer = await startPlainServer((_request, response) => {
    if (kubeconfig === undefined) {
      sendJson(response, failure(404, 'NotFound', { name: 'kubeconfig', kind: 'secrets' }), 404);
    } else {
      sendJson(response, { data: { kubeconfig: Buffer.from(kubeconfig).toString('base64') } });
    }
  });
  member = await startPlainServer((request, response) => {
    const accepted = request.headers.authorization === `Bearer ${acceptedToken}`;
    sendJson(response, accepted ? { gitVersion: 'v1.35.0' } : failure(401, 'Unauthorized'), accepted ? 200 : 401);
  });
  acceptedToken = 'first';
  kubeconfig = kubeconfigText(member.url, { token: 'first' });
  hub = KubernetesClient.fromKubeconfig({ name: 'hub', kubeconfig: hubServer.kubeconfig });
  pool = new MemberPool(hub);
});

afterEach(async () => {
  await pool.close();
  await hub.close();
  await hubServer.close();
  await member.close();
});

async function failureOf(promise: Promise<unknown>): Promise<KubernetesError> {
  return promise.then(
    () => Promise.reject(new Error('It succeeded.')),
    (error: unknown) => error as KubernetesError,
  );
}

describe('a client', () => {
  test('comes from the Secret in the namespace of the member, and is kept', async () => {
    const [first, second] = await Promise.all([pool.client('member1'), pool.client('member1')]);
    expect(await first.version()).toEqual({ gitVersion: 'v1.35.0' });
    expect(second).toBe(first);
    expect(await pool.client('member1')).toBe(first);
    expect(first.name).toBe('member1');
    expect(hubServer.requests).toEqual(['GET /api/v1/namespaces/fleet-member-member1/secrets/kubeconfig']);
  });

  test('is replaced after its credentials were refused, once the Secret has others', async () => {
    const first = await pool.client('member1');
    acceptedToken = 'second';
    expect((await failureOf(first.version())).errorClass).toBe('unauthorised');
    // The Secret is as it was: nothing better to offer.
    expect(await pool.client('member1')).toBe(first);
    kubeconfig = kubeconfigText(member.url, { token: 'second' });
    await failureOf(first.version());
    const replaced = await pool.client('member1');
    expect(replaced).not.toBe(first);
    expect(await replaced.version()).toEqual({ gitVersion: 'v1.35.0' });
  });

  test('is replaced after the member could not be reached, once the Secret names another server', async () => {
    kubeconfig = kubeconfigText('http://127.0.0.1:1', { token: 'first' });
    const first = await pool.client('member1');
    kubeconfig = kubeconfigText(member.url, { token: 'first' });
    expect((await failureOf(first.version())).errorClass).toBe('unreachable');
    expect(await (await pool.client('member1')).version()).toEqual({ gitVersion: 'v1.35.0' });
  });

  test('is replaced when somebody who watches Secrets says so', async () => {
    const first = await pool.client('member1');
    pool.recheck('member1');
    expect(await pool.client('member1')).toBe(first);
    kubeconfig = kubeconfigText(member.url, { token: 'second' });
    pool.recheck('member1');
    expect(await pool.client('member1')).not.toBe(first);
  });

  test('goes on for whoever still uses it', async () => {
    const first = await pool.client('member1');
    kubeconfig = kubeconfigText(member.url, { token: 'second' });
    pool.recheck('member1');
    await pool.client('member1');
    expect(await first.version()).toEqual({ gitVersion: 'v1.35.0' });
  });
});

test('a hub that is away takes no client from a member', async () => {
  const first = await pool.client('member1');
  await hubServer.close();
  pool.recheck('member1');
  expect(await pool.client('member1')).toBe(first);
  expect((await failureOf(pool.client('member2'))).message).toContain('Cluster hub could not be reached');
});

describe('a member that cannot be used', () => {
  test('without a Secret', async () => {
    kubeconfig = undefined;
    const error = await failureOf(pool.client('member2'));
    expect(error.message).toBe(
      'Member cluster member2 has no Secret kubeconfig in namespace fleet-member-member2 on the hub: run flotilla join member2 --kubeconfig FILE.',
    );
    expect(error.errorClass).toBe('unauthorised');
    expect(error.reason).toBe('NoKubeconfig');
    kubeconfig = kubeconfigText(member.url, { token: 'first' });
    await expect(pool.client('member2')).resolves.toBeDefined();
  });

  test('whose Secret is gone loses its client', async () => {
    await pool.client('member1');
    kubeconfig = undefined;
    pool.recheck('member1');
    expect((await failureOf(pool.client('member1'))).reason).toBe('NoKubeconfig');
  });

  test.each([
    ['a program', { exec: { command: 'touch' } }, 'logs in with a program (exec)'],
    ['a file for the key', { 'client-key': '/etc/passwd' }, 'refers to a file (client-key)'],
    ['a file for the token', { 'token-file': '/etc/passwd' }, 'refers to a file (token-file)'],
  ])('with a kubeconfig that names %s', async (_name, user, expected) => {
    kubeconfig = kubeconfigText(member.url, user);
    expect((await failureOf(pool.client('member1'))).message).toContain(expected);
    expect(member.requests).toEqual([]);
  });

  test('unless such kubeconfigs are trusted', async () => {
    pool = new MemberPool(hub, { trustKubeconfigs: true });
    const credential = JSON.stringify({ kind: 'ExecCredential', status: { token: 'first' } });
    kubeconfig = kubeconfigText(member.url, { exec: { command: 'echo', args: [credential] } });
    expect(await (await pool.client('member1')).version()).toEqual({ gitVersion: 'v1.35.0' });
  });

  test.each(['', 'users: [', 'plain text', '[]', 'clusters: 5'])(
    'with a kubeconfig that is no such thing: %j',
    async (text) => {
      kubeconfig = text;
      const error = await failureOf(pool.client('member1').then((client) => client.version()));
      expect(error.errorClass).toBe('unauthorised');
      expect(error.reason).toBe('BadKubeconfig');
    },
  );

  test('with a kubeconfig whose text must not get into the error', async () => {
    kubeconfig = 'users:\n- token: hunter2\n  - hunter2: [';
    const error = await failureOf(pool.client('member1'));
    expect(`${error.message}${String(error.detail)}${String(error.cause)}${String(error.stack)}`).not.toContain(
      'hunter2',
    );
  });
});

test('a member that is forgotten is met again as a stranger', async () => {
  const before = await pool.client('member1');
  pool.forget('member1');
  pool.forget('member2');
  const after = await pool.client('member1');
  expect(after).not.toBe(before);
  expect((await after.version()).gitVersion).toBe('v1.35.0');
});

test('a closed pool makes no more clients', async () => {
  const first = await pool.client('member1');
  await pool.close();
  expect((await failureOf(first.version())).reason).toBe('Closed');
  expect((await failureOf(pool.client('member1'))).reason).toBe('Closed');
});
