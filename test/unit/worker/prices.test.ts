import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readPriceList } from '../../../worker/prices.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flotilla-prices-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

test('the file is YAML or JSON', async () => {
  const path = join(folder, 'prices.yaml');
  await writeFile(path, 'Standard_D4s_v5: 0.192 # West Europe\n');
  expect(readPriceList(path)).toEqual(new Map([['Standard_D4s_v5', 0.192]]));
  await writeFile(path, '{"Standard_D4s_v5": 0.2}');
  expect(readPriceList(path)).toEqual(new Map([['Standard_D4s_v5', 0.2]]));
});

test('a mistake is a sentence that names the file', async () => {
  const path = join(folder, 'prices.yaml');
  expect(() => readPriceList(path)).toThrow(`The list of prices ${path} cannot be read: `);
  await writeFile(path, 'Standard_D4s_v5: cheap\n');
  expect(() => readPriceList(path)).toThrow(`The list of prices ${path} has no price for Standard_D4s_v5: write`);
});
