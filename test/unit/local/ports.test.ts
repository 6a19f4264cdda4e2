import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import { findFreePorts, isPortFree } from '../../../local/ports.ts';

test('finds different free ports below those that kernels hand out', async () => {
  const ports = await findFreePorts(20);
  expect(new Set(ports).size).toBe(20);
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(Math.min(...ports)).toBeGreaterThan(1024);
});

test('a port that is listened on is not free', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  expect(await isPortFree(port)).toBe(false);
  await new Promise((resolve) => server.close(resolve));
  expect(await isPortFree(port)).toBe(true);
});

test('ports that are spoken for are left out', async () => {
  const all = await findFreePorts(50);
  const others = await findFreePorts(50, new Set(all));
  expect(others.filter((port) => all.includes(port))).toEqual([]);
});
