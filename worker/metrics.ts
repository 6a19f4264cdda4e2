/**
 * Metrics of the process in the Prometheus format. Requests to API servers are observed where the HTTP client reports
 * them, so that the code that makes them need not know about metrics.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { QueueFigures } from '../kube/workqueue.ts';
import { RunMetrics } from './runMetrics.ts';

/** How an attempt of an activity ended. */
export type ActivityOutcome = 'completed' | 'failed' | 'cancelled';

export interface MetricsOptions {
  /** Origin of the hub's API server, such as `https://127.0.0.1:6443`; every other server counts as a member. */
  hubOrigin: string;
  /** Where the Temporal SDK serves its own metrics on 127.0.0.1. */
  temporalPort: number;
}

/**
 * How often the delay of the event loop is measured. Each look wakes the process: at the library's 10 ms that was half
 * of what an idle worker cost.
 */
const eventLoopLookMs = 100;

/** All metrics of one worker. */
export class Metrics {
  readonly #registry = new Registry();
  /** About staged update runs; told by whoever leads. */
  readonly runs = new RunMetrics(this.#registry);
  readonly #options: MetricsOptions;
  readonly #activities: Histogram<'activity' | 'outcome'>;
  readonly #requests: Counter<'side' | 'verb' | 'resource' | 'status'>;
  readonly #onHeaders = (message: unknown): void => this.#countRequest(message);

  constructor(options: MetricsOptions) {
    this.#options = options;
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: eventLoopLookMs });
    this.#activities = new Histogram({
      name: 'flotilla_activity_duration_seconds',
      help: 'Duration of activity attempts by outcome.',
      labelNames: ['activity', 'outcome'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800],
      registers: [this.#registry],
    });
    this.#requests = new Counter({
      name: 'flotilla_kubernetes_requests_total',
      help:
        'Answered requests to API servers. side is hub or member; verb is that of Kubernetes, so a rising "list" of a ' +
        'watched resource means that its cache had to start over.',
      labelNames: ['side', 'verb', 'resource', 'status'],
      registers: [this.#registry],
    });
    subscribe(answeredRequests, this.#onHeaders);
  }

  /** Records one attempt of an activity. */
  activityEnded(activity: string, outcome: ActivityOutcome, seconds: number): void {
    this.#activities.observe({ activity, outcome }, seconds);
  }

  /** Shows from now on whether this worker leads; `leads` is asked whenever metrics are fetched. */
  showLeader(leads: () => boolean): void {
    new Gauge({
      name: 'flotilla_leader',
      help: '1 while the loops of the hub run in this worker.',
      registers: [this.#registry],
      collect() {
        this.set(leads() ? 1 : 0);
      },
    });
  }

  /** Shows from now on what the loops have to do; `read` is asked whenever metrics are fetched. */
  showQueues(read: () => ReadonlyMap<string, QueueFigures>): void {
    new Gauge({
      name: 'flotilla_queue_depth',
      help: 'Objects that a loop of the hub has to look at or is looking at; those that are due later do not count.',
      labelNames: ['loop'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [loop, { depth }] of read()) this.set({ loop }, depth);
      },
    });
    new Gauge({
      name: 'flotilla_queue_processed',
      help: 'How often a loop of the hub has looked at an object since it began to run in this worker.',
      labelNames: ['loop'],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const [loop, { processed }] of read()) this.set({ loop }, processed);
      },
    });
  }

  /** Everything in the Prometheus exposition format; the Temporal SDK's part is left out while it is not there. */
  async text(): Promise<string> {
    const [own, temporal] = await Promise.all([this.#registry.metrics(), this.#temporalText()]);
    return own + temporal;
  }

  close(): void {
    unsubscribe(answeredRequests, this.#onHeaders);
  }

  async #temporalText(): Promise<string> {
    const url = `http://127.0.0.1:${String(this.#options.temporalPort)}/metrics`;
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
      return response.ok ? await response.text() : '';
    } catch {
      return '# The metrics of the Temporal SDK could not be read.\n';
    }
  }

  #countRequest(message: unknown): void {
    const { request, response } = message as AnsweredRequest;
    const described = describeRequest(request.method, request.path);
    if (described === undefined) return;
    const side = String(request.origin) === this.#options.hubOrigin ? 'hub' : 'member';
    this.#requests.inc({ side, ...described, status: String(response.statusCode) });
  }
}

/** Channel on which undici reports that an answer has begun. */
const answeredRequests = 'undici:request:headers';

interface AnsweredRequest {
  request: { origin: string | URL; method: string; path: string };
  response: { statusCode: number };
}

const verbs: Record<string, string> = { POST: 'create', PUT: 'update', PATCH: 'patch', DELETE: 'delete' };

/** Verb and resource of a request to an API server as Kubernetes counts them; `undefined` for anything else. */
export function describeRequest(method: string, path: string): { verb: string; resource: string } | undefined {
  const { pathname, searchParams } = new URL(path, 'http://server');
  const parts = pathname.split('/').filter((part) => part !== '');
  const versioned = parts[0] === 'api' ? parts.slice(2) : parts[0] === 'apis' ? parts.slice(3) : [];
  const rest = versioned[0] === 'namespaces' && versioned.length > 2 ? versioned.slice(2) : versioned;
  const [resource, name, subresource] = rest;
  if (resource === undefined) return undefined;
  const counted = subresource === undefined ? resource : `${resource}/${subresource}`;
  if (method !== 'GET') return { verb: verbs[method] ?? method.toLowerCase(), resource: counted };
  if (searchParams.has('watch')) return { verb: 'watch', resource };
  return { verb: name === undefined ? 'list' : 'get', resource: counted };
}

/** A port on 127.0.0.1 that nobody uses at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
