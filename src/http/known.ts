/**
 * What was known when a figure is told: `asOf` is the day that it is about, `knownAt` or `revision` the state of the
 * data from which it is told.
 */
import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import type { Revision } from '../database/database.ts';
import { day, instant, integerText, link } from './fields.ts';
import type { FaultCode } from './messages.ts';

const isDay = (given: string): boolean => given.length <= 10;
const momentIn = (given: string) => (isDay(given) ? day : instant).safeParse(given);
const faultOf = (given: string): FaultCode => (isDay(given) ? 'not_a_day' : 'not_an_instant');

/** A timestamp, or a day, which means its end in the service's time zone. */
export const momentOrDay = z
  .string()
  .max(40)
  .regex(/^\d{4}-\d{2}-\d{2}(T\S+)?$/, { error: ({ input }) => faultOf(String(input)), abort: true })
  .superRefine((given, context) => {
    if (momentIn(given).success) return;
    context.addIssue({ code: 'custom', message: faultOf(given), input: given, continue: false });
  })
  .overwrite((given) => momentIn(given).data ?? given);

const seq = integerText(z.int().min(1));

/** The parameters of everything that can be told as it was known. */
export const knownFields = {
  knownAt: momentOrDay.optional().meta({
    description:
      'As it was known at this time: a timestamp with offset, or a day, which means its end in the service’s time zone. Later entries are as if they had not been made. Not together with `revision`. By default, as it is known now.',
    example: '2022-08-31T16:00:00Z',
  }),
  revision: seq.optional().meta({
    description: 'As it was known at this revision: after this entry of the change log, before the next.',
    example: 1207,
  }),
};

/** The parameters that tell the earlier of two sides as it was known. */
export const knownBeforeFields = {
  fromKnownAt: momentOrDay.optional().meta({
    description:
      'The first side as it was known at this time, in the form of `knownAt`. By default both sides are told from the same data.',
    example: '2022-08-31T16:00:00Z',
  }),
  fromRevision: seq.optional().meta({
    description: 'The first side as it was known at this revision. Not together with `fromKnownAt`.',
    example: 1200,
  }),
};

const WORD = /^(?:known:(.{10,40})|revision:([1-9]\d{0,14}))$/;

/** `known:` with a timestamp or a day, or `revision:` with a number, where a parameter also takes other words. */
export const knownWord = (error: FaultCode) =>
  z
    .string()
    .max(60)
    // Not aborting: a union of choices then tells this fault rather than that none fits.
    .regex(WORD, { error })
    .refine((word) => !WORD.test(word) || readKnownWord(word) !== undefined, { error });

/** What a word says; undefined if it is another one. */
export function readKnownWord(word: string): KnownAsked | undefined {
  const [, time, seq] = WORD.exec(word) ?? [];
  if (seq !== undefined) return { revision: Number(seq) };
  const knownAt = time === undefined ? undefined : momentOrDay.safeParse(time).data;
  return knownAt === undefined ? undefined : { knownAt };
}

/** What a request asks to be told from. */
export interface KnownAsked {
  knownAt?: string | undefined;
  revision?: number | undefined;
}

/** The parameter of permalinks. */
export const definitionsField = seq.optional().meta({
  description:
    'The version of the definitions (`/v1/statistics/definitions`) that the figures are to follow; permalinks have it. 410 if the service computes by another version.',
  example: 1,
});

export const Known = z
  .object({
    revision: z
      .int()
      .meta({ description: 'Number of the last entry of the change log that was taken into account.' }),
    at: z.iso.datetime().nullable().meta({ description: 'Time of that entry; null if there is none.' }),
  })
  .meta({ id: 'Known', description: 'What the answer knows.' });

/** The links of figures that have no others. */
export const permalinks = z
  .object({ permalink: link.optional() })
  .optional()
  .meta({ id: 'Permalinks', description: 'The address of this answer for ever.' });

export type Known = z.infer<typeof Known>;

export const exampleKnown: Known = { revision: 1207, at: '2022-08-31T02:11:09.000Z' };

const PATH = /^\/v1\//;

/** A link that stays in the same past, unless it is in one already. */
export const pinnedLink = (link: string, revision: number): string =>
  PATH.test(link) && !link.startsWith('/v1/statistics/definitions') && !/[?&]revision=/.test(link)
    ? `${link}${link.includes('?') ? '&' : '?'}revision=${revision}`
    : link;

/** An answer whose links stay in the same past. */
export function pinned<T>(body: T, revision: number): T {
  if (Array.isArray(body)) return body.map((item) => pinned(item, revision)) as T;
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      name === 'links' && value !== null && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value).map(([of, link]) => [
              of,
              typeof link === 'string' ? pinnedLink(link, revision) : link,
            ]),
          )
        : name === 'link' && typeof value === 'string'
          ? pinnedLink(value, revision)
          : pinned(value, revision),
    ]),
  ) as T;
}

/**
 * The address of the same answer for ever.
 * @param fixed what it depends on besides the address of the request; a language only if it does
 */
export function permalinkOf(
  { url, knownBefore }: FastifyRequest,
  fixed: { asOf: string; revision: number; definitionsVersion: number; lang?: string | undefined },
): string {
  const { pathname, searchParams } = new URL(url, 'http://luodi');
  searchParams.delete('knownAt');
  if (knownBefore && searchParams.has('compareWith'))
    searchParams.set('compareWith', `revision:${knownBefore.revision}`);
  searchParams.sort();
  for (const [name, value] of Object.entries(fixed)) {
    searchParams.delete(name);
    if (value !== undefined) searchParams.append(name, String(value));
  }
  return `${pathname}?${searchParams}`;
}

/** A service at the revision that a request asks about. */
export type AsKnown<Service> = (request: FastifyRequest) => Service;

declare module 'fastify' {
  interface FastifyRequest {
    /** The revision that the request asks about; undefined for the present. */
    known: (Revision & { at: string | null }) | undefined;
    /** The revision of the data that it compares with. */
    knownBefore: Known | undefined;
    /** Whether the answer will be the same for ever. */
    permanent: boolean;
  }
}
