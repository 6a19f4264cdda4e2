/** Connecting to Temporal as the temporal command does: TEMPORAL_* and temporal.toml. */
import { Client, Connection, makeGrpcRetryInterceptor } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { FlotillaClient } from './flotillaClient.ts';
import { retriesUnlessRefused } from './refusals.ts';

/** What is not given comes from the environment. */
export interface ConnectOptions {
  /** Host and port of Temporal. @default TEMPORAL_ADDRESS, else localhost:7233 */
  address?: string;
  /** Temporal namespace. @default TEMPORAL_NAMESPACE, else default */
  namespace?: string;
  /** Environment to read. @default process.env */
  environment?: Readonly<Record<string, string | undefined>>;
  /** How long a call may take. @default 10000 */
  timeoutMs?: number;
  /**
   * Whether a Temporal that refuses the connection may still come up while a call has time. Without it, whoever waits
   * is told at once; one that is only slow, or that was there before, gets its time in either case. @default true
   */
  awaitStart?: boolean;
}

/** Temporal itself, for whoever needs more than a {@link FlotillaClient}. */
export interface TemporalAccess {
  /** Connects with its first call. */
  temporal: Client;
  /** Where it is looked for, for messages. */
  address: string;
  close(): Promise<void>;
}

/**
 * A client that connects with its first call. Close it when it is no longer needed.
 * @throws Error with one sentence when TEMPORAL_* or temporal.toml cannot be used
 */
export function connectFlotilla(options: ConnectOptions = {}): FlotillaClient {
  const { temporal, address, close } = connectTemporal(options);
  return new FlotillaClient({ temporal, address, timeoutMs: options.timeoutMs, onClose: close });
}

/** @throws Error with one sentence when TEMPORAL_* or temporal.toml cannot be used */
export function connectTemporal(options: ConnectOptions = {}): TemporalAccess {
  const configured = readEnvironment(options.environment ?? process.env);
  const address = options.address ?? configured.connectionOptions.address ?? 'localhost:7233';
  const namespace = options.namespace ?? configured.namespace ?? 'default';
  const connection = Connection.lazy({
    ...configured.connectionOptions,
    address,
    ...(options.awaitStart === false && { interceptors: [makeGrpcRetryInterceptor(retriesUnlessRefused())] }),
  });
  const temporal = new Client({ connection, namespace });
  return { temporal, address, close: () => connection.close() };
}

function readEnvironment(environment: NonNullable<ConnectOptions['environment']>) {
  const defined = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  try {
    return loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(defined) });
  } catch (error) {
    const reason = (error as Error).message;
    throw new Error(`The settings of Temporal (TEMPORAL_* and temporal.toml) cannot be used: ${reason}.`, {
      cause: error,
    });
  }
}
