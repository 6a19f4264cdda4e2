/**
 * The log: one JSON object per line, or coloured text in a terminal. Every line that concerns a run, a stage or a
 * cluster carries it as a field. Manifests and Secrets never get this far: what looks like one is replaced by its name.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger as TemporalLogger, LogLevel, LogMetadata } from '@temporalio/common';
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import pinoPretty from 'pino-pretty';
import type { Configuration } from './configuration.ts';

export type { Logger } from 'pino';

/** What a line of the log is about. */
export interface LogSubject {
  run?: string;
  stage?: string;
  cluster?: string;
  placement?: string;
}

const subjects = new AsyncLocalStorage<LogSubject>();

/** Runs `work`; every line logged meanwhile, by whatever logger, carries `subject` as fields. */
export function withLogSubject<T>(subject: LogSubject, work: () => T): T {
  return subjects.run({ ...subjects.getStore(), ...subject }, work);
}

export interface LoggerOptions extends Pick<Configuration, 'logLevel' | 'logFormat'> {
  /** Where lines go. @default standard output */
  destination?: DestinationStream;
}

/** The logger of the process. */
export function createLogger({ logLevel, logFormat, destination }: LoggerOptions): Logger {
  const pretty = logFormat === 'pretty' || (logFormat === 'auto' && process.stdout.isTTY);
  const stream = pretty
    ? pinoPretty({ destination: destination ?? 1, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' })
    : (destination ?? pino.destination({ dest: 1, sync: true }));
  return pino(
    {
      level: logLevel,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      mixin: () => ({ ...subjects.getStore() }),
      formatters: { level: (label) => ({ level: label }), log: (fields) => withoutContent(fields) },
      // pino hands an error given alone to this serializer; errors inside fields went through `withoutContent` already.
      serializers: { err: (error: unknown) => (error instanceof Error ? describeError(error) : error) },
    },
    stream,
  );
}

/** Hands what the Temporal SDK logs to `log`, with the run or placement that the workflow id names. */
export function temporalLogger(log: Logger): TemporalLogger {
  function write(level: LogLevel, message: string, meta?: LogMetadata): void {
    const fields = { ...subjectOfWorkflow(meta?.workflowId), ...withoutSymbols(meta) };
    log[isChatter(level, message, meta) ? 'debug' : levels[level]](fields, message);
  }
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
}

/** The run or placement behind a workflow id such as `csur/example-run`. */
export function subjectOfWorkflow(workflowId: unknown): LogSubject {
  if (typeof workflowId !== 'string') return {};
  const [prefix, ...rest] = workflowId.split('/');
  const name = rest.join('/');
  if (prefix === 'csur') return { run: name };
  if (prefix === 'crp') return { placement: name };
  return {};
}

/**
 * What the SDK says of its own coming and going, that one of our workers takes no workflows, and every single attempt
 * to reach a Temporal that is away: health checks tell of that once.
 */
function isChatter(level: LogLevel, message: string, meta: LogMetadata | undefined): boolean {
  if (meta?.sdkComponent === 'worker') return level === 'INFO' || message.startsWith('No workflows registered');
  return meta?.target === 'temporalio_client::retry';
}

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/** pino would print neither the SDK's symbols nor its big integers. */
function withoutSymbols(meta: LogMetadata | undefined): Record<string, unknown> {
  const entries = Object.entries(meta ?? {}).filter(([name]) => name !== 'taskToken');
  return Object.fromEntries(
    entries.map(([name, value]): [string, unknown] => [name, typeof value === 'bigint' ? value.toString() : value]),
  );
}

/** Fields whose value may be the content of a manifest or a credential, wherever they stand. */
const contentFields = new Set([
  ...['data', 'stringData', 'binaryData', 'manifest', 'manifests', 'selectedResources', 'spec', 'body', 'detail'],
  ...['kubeconfig', 'token', 'password', 'authorization', 'headers'],
]);
const removed = '[removed]';
const depthLimit = 5;

/** A copy of `fields` in which Kubernetes objects are names and content is gone. */
function withoutContent(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, cleaned(name, value, 0)]));
}

function cleaned(name: string, value: unknown, depth: number): unknown {
  if (contentFields.has(name)) return removed;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Error) return describeError(value);
  if (value instanceof Date) return value.toISOString();
  if (depth >= depthLimit) return removed;
  if (Array.isArray(value)) return value.map((entry) => cleaned('', entry, depth + 1));
  const named = nameOfObject(value);
  if (named !== undefined) return named;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, cleaned(key, entry, depth + 1)]));
}

/** `Kind namespace/name` if `value` is a Kubernetes object. */
function nameOfObject(value: object): string | undefined {
  const { kind, metadata } = value as { kind?: unknown; metadata?: { name?: unknown; namespace?: unknown } };
  if (typeof kind !== 'string' || typeof metadata?.name !== 'string') return undefined;
  return typeof metadata.namespace === 'string'
    ? `${kind} ${metadata.namespace}/${metadata.name}`
    : `${kind} ${metadata.name}`;
}

/** An error as fields. Only the frames of its stack: the first line repeats the message. */
function describeError(error: Error, depth = 0): Record<string, unknown> {
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const { code, errorClass, reason } = error as Error & Record<string, unknown>;
  const cause = error.cause instanceof Error && depth < 3 ? describeError(error.cause, depth + 1) : undefined;
  return {
    type: error.constructor.name,
    message: error.message,
    ...defined({ code, errorClass, reason }),
    stack: frames.slice(0, 12).join('\n'),
    ...defined({ cause }),
  };
}

function defined(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
