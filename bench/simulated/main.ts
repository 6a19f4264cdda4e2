/** The process of the simulated members: told what it needs by the one that forked it, and ends with that. */
import { SimulatedServer, type MemberWrite, type SimulatedServerOptions } from './server.ts';

/** What the process is told: first how to serve, then, again and again, to tell its counts or the writes. */
export type ToSimulated = { start: SimulatedServerOptions } | { takeCounts: true } | { takeWrites: true };

/** What it answers to each. */
export type FromSimulated = { port: number } | { counts: Record<string, number> } | { writes: MemberWrite[] };

let server: SimulatedServer | undefined;

process.on('message', (message: ToSimulated) => {
  void answer(message).then((reply) => process.send?.(reply));
});
process.once('disconnect', () => process.exit(0));

async function answer(message: ToSimulated): Promise<FromSimulated> {
  if ('start' in message) {
    server = new SimulatedServer(message.start);
    return { port: await server.listen() };
  }
  if ('takeWrites' in message) return { writes: server?.takeWrites() ?? [] };
  return { counts: server?.takeCounts() ?? {} };
}
