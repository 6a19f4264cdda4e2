/** The worker as a process: what it says when it cannot start, and how signals end it. */
import type { Configuration, ConfigurationResult } from './configuration.ts';
import { readHubAccess } from './hub.ts';
import type { HubAccess } from './hub.ts';
import { createLogger } from './logger.ts';
import type { Logger } from './logger.ts';
import { PriceFile } from './priceFile.ts';
import { startService } from './service.ts';
import { readTemporalSettings } from './temporalConnection.ts';
import type { TemporalSettings } from './temporalConnection.ts';

const exitCodes = { failure: 1, misconfigured: 2 } as const;
const endingSignals = ['SIGTERM', 'SIGINT'] as const;

/** Runs the service until a signal or a fatal error; prints every mistake in its set-up instead if there are any. */
export async function runWorker(result: Omit<ConfigurationResult, 'help'>): Promise<void> {
  const surroundings = readSurroundings(result);
  if (Array.isArray(surroundings)) {
    for (const mistake of surroundings) console.error(mistake);
    process.exitCode = exitCodes.misconfigured;
    return;
  }
  const log = createLogger(surroundings.configuration);
  for (const warning of result.warnings) log.warn(warning);
  await serve(surroundings, log);
  // Nothing that was left open may keep the process.
  process.exit();
}

interface Surroundings {
  configuration: Configuration;
  hubAccess: HubAccess;
  temporal: TemporalSettings;
  prices: PriceFile | undefined;
}

/** @returns what the service needs, or all mistakes in it */
function readSurroundings({ configuration, mistakes }: Omit<ConfigurationResult, 'help'>): Surroundings | string[] {
  const all = [...mistakes];
  const hubAccess = attempt(() => readHubAccess(process.env, configuration?.hubContext ?? ''), all);
  const temporal = attempt(() => readTemporalSettings(process.env), all);
  const prices = attempt(() => openPrices(configuration?.prices ?? ''), all);
  if (all.length > 0 || configuration === undefined || hubAccess === undefined || temporal === undefined) return all;
  return { configuration, hubAccess, temporal, prices };
}

/** @param path empty for none */
function openPrices(path: string): PriceFile | undefined {
  return path === '' ? undefined : new PriceFile(path);
}

function attempt<T>(read: () => T, mistakes: string[]): T | undefined {
  try {
    return read();
  } catch (error) {
    mistakes.push((error as Error).message);
    return undefined;
  }
}

async function serve(surroundings: Surroundings, log: Logger): Promise<void> {
  const stopping = firstSignal();
  const onFatal = (error: Error): void => {
    log.fatal({ error }, 'The worker cannot go on');
    process.exitCode = exitCodes.failure;
    stopping.resolve('a fatal error');
  };
  try {
    const { hubAccess, temporal, prices } = surroundings;
    prices?.start(log);
    const service = await startService({ ...surroundings, log, onFatal });
    log.info({ url: service.url, hub: hubAccess.origin, temporal: temporal.address }, 'The worker has started');
    log.info(`The worker stops because of ${await stopping.promise}`);
    await service.stop();
    prices?.stop();
    log.info('The worker has stopped');
  } catch (error) {
    log.fatal({ error }, 'The worker could not be started');
    process.exitCode = exitCodes.failure;
  }
}

/** Resolves with the first signal that asks to end; a second one of either kind ends the process at once. */
function firstSignal(): PromiseWithResolvers<string> {
  const stopping = Promise.withResolvers<string>();
  let asked = false;
  for (const signal of endingSignals) {
    process.on(signal, () => {
      if (asked) process.exit(exitCodes.failure);
      asked = true;
      stopping.resolve(signal);
    });
  }
  return stopping;
}
