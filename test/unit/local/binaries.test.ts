import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { build } from '../../../local/binaries/build.ts';
import { ChecksumError, download, hashFromList, isReachable } from '../../../local/binaries/download.ts';
import { cachePath, locate } from '../../../local/binaries/locate.ts';
import { binaryNames, pins } from '../../../local/binaries/pins.ts';
import { releaseOf } from '../../../local/binaries/releases.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flotilla-binaries-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('finding a program', () => {
  const pin = pins.etcd;

  async function program(path: string, version: string): Promise<string> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `#!/bin/sh\necho "etcd Version: ${version}"\n`);
    await chmod(path, 0o755);
    return path;
  }

  test('prefers its environment variable, then the PATH, then the cache', async () => {
    const environment = { FLOTILLA_CACHE: join(folder, 'cache'), PATH: join(folder, 'bin') };
    expect(await locate(pin, environment)).toBeUndefined();
    const cached = await program(cachePath(pin, environment), '0.0.0');
    expect(await locate(pin, environment)).toBe(cached);
    const onPath = await program(join(folder, 'bin', 'etcd'), pin.version);
    expect(await locate(pin, environment)).toBe(onPath);
    const named = await program(join(folder, 'mine'), '1.2.3');
    expect(await locate(pin, { ...environment, FLOTILLA_ETCD: named })).toBe(named);
  });

  test('passes over another version on the PATH', async () => {
    await program(join(folder, 'bin', 'etcd'), '3.5.0');
    const environment = { FLOTILLA_CACHE: join(folder, 'cache'), PATH: join(folder, 'bin') };
    expect(await locate(pin, environment)).toBeUndefined();
  });

  test('refuses a variable that names no program', async () => {
    await expect(locate(pin, { FLOTILLA_ETCD: join(folder, 'nothing') })).rejects.toThrow(
      /^FLOTILLA_ETCD is ".*nothing"/,
    );
  });

  test('keeps the cache where the user wants it', () => {
    expect(cachePath(pin, { FLOTILLA_CACHE: '/a' })).toBe(`/a/binaries/etcd/${pin.version}/etcd`);
    expect(cachePath(pin, { XDG_CACHE_HOME: '/b' })).toBe(`/b/flotilla/binaries/etcd/${pin.version}/etcd`);
  });
});

describe('pins', () => {
  test.each(binaryNames)('%s has the version that its Go module names', async (name) => {
    const pin = pins[name];
    const module = await readFile(new URL(`../../../tools/binaries/${pin.goModule}/go.mod`, import.meta.url), 'utf8');
    const required = { etcd: 'go.etcd.io/etcd/server/v3', temporal: 'github.com/temporalio/cli' }[name as string];
    expect(module).toMatch(
      new RegExp(`^\\s*${(required ?? 'k8s.io/kubernetes').replaceAll('.', '\\.')} v${pin.version}`, 'm'),
    );
    expect(module).toContain(pin.goPackage);
  });
});

describe('releases', () => {
  test('the programs of envtest come from one archive whose hash is known', () => {
    const linux = { os: 'linux', processor: 'x64' };
    const releases = (['etcd', 'kube-apiserver', 'kubectl'] as const).map((name) => releaseOf(pins[name], linux)!);
    expect(new Set(releases.map(({ url }) => url)).size).toBe(1);
    expect(releases[0]!.check).toEqual({ sha512: expect.stringMatching(/^130369c1[0-9a-f]{120}$/) });
  });

  test('what is not published for a platform has to be built', () => {
    expect(releaseOf(pins['kube-controller-manager'], { os: 'darwin', processor: 'arm64' })).toBeUndefined();
    expect(releaseOf(pins.temporal, { os: 'linux', processor: 'riscv64' })).toBeUndefined();
  });
});

describe('building', () => {
  /** A compiler that runs `script`; `$OUT` is the file it is to write. */
  async function compiler(script: string): Promise<NodeJS.ProcessEnv> {
    const go = join(folder, 'bin', 'go');
    await mkdir(dirname(go), { recursive: true });
    await writeFile(go, `#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done; OUT=$2\n${script}\n`);
    await chmod(go, 0o755);
    return { PATH: `${dirname(go)}:/usr/bin:/bin` };
  }

  test('builds the pinned package in the folder of its module, and puts it in place when it is whole', async () => {
    const target = join(folder, 'cache', 'etcd');
    await build(
      pins.etcd,
      target,
      await compiler('echo "$3 in $(basename "$PWD")" > "$OUT"; ls "$(dirname "$OUT")" >> "$OUT"'),
    );
    const [built, during] = (await readFile(target, 'utf8')).split('\n');
    expect(built).toBe('go.etcd.io/etcd/server/v3 in kubernetes');
    expect(during).toMatch(/^etcd\..*draft$/);
    expect(await readdir(join(folder, 'cache'))).toEqual(['etcd']);
  });

  test('shows what the compiler says, and leaves nothing behind', async () => {
    const environment = await compiler('echo half > "$OUT"; echo "no such module" >&2; exit 1');
    await expect(build(pins.etcd, join(folder, 'cache', 'etcd'), environment)).rejects.toThrow(
      'etcd could not be built:\nno such module',
    );
    expect(await readdir(join(folder, 'cache'))).toEqual([]);
  });

  test('says what to do where there is no Go', async () => {
    await expect(build(pins.temporal, join(folder, 'temporal'), { PATH: folder })).rejects.toThrow(
      /building it needs Go: install Go, or set FLOTILLA_TEMPORAL to a copy of the program\.$/,
    );
  });
});

describe('downloading', () => {
  let server: Server;
  let base: string;
  let requests: string[];
  const files = new Map<string, Buffer>();

  beforeEach(async () => {
    requests = [];
    files.clear();
    server = createServer((request, response) => {
      requests.push(request.url!);
      const content = files.get(request.url!);
      response.statusCode = content === undefined ? 404 : 200;
      response.end(content);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function archive(): Promise<Buffer> {
    await mkdir(join(folder, 'content/tools'), { recursive: true });
    await writeFile(join(folder, 'content/tools/one'), '#!/bin/sh\necho one\n');
    await writeFile(join(folder, 'content/tools/two'), '#!/bin/sh\necho two\n');
    execFileSync('tar', ['-czf', join(folder, 'made.tar.gz'), '-C', join(folder, 'content'), 'tools']);
    return await readFile(join(folder, 'made.tar.gz'));
  }

  test('takes several programs from one archive and downloads it once', async () => {
    const content = await archive();
    files.set('/set.tar.gz', content);
    const check = { sha512: createHash('sha512').update(content).digest('hex') };
    for (const name of ['one', 'two']) {
      const release = { url: `${base}/set.tar.gz`, check, member: `tools/${name}` };
      await download(release, join(folder, 'downloads'), join(folder, 'cache', name));
      expect(execFileSync(join(folder, 'cache', name), { encoding: 'utf8' })).toBe(`${name}\n`);
    }
    expect(requests).toEqual(['/set.tar.gz']);
    expect((await readdir(join(folder, 'cache'))).sort()).toEqual(['one', 'two']);
  });

  test('refuses content with another hash, and leaves nothing behind', async () => {
    files.set('/program', Buffer.from('changed on the way'));
    const release = { url: `${base}/program`, check: { sha512: 'ab'.repeat(64) } };
    const target = join(folder, 'cache', 'program');
    await expect(download(release, join(folder, 'downloads'), target)).rejects.toThrow(ChecksumError);
    expect(await readdir(join(folder, 'downloads'))).toEqual([]);
    expect(await readdir(folder)).toEqual(['downloads']);
  });

  test('checks a program against the list that is published beside it', async () => {
    const content = Buffer.from('#!/bin/sh\necho listed\n');
    const hash = createHash('sha256').update(content).digest('hex');
    files.set('/v1/program', content);
    files.set('/v1/checksums.txt', Buffer.from(`${'0'.repeat(64)}  other\n${hash}  program\n`));
    const check = { listUrl: `${base}/v1/checksums.txt`, algorithm: 'sha256' as const };
    const target = join(folder, 'cache', 'program');
    await download({ url: `${base}/v1/program`, check }, join(folder, 'downloads'), target);
    expect(execFileSync(target, { encoding: 'utf8' })).toBe('listed\n');
  });

  test('an address that refuses counts as not reachable', async () => {
    files.set('/there', Buffer.from('x'));
    expect(await isReachable(`${base}/there`)).toBe(true);
    expect(await isReachable(`${base}/missing`)).toBe(false);
    expect(await isReachable('http://127.0.0.1:1/')).toBe(false);
  });
});

describe('lists of checksums', () => {
  test.each([
    ['one hash alone', 'ABCDEF\n', 'abcdef'],
    ['a line for each file', '11  a\n22  b\n', '22'],
    ['files marked as binary', '11 *a\n22 *b\n', '22'],
    ['another file alone', '11  a\n', undefined],
  ])('%s', (_, list, expected) => {
    expect(hashFromList(list, 'b')).toBe(expected);
  });
});
