/** Real files in a real folder; what happens to them is seen by events, each within a deadline. */
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PriceFile } from '../../../worker/priceFile.ts';

const deadlineMs = 10_000;

let folder: string;
let prices: PriceFile | undefined;
let warnings: string[];
let onWarning: (() => void) | undefined;

const log = {
  info: () => undefined,
  warn: (message: string) => {
    warnings.push(message);
    onWarning?.();
  },
} as unknown as Parameters<PriceFile['start']>[0];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flotilla-prices-'));
  warnings = [];
  onWarning = undefined;
});

afterEach(async () => {
  prices?.stop();
  await rm(folder, { recursive: true });
});

function open(path: string): PriceFile {
  prices = new PriceFile(path);
  prices.start(log);
  return prices;
}

/** Does something to the file. @returns the price of type `small`, once the list has changed for that reason */
async function priceAfter(file: PriceFile, change: () => Promise<unknown>): Promise<number | undefined> {
  await expectEvent('change of the list', change, (happened) => file.onChange(happened));
  return file.list.get('small');
}

/** The same for a change that is refused. @returns what the log says of it */
async function warningAfter(change: () => Promise<unknown>): Promise<string | undefined> {
  await expectEvent('warning', change, (happened) => {
    onWarning = happened;
  });
  return warnings.at(-1);
}

async function expectEvent(
  what: string,
  change: () => Promise<unknown>,
  listen: (happened: () => void) => unknown,
): Promise<void> {
  const event = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    event.reject(new Error(`No ${what} within ${deadlineMs / 1000} s.`));
  }, deadlineMs);
  listen(() => {
    event.resolve(undefined);
  });
  try {
    await change();
    await event.promise;
  } finally {
    clearTimeout(timer);
  }
}

/** Nobody can read a half of it. */
async function put(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

/** What the kubelet does for a new version of a ConfigMap: a folder beside the old one, and the link swapped over. */
async function mountVersion(version: string, content: string): Promise<void> {
  await mkdir(join(folder, version));
  await writeFile(join(folder, version, 'prices.yaml'), content);
  await symlink(version, join(folder, '..data_tmp'));
  await rename(join(folder, '..data_tmp'), join(folder, '..data'));
}

describe('a list of prices that changes', () => {
  test('by a write, and by a file that takes its place', async () => {
    const path = join(folder, 'prices.yaml');
    await writeFile(path, 'small: 0.1\n');
    const file = open(path);
    expect(file.list.get('small')).toBe(0.1);
    expect(await priceAfter(file, () => writeFile(path, 'small: 0.2\n'))).toBe(0.2);
    expect(await priceAfter(file, () => put(path, 'small: 0.3\n'))).toBe(0.3);
  });

  test('between the reading of it and the start of the worker', async () => {
    const path = join(folder, 'prices.yaml');
    await writeFile(path, 'small: 0.1\n');
    const file = (prices = new PriceFile(path));
    await writeFile(path, 'small: 0.2\n');
    file.start(log);
    expect(file.list.get('small')).toBe(0.2);
  });

  test('as a ConfigMap volume does it, again and again', async () => {
    await mountVersion('..2026_01', 'small: 0.1\n');
    await symlink(join('..data', 'prices.yaml'), join(folder, 'prices.yaml'));
    const file = open(join(folder, 'prices.yaml'));
    for (const [version, before, price] of [
      ['..2026_02', '..2026_01', 0.2],
      ['..2026_03', '..2026_02', 0.3],
    ] as const) {
      const swap = async (): Promise<void> => {
        await mountVersion(version, `small: ${String(price)}\n`);
        await rm(join(folder, before), { recursive: true });
      };
      expect(await priceAfter(file, swap)).toBe(price);
    }
    expect(warnings).toEqual([]);
  });

  test('in a folder that is replaced as a whole', async () => {
    const path = join(folder, 'current', 'prices.yaml');
    await mkdir(join(folder, 'current'));
    await writeFile(path, 'small: 0.1\n');
    const file = open(path);
    for (const price of [0.2, 0.3]) {
      const replaced = async (): Promise<void> => {
        await mkdir(join(folder, 'next'));
        await writeFile(join(folder, 'next', 'prices.yaml'), `small: ${String(price)}\n`);
        await rename(join(folder, 'current'), join(folder, `before-${String(price)}`));
        await rename(join(folder, 'next'), join(folder, 'current'));
      };
      expect(await priceAfter(file, replaced)).toBe(price);
    }
    expect(warnings).toEqual([]);
  });
});

test('a content that is no list of prices changes nothing, and is told once in one line', async () => {
  const path = join(folder, 'prices.yaml');
  await writeFile(path, 'small: 0.1\n');
  const file = open(path);
  expect(await warningAfter(() => put(path, 'small: cheap\n'))).toBe(
    `The list of prices ${path} has no price for small: write the price of an hour as a number, such as 0.192. ` +
      'Until then the prices of before are used.',
  );
  const broken = await warningAfter(() => put(path, 'small: [\n'));
  expect(broken).toContain(`The list of prices ${path} cannot be read: `);
  expect(broken).not.toContain('\n');
  expect(await warningAfter(() => rm(path))).toContain(`The list of prices ${path} cannot be read: ENOENT`);
  expect(file.list.get('small')).toBe(0.1);
  expect(await priceAfter(file, () => put(path, 'small: 0.4\n'))).toBe(0.4);
  expect(warnings).toHaveLength(3);
});

test('what is said of a list that stays the same is nothing', async () => {
  const path = join(folder, 'prices.yaml');
  await writeFile(path, 'small: 0.1\n');
  const file = open(path);
  let changes = 0;
  file.onChange(() => (changes += 1));
  expect(await warningAfter(() => put(path, 'small: cheap\n'))).toContain('no price for small');
  await put(path, '# As before.\nsmall: 0.1\n');
  expect(await priceAfter(file, () => put(path, 'small: 0.5\n'))).toBe(0.5);
  expect(changes).toBe(1);
});
