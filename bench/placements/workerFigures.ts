/** What a worker says of itself, from its metrics. */
import { loopbackRequest } from '../../local/loopbackRequest.ts';
import type { Fleet } from '../../local/fleetHandle.ts';

export interface WorkerFigures {
  /** Placements that the loop has to look at now; absent while another worker, or none, runs the loops. */
  depth?: number;
  /** How often it has looked at one since it began. */
  processed?: number;
  /** Requests to Temporal but for the polls for work, by operation. */
  temporalRequests: number;
}

/** Polls for work, and what keeps a connection alive, say nothing about what is going on. */
const idleOperations = /^(Poll|GetSystemInfo|DescribeNamespace|RecordWorkerHeartbeat)/;

/** @returns undefined while the worker does not answer */
export async function workerFigures(fleet: Fleet): Promise<WorkerFigures | undefined> {
  const text = await loopbackRequest({ url: fleet.metricsUrl }).then(
    ({ body }) => body,
    () => undefined,
  );
  if (text === undefined) return undefined;
  const figures: WorkerFigures = { temporalRequests: 0 };
  for (const line of text.split('\n')) {
    const [, name = '', labels = '', value = ''] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? [];
    const isPlacements = labels.includes('loop="placements"');
    if (name === 'flotilla_queue_depth' && isPlacements) figures.depth = Number(value);
    if (name === 'flotilla_queue_processed' && isPlacements) figures.processed = Number(value);
    const operation = /operation="([^"]*)"/.exec(labels)?.[1];
    if (name === 'temporal_request' && operation !== undefined && !idleOperations.test(operation)) {
      figures.temporalRequests += Number(value);
    }
  }
  return figures;
}
