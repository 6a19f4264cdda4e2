/** A client that notes what is written through it, and that can die like the process it stands for. */
import type { KubernetesClient } from '../../kube/client.ts';

const writing = new Set(['create', 'replace', 'replaceStatus', 'patch', 'apply', 'delete']);

/** A client that notes its writes and, after a number of them, fails at everything, as for a process that is dead. */
export function counting(client: KubernetesClient, writesUntilDeath = Number.POSITIVE_INFINITY) {
  const writes: string[] = [];
  const { promise: died, resolve } = Promise.withResolvers<undefined>();
  let dead = false;
  const proxy = new Proxy(client, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        if (writing.has(String(property))) {
          dead ||= writes.length >= writesUntilDeath;
          if (dead) {
            resolve(undefined);
            return Promise.reject(new Error('This process is dead.'));
          }
          writes.push(`${String(property)} ${(args[0] as { plural: string }).plural}`);
        }
        return Reflect.apply(value, target, args);
      };
    },
  });
  return { client: proxy, writes, died, hasDied: () => dead };
}
