/** Where Temporal is: read from TEMPORAL_* and temporal.toml exactly as the temporal CLI does. */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import type { Environment } from './configuration.ts';

/** How to reach Temporal. */
export interface TemporalSettings {
  /** For messages; the default is that of the SDK. */
  address: string;
  namespace: string;
  connectionOptions: NativeConnectionOptions;
}

/** @throws Error whose message is a sentence for the user. */
export function readTemporalSettings(environment: Environment): TemporalSettings {
  const defined = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(defined) });
    return {
      address: connectionOptions.address ?? 'localhost:7233',
      namespace: namespace ?? 'default',
      connectionOptions,
    };
  } catch (error) {
    throw new Error(
      `The settings of Temporal (TEMPORAL_* and temporal.toml) cannot be used: ${(error as Error).message}.`,
      { cause: error },
    );
  }
}

/** Less than a health check may take, so that its sentence is about Temporal. */
const answerMs = 1_500;

/** A client that connects with its first call and again whenever Temporal comes back. */
export interface LazyTemporal {
  client: Client;
  /** Rejects with a sentence when Temporal does not answer within a second and a half. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Prepares a {@link LazyTemporal}; nothing is sent yet. */
export function lazyTemporal({ address, namespace, connectionOptions }: TemporalSettings): LazyTemporal {
  const connection = Connection.lazy(connectionOptions);
  return {
    client: new Client({ connection, namespace }),
    async check() {
      try {
        await connection.withDeadline(Date.now() + answerMs, () => connection.workflowService.getSystemInfo({}));
      } catch {
        throw new Error(`Temporal does not answer at ${address}; start it or correct TEMPORAL_ADDRESS.`);
      }
    },
    close: () => connection.close(),
  };
}
