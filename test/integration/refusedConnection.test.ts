/** How long whoever needs Temporal is kept waiting where it is not there, and where it only does not answer. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { connectTemporal } from '../../client/connect.ts';

/** Long enough for any number of further attempts. */
const patienceMs = 30_000;

function askAt(address: string, deadlineMs: number): { answer: Promise<unknown>; close(): Promise<void> } {
  const { temporal, close } = connectTemporal({ address, environment: {}, awaitStart: false });
  const { connection } = temporal;
  const ask = (): Promise<unknown> => connection.workflowService.getSystemInfo({});
  return { answer: connection.withDeadline(Date.now() + deadlineMs, ask), close };
}

test('a refused connection is told long before the time is up', async () => {
  const startedAt = performance.now();
  const { answer, close } = askAt('127.0.0.1:1', patienceMs);
  await expect(answer).rejects.toThrow('ECONNREFUSED');
  expect(performance.now() - startedAt).toBeLessThan(patienceMs / 10);
  await close();
});

test('a server that takes the connection gets all of its time', async () => {
  const server = createServer((socket) => socket.on('error', () => undefined).resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const taken = once(server, 'connection') as Promise<[Socket]>;
  const { answer, close } = askAt(`127.0.0.1:${(server.address() as AddressInfo).port}`, 2_000);
  const startedAt = performance.now();
  await expect(answer).rejects.toThrow('DEADLINE_EXCEEDED');
  expect(performance.now() - startedAt).toBeGreaterThan(1_500);
  await close();
  const [socket] = await taken;
  socket.destroy();
  server.close();
});
