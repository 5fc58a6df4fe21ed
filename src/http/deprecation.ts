/** Announces the end of operations: `Deprecation` (RFC 9745) and `Sunset` (RFC 8594) on every response. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { OpenAPIV3_1 } from 'openapi-types';
import { daysBetween } from '../core/days.ts';

export interface Deprecated {
  /** The day, `2027-01-31`, from which it should not be used in new clients. */
  since: string;
  /** The day from which it may be gone. */
  sunset: string;
  /** A page about what replaces it. */
  link?: string;
}

/** Minimum time between the two days (`docs/versions.md`). */
const MIN_DAYS = 365;

/** @throws if it lives shorter than promised */
export function expectNotice({ since, sunset }: Deprecated): void {
  if (daysBetween(since, sunset) >= MIN_DAYS) return;
  throw new Error(`Deprecated since ${since} until ${sunset}: that is less than ${MIN_DAYS} days.`);
}

/**
 * Sets the headers on all responses of deprecated routes, including refusals. Call before routes are registered.
 * @param deprecationOf what the schema of a route says
 */
export function announceDeprecations(
  app: FastifyInstance,
  deprecationOf: (schema: unknown) => Deprecated | undefined,
): void {
  app.addHook('onRoute', (route) => {
    const deprecated = deprecationOf(route.schema);
    if (!deprecated) return;
    const headers = {
      deprecation: `@${Date.parse(deprecated.since) / 1_000}`,
      sunset: new Date(deprecated.sunset).toUTCString(),
    };
    const link = deprecated.link && `<${deprecated.link}>; rel="deprecation"; type="text/html"`;
    const announce = async (_: FastifyRequest, reply: FastifyReply) => {
      reply.headers(headers);
      const others = reply.getHeader('link');
      if (link) reply.header('link', others ? `${others}, ${link}` : link);
    };
    route.onSend = [route.onSend ?? [], announce].flat();
  });
}

/** What the document adds to the description and to the headers of successful responses. */
export const inDocument = ({ since, sunset }: Deprecated) => ({
  notice: `Deprecated since ${since}; may be removed from ${sunset} on.`,
  headers: {
    Deprecation: {
      description: 'Since when it is deprecated, as a Unix timestamp (RFC 9745).',
      schema: { type: 'string', maxLength: 20 },
    },
    Sunset: {
      description: 'When it may be removed, as an HTTP date (RFC 8594).',
      schema: { type: 'string', maxLength: 29 },
    },
  } satisfies Record<string, OpenAPIV3_1.HeaderObject>,
});
