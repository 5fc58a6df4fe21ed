/** Operations that will go: what their answers say of it, and for how long they must live (docs/versions.md). */
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { yearBefore } from '../core/days.ts';

type Day = `${number}-${number}-${number}`;

export interface Deprecation {
  /** The day since when clients should use something else. */
  since: Day;
  /** The day on which it may be gone, a year later at the earliest. */
  sunset: Day;
  /** The page that says what to use instead. */
  link?: string;
}

/** @throws Error where the notice is shorter than promised */
export function deprecationHeaders({ since, sunset, link }: Deprecation): Record<string, string> {
  if (yearBefore(sunset) < since) throw new Error(`From ${since} to ${sunset} is less than a year.`);
  return {
    // RFC 9745: a date of structured fields. RFC 8594: a date of HTTP.
    deprecation: `@${Date.parse(since) / 1_000}`,
    sunset: new Date(sunset).toUTCString(),
    ...(link && { link: `<${link}>; rel="deprecation"` }),
  };
}

/** What the document says of it besides the flag. */
export const deprecationInWords = ({ since, sunset, link }: Deprecation): string =>
  `Deprecated since ${since}; may be removed from ${sunset} on.${link ? ` See [what to use instead](${link}).` : ''}`;

/**
 * Says so in every answer of such a route, whether it succeeds or not. Call before the routes are registered, and after
 * what sets `onSend` of a route.
 * @param deprecationOf that of a route, by its schema
 */
export function announceDeprecations(
  app: FastifyInstance,
  deprecationOf: (schema: unknown) => Deprecation | undefined,
): void {
  app.addHook('onRoute', (route) => {
    const deprecation = deprecationOf(route.schema);
    if (!deprecation) return;
    const { link, ...headers } = deprecationHeaders(deprecation);
    const announce = (_: FastifyRequest, reply: FastifyReply, __: unknown, done: HookHandlerDoneFunction) => {
      reply.headers(headers);
      // There may be one to the next page.
      if (link) reply.header('link', [reply.getHeader('link') ?? [], link].flat().join(', '));
      done();
    };
    route.onSend = [route.onSend ?? [], announce].flat() as NonNullable<typeof route.onSend>;
  });
}
