/** Choosing ports that stay with a fleet for its whole life. */
import { createServer } from 'node:net';

/** From 32768 on, kernels hand ports out to clients, so a fixed one up there could be taken at any moment. */
const lowest = 15000;
const highest = 32000;

/**
 * Finds `count` different free ports on the loopback address, next to each other where possible.
 * The search starts at a random place, so that two fleets that start at once do not meet.
 * @param taken ports that must not be chosen although nobody listens on them yet
 */
export async function findFreePorts(count: number, taken: ReadonlySet<number> = new Set()): Promise<number[]> {
  const span = highest - lowest;
  const first = Math.floor(Math.random() * span);
  const found: number[] = [];
  for (let step = 0; step < span && found.length < count; step++) {
    const port = lowest + ((first + step) % span);
    if (!taken.has(port) && (await isPortFree(port))) found.push(port);
  }
  if (found.length < count) throw new Error(`No free ports between ${String(lowest)} and ${String(highest)}.`);
  return found;
}

/** Whether nothing listens on the port of the loopback address. */
export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  return await new Promise<boolean>((resolve) => {
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
