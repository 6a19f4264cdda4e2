/** A TCP proxy in front of a server: it counts connections and can be interrupted in the ways that networks are. */
import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { findFreePorts } from '../../local/ports.ts';

export class InterruptibleProxy {
  readonly url: string;
  /** Connections accepted so far. */
  connections = 0;
  readonly #port: number;
  readonly #target: { host: string; port: number };
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  private constructor(port: number, target: URL) {
    this.#port = port;
    this.#target = { host: target.hostname, port: Number(target.port) };
    this.url = `https://127.0.0.1:${String(port)}`;
  }

  static async start(targetUrl: string): Promise<InterruptibleProxy> {
    const [port] = (await findFreePorts(1)) as [number];
    const proxy = new InterruptibleProxy(port, new URL(targetUrl));
    await proxy.resume();
    return proxy;
  }

  /** Accepts connections again after {@link interrupt}. */
  async resume(): Promise<void> {
    const server = createServer((near) => {
      this.#accept(near);
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
  }

  /** Resets all connections and refuses new ones, as when the server's process is killed. */
  async interrupt(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) {
      socket.resetAndDestroy();
    }
    await closed;
  }

  /** Swallows all that is sent on the connections there are, as when the server's machine vanished. */
  silence(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners('data').resume();
    }
  }

  #accept(near: Socket): void {
    this.connections++;
    const far = connect(this.#target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.on('data', (chunk) => to.write(chunk));
      from.on('error', () => undefined);
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
  }
}
