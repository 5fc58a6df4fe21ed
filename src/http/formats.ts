/** The format of a response, from `format` or else `Accept`, and the options of each format. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import * as z from 'zod';
import type { Language } from '../core/languages.ts';
import { type Fault, languageOf, Problem, refuse } from './problems.ts';

export const mediaTypes = {
  json: 'application/json',
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  markdown: 'text/markdown',
} as const;

export type Format = keyof typeof mediaTypes;
/** The formats of tables. */
export type FileFormat = Exclude<Format, 'json' | 'markdown'>;

/** The `format` parameter of an operation that knows some of the formats. */
export const formatField = <F extends Format>(formats: readonly [F, ...F[]]) =>
  z
    .enum(formats)
    .optional()
    .meta({
      description: `Format of the response, overriding \`Accept\`: ${formats.map((name) => `\`${name}\``).join(', ')}.`,
      example: formats[0],
    });

export const langField = z.enum(['zh', 'en']).optional().meta({
  description: 'Language of headings and labels in `csv` and `xlsx`; by default that of `Accept-Language`.',
  example: 'zh',
});

/** The parameters that some formats only have a use for. */
const OWN: Readonly<Record<Format, readonly string[]>> = {
  json: ['limit', 'cursor', 'fields'],
  csv: ['lang', 'unit', 'encoding'],
  ndjson: [],
  xlsx: ['lang', 'unit'],
  markdown: ['lang'],
};
const PARTICULAR = [...new Set(Object.values(OWN).flat())];

/** Adds to `Vary`. */
export function varyByFormat(reply: FastifyReply): FastifyReply {
  const others = reply.getHeader('vary');
  return reply.header('vary', [...(others ? [others] : []), 'Accept', 'Accept-Language'].join(', '));
}

/** Whether `Accept` asks for JSON, or leaves the choice to the service. What the address says comes first. */
export function wantsJson({ headers: { accept }, raw }: FastifyRequest): boolean {
  if (accept === undefined || accept === '*/*' || accept === mediaTypes.json) return true;
  return new Negotiator(raw).mediaType(Object.values(mediaTypes)) === mediaTypes.json;
}

interface Asked<F extends Format> {
  format: F;
  language: Language;
}

/**
 * The format and the language to answer in; says in the answer what they depend on.
 * @param formats those of the operation, the first where the client does not mind
 * @param shared parameters that belong to one format elsewhere, and here to all
 * @throws Problem 406 when the client takes none of them, 422 for parameters that the format has no use for
 */
export function negotiate<F extends Format>(
  request: FastifyRequest,
  reply: FastifyReply,
  formats: readonly F[],
  shared: readonly string[] = [],
): Asked<F> {
  const query = request.query as Readonly<Record<string, unknown>>;
  varyByFormat(reply);
  const format = (query.format as F | undefined) ?? accepted(request, formats);
  refuse(uselessFor(format, query, shared));
  return { format, language: languageOf(request) };
}

/** A fault for each parameter that the format has no use for. */
export const uselessFor = (
  format: Format,
  query: Readonly<Record<string, unknown>>,
  shared: readonly string[] = [],
): Fault[] =>
  PARTICULAR.filter(
    (name) => query[name] !== undefined && !OWN[format].includes(name) && !shared.includes(name),
  ).map((parameter) => ({ parameter, code: 'not_for_format', values: { format } }));

function accepted<F extends Format>(request: FastifyRequest, formats: readonly F[]): F {
  const wanted = new Negotiator(request.raw).mediaType(formats.map((format) => mediaTypes[format]));
  const format = formats.find((one) => mediaTypes[one] === wanted);
  if (!format) {
    const offered = formats.map((one) => mediaTypes[one]).join(', ');
    throw new Problem('request.not_acceptable', { values: { offered } });
  }
  return format;
}

const descriptions: Record<Exclude<Format, 'json'>, string> = {
  csv: 'A table with a heading row, BOM and CRLF; text that a spreadsheet would take for a formula has a leading apostrophe.',
  ndjson:
    'One object per line; the last line is `{"end":true,"count":…,"revision":…}`. Without it the file is incomplete.',
  xlsx: 'A workbook with one sheet and a heading row.',
  markdown: 'A paragraph of text (CommonMark).',
};

/** The formats of an operation besides JSON, for the document. */
export const alsoAs = (formats: readonly Exclude<Format, 'json'>[]) =>
  Object.fromEntries(
    formats.map((format) => [
      mediaTypes[format],
      { schema: z.string().meta({ description: descriptions[format] }) },
    ]),
  );
