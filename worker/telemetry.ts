/** The native part of the Temporal SDK: its log goes through ours, its metrics to a local port that /metrics reads. */
import { Runtime, makeTelemetryFilterString } from '@temporalio/worker';
import type { Configuration } from './configuration.ts';
import { temporalLogger } from './logger.ts';
import type { Logger } from './logger.ts';
import { freePort } from './metrics.ts';

/**
 * Installs the runtime of the Temporal SDK. Call it once, before anything else of the SDK is used.
 * @returns the port on 127.0.0.1 with its metrics
 */
export async function installTemporalRuntime(
  { temporalMetricsPort }: Pick<Configuration, 'temporalMetricsPort'>,
  log: Logger,
): Promise<number> {
  const port = temporalMetricsPort === 0 ? await freePort() : temporalMetricsPort;
  Runtime.install({
    logger: temporalLogger(log.child({ component: 'temporal' })),
    // The process stops its workers itself, after the loops.
    shutdownSignals: [],
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
      metrics: {
        attachServiceName: false,
        prometheus: {
          bindAddress: `127.0.0.1:${String(port)}`,
          useSecondsForDurations: true,
          countersTotalSuffix: true,
        },
      },
    },
  });
  return port;
}
