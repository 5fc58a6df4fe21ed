/** Metrics in the format of Prometheus: at `/metrics` with a key, and on a port of their own without. */
import { createServer } from 'node:http';
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { MetricSource, Sample } from '../core/metrics.ts';

export interface Metrics {
  /** Counts and times the requests of an app. */
  watch(app: FastifyInstance): void;
  readonly contentType: string;
  text(): Promise<string>;
}

/** Seconds, from a response out of memory to a search that nearly timed out. */
const BUCKETS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30];
const LABELS = ['route', 'method', 'status'] as const;

export function createMetrics(sources: readonly MetricSource[]): Metrics {
  const registry = new Registry();
  const requests = new Histogram({
    name: 'luodi_http_request_duration_seconds',
    help: 'Time until the response was sent, by route.',
    labelNames: LABELS,
    buckets: BUCKETS,
    registers: [registry],
  });
  const observers = new Map<string, (seconds: number) => void>();

  /** Looking its labels up takes longer than counting a request. */
  function observerOf(route: string, method: string, status: number): (seconds: number) => void {
    const key = `${method} ${status} ${route}`;
    let observer = observers.get(key);
    if (!observer) {
      const child = requests.labels(route, method, String(status));
      observer = (seconds) => child.observe(seconds);
      observers.set(key, observer);
    }
    return observer;
  }

  const known = new Map<string, Counter | Gauge>();
  const metricFor = ({ name, help, type, labels = {} }: Sample): Counter | Gauge => {
    let metric = known.get(name);
    if (!metric) {
      const definition = { name, help, labelNames: Object.keys(labels), registers: [registry] };
      metric = type === 'counter' ? new Counter(definition) : new Gauge(definition);
      known.set(name, metric);
    }
    return metric;
  };

  return {
    contentType: registry.contentType,
    watch: (app) => {
      app.addHook('onSend', (request, reply, _, done) => {
        // An address that is no route may be anything.
        const route = request.routeOptions.url ?? 'unknown';
        observerOf(route, request.method, reply.statusCode)((performance.now() - request.startedAt) / 1_000);
        done();
      });
      // Of the process, so only for the one that serves.
      app.addHook('onListen', async () => collectDefaultMetrics({ register: registry }));
    },
    text: async () => {
      // A part that fails has no samples; the others are what tells why.
      const found = await Promise.all(
        sources.map(async (source) => source()).map((one) => one.catch(() => [])),
      );
      for (const metric of known.values()) metric.reset();
      for (const sample of found.flat()) metricFor(sample).inc(sample.labels ?? {}, sample.value);
      return registry.metrics();
    },
  };
}

export const metricRoutes =
  (metrics: Metrics): FastifyPluginAsync =>
  async (app) => {
    app.get(
      '/metrics',
      { schema: { hide: true }, config: { access: 'key', alwaysServed: true } },
      async (_, reply) =>
        reply
          .headers({ 'cache-control': 'no-store', 'content-type': metrics.contentType })
          .send(await metrics.text()),
    );
  };

/** Serves the metrics without a key on a port of their own while the app runs. */
export function serveMetrics(app: FastifyInstance, metrics: Metrics, host: string, port: number): void {
  const server = createServer((request, response) => {
    const isAsked = request.method === 'GET' && request.url === '/metrics';
    if (!isAsked) return void response.writeHead(404).end();
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  app.addHook('onReady', async () => {
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  });
  app.addHook('onClose', async () => {
    server.closeAllConnections();
    server.close();
  });
}
