/** Protects the service against overload, and against pages from other origins. */
import type { FastifyInstance } from 'fastify';
import type { Config } from '../core/config.ts';
import { limitConnections, refuseWhenBehind } from './overload.ts';

/** Response headers that pages of other origins may read. */
const EXPOSED = [
  ...['ETag', 'Link', 'Location', 'Content-Disposition', 'Idempotency-Replayed', 'Preference-Applied'],
  ...['RateLimit', 'RateLimit-Policy', 'Retry-After', 'WWW-Authenticate', 'X-Request-Id'],
  ...['Deprecation', 'Sunset', 'X-Luodi-Revision'],
];
const PREFLIGHT_HOLDS_S = 600;

/** Call before routes are registered. */
export async function protect(
  app: FastifyInstance,
  { OVERLOAD_DELAY, CORS_ORIGINS }: Pick<Config, 'OVERLOAD_DELAY' | 'CORS_ORIGINS'>,
): Promise<void> {
  // First, so that pages can read refusals.
  if (CORS_ORIGINS.length > 0) {
    // Loaded on demand, because most services do not need it, and start faster.
    const { default: cors } = await import('@fastify/cors');
    await app.register(cors, {
      origin: [...CORS_ORIGINS],
      methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      exposedHeaders: EXPOSED,
      maxAge: PREFLIGHT_HOLDS_S,
      // The service's own routes answer OPTIONS, whoever asks.
      preflightContinue: true,
      strictPreflight: false,
    });
  }
  refuseWhenBehind(app, OVERLOAD_DELAY);
  limitConnections(app);
}
